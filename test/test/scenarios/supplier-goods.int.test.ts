import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { supplierLocation } from "@septet/stock-contracts";
import { waitFor } from "../../src/platform/wait.js";
import { orderPlaced } from "../support/records.js";
import { Scenario, WAREHOUSE } from "../support/scenario.js";

const SUPPLIER = "li";
const LOCATION = supplierLocation(SUPPLIER);
const PATIENCE_MS = 120_000;

let shop: Scenario;

beforeAll(async () => {
  const services = { "order-reservation": 1, warehouse: 1, "supplier-sync": 2, ledger: 1 };
  shop = await Scenario.open({ services });
  // Far from 22:00 and from midnight wherever the test runs: no batch is sent but by the test.
  const hourInShanghai = (new Date().getUTCHours() + 8) % 24;
  const timeZone = hourInShanghai >= 3 && hourInShanghai < 19 ? "Asia/Shanghai" : "America/New_York";
  await shop.suppliers.put(`/v1/suppliers/${SUPPLIER}`, { name: "Li Brothers", timeZone, state: "ACTIVE" });
});

afterAll(async () => {
  await shop?.close();
});

/** A SKU of the supplier's with so many pieces reported, once as many of them may be sold as are listed. */
async function reported(quantity: number, listed: number): Promise<string> {
  const sku = `S-${randomUUID()}`;
  await shop.suppliers.put(`/v1/suppliers/${SUPPLIER}/mappings`, { mappings: [{ code: sku, sku }] });
  const lines = [{ code: sku, quantity }];
  await shop.suppliers.post(`/v1/suppliers/${SUPPLIER}/reports`, randomUUID(), { lines });
  await shop.untilBucket(sku, "sellable", listed, LOCATION);
  return sku;
}

/** A paid order whose pieces the supplier is to ship, sent to it; its path. */
async function sentOrder(orderId: string, sku: string, quantity: number): Promise<string> {
  await shop.publish(orderPlaced({ orderId, payment: "PAID", lines: [{ sku, quantity }] }));
  const { fulfilmentId, location } = await shop.outcome(orderId, "FulfilmentRequested");
  expect(location).toBe(LOCATION);
  const path = `/v1/suppliers/${SUPPLIER}/orders/${encodeURIComponent(fulfilmentId)}`;
  await waitFor(
    `${fulfilmentId} at the supplier`,
    async () => (await shop.suppliers.post(`${path}/send`, randomUUID(), {}, [404])).status === 200,
    { timeoutMs: PATIENCE_MS },
  );
  return path;
}

/** `[total, virtual, sellable, orderReserved]` at the supplier's location, as the ledger shows it, once it is so. */
async function untilLedger(sku: string, expected: [number, number, number, number]): Promise<void> {
  let seen: unknown;
  await waitFor(
    `${sku} at the supplier's to be ${expected}`,
    async () => {
      const { status, body } = await shop.ledger.get(`/v1/stock/${sku}`, [404]);
      const at = status === 200 && body.locations.find((one: { location: string }) => one.location === LOCATION);
      seen = at ? [at.total, at.virtual, at.sellable, at.orderReserved] : undefined;
      return JSON.stringify(seen) === JSON.stringify(expected) && body.identityHolds;
    },
    { timeoutMs: PATIENCE_MS, seen: () => seen },
  );
}

test("of 100 reported 80 are listed, and no more than that is sold; the supplier ships with its tracking", async () => {
  const sku = await reported(100, 80);
  const greedy = `greedy-${randomUUID()}`;
  await shop.publish(orderPlaced({ orderId: greedy, payment: "PENDING", lines: [{ sku, quantity: 81 }] }));
  await shop.outcome(greedy, "OrderReservationRejected");
  const orderId = `o-${randomUUID()}`;
  const path = await sentOrder(orderId, sku, 10);
  await untilLedger(sku, [0, 80, 70, 10]);
  await shop.suppliers.post(`${path}/confirm`, randomUUID(), {});
  const { body } = await shop.suppliers.post(`${path}/ship`, randomUUID(), { tracking: "SF-1" });
  expect(body.state).toBe("SHIPPED");
  await shop.outcome(orderId, "OrderFulfilled");
  expect((await shop.outcome(orderId, "FulfilmentShipped")).tracking).toBe("SF-1");
  await untilLedger(sku, [0, 70, 70, 0]);
});

test("what the supplier is short of is served from our own stock where there is some", async () => {
  const sku = await reported(10, 8);
  const orderId = `o-${randomUUID()}`;
  const path = await sentOrder(orderId, sku, 3);
  await shop.receive(sku, 5);
  await shop.suppliers.post(`${path}/short`, randomUUID(), { lines: [{ lineId: "1", quantity: 2 }] });
  const requests = await waitFor(
    "the warehouse to be asked",
    () => {
      const found = shop.about(orderId).filter(({ name }) => name === "FulfilmentRequested");
      return found.length === 2 ? found : undefined;
    },
    { timeoutMs: PATIENCE_MS },
  );
  expect(requests[1]!.value).toMatchObject({ location: WAREHOUSE, lines: [{ sku, quantity: 2 }] });
  await untilLedger(sku, [0, 6, 5, 1]);
});

test("what the supplier cancels after confirming it is shorted with remedies when nobody has it", async () => {
  const sku = await reported(5, 4);
  const orderId = `o-${randomUUID()}`;
  const path = await sentOrder(orderId, sku, 4);
  await shop.suppliers.post(`${path}/confirm`, randomUUID(), {});
  await shop.suppliers.post(`${path}/short`, randomUUID(), { reason: "a fire" });
  const shorted = await shop.outcome(orderId, "OrderShorted");
  expect(shorted).toMatchObject({ cause: "SUPPLIER_SHORT", lines: [{ sku, shortQuantity: 4 }] });
  expect(shorted.lines[0]!.remedies.map(({ kind }) => kind)).toContain("REFUND");
});

test("a cancelled order that was not sent comes back for sale; a silent supplier's goods are sold no more, and nobody is shorted", async () => {
  const sku = await reported(10, 8);
  const [kept, cancelled] = [`o-${randomUUID()}`, `o-${randomUUID()}`];
  for (const orderId of [kept, cancelled]) {
    await shop.publish(orderPlaced({ orderId, payment: "PAID", lines: [{ sku, quantity: 3 }] }));
    await shop.outcome(orderId, "FulfilmentRequested");
  }
  await shop.untilBucket(sku, "sellable", 2, LOCATION);
  await shop.reservation.post(`/v1/reservations/${cancelled}/cancel`, randomUUID(), {});
  await shop.untilState(cancelled, "CANCELLED");
  await shop.untilBucket(sku, "sellable", 5, LOCATION);
  const lines = [{ code: sku, quantity: 0 }];
  await shop.suppliers.post(`/v1/suppliers/${SUPPLIER}/reports`, randomUUID(), { lines });
  await untilLedger(sku, [0, 3, 0, 3]);
  expect(shop.outcomes(kept)).not.toContain("OrderShorted");
});

test("supplier's goods that are brought into a warehouse are our own, and are received once", async () => {
  const sku = await reported(100, 80);
  const body = { inboundId: `i-${randomUUID()}`, warehouse: WAREHOUSE, lines: [{ sku, quantity: 90 }] };
  for (const status of [201, 200]) {
    const answer = await shop.suppliers.post(`/v1/suppliers/${SUPPLIER}/inbound`, randomUUID(), body);
    expect(answer.status).toBe(status);
  }
  // What the supplier reported before still contains them: of its 100 at most 10 are left, and 20 are its buffer.
  await untilLedger(sku, [0, 0, 0, 0]);
  await shop.untilBucket(sku, "sellable", 90, WAREHOUSE);
  await waitFor("the warehouse to have them", async () => (await shop.bucket("warehouse", sku, "total")) === 90, {
    timeoutMs: PATIENCE_MS,
  });
});

test("every service agrees with the ledger about suppliers' goods", async () => {
  expect(await shop.auditFailures()).toEqual([]);
});

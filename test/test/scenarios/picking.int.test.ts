import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { waitFor } from "../../src/platform/wait.js";
import { orderPlaced, paymentSucceeded } from "../support/records.js";
import { Scenario, WAREHOUSE } from "../support/scenario.js";

const OTHER = "YORK";
type Cause = "NOT_FOUND" | "DAMAGED";
interface Fulfilment {
  fulfilmentId: string;
  location: string;
  state: string;
  lines: { lineId: string; quantity: number; open: number; shipped: number; reversed: number }[];
}

let shop: Scenario;

beforeAll(async () => {
  shop = await Scenario.open({ services: { "order-reservation": 1, warehouse: 2, ledger: 1 } });
  await shop.warehouse.put(`/v1/warehouses/${OTHER}`, { name: OTHER });
});

afterAll(async () => {
  await shop?.close();
});

/** A paid order of one line from the first warehouse, and its fulfilment there, being picked. */
async function picking(orderId: string, sku: string, quantity: number): Promise<string> {
  await shop.publish(orderPlaced({ orderId, payment: "PAID", lines: [{ sku, quantity }] }));
  const { fulfilmentId, location } = await shop.outcome(orderId, "FulfilmentRequested");
  expect(location).toBe(WAREHOUSE);
  await untilFulfilment(orderId, ({ state }) => state === "REQUESTED");
  await step(fulfilmentId, "pick");
  return fulfilmentId;
}

const step = (fulfilmentId: string, name: "pick" | "ship" | "short", body: object = {}) =>
  shop.warehouse.post(`/v1/fulfilments/${encodeURIComponent(fulfilmentId)}/${name}`, randomUUID(), body);
const short = (fulfilmentId: string, quantity: number, cause: Cause) =>
  step(fulfilmentId, "short", { lines: [{ lineId: "1", quantity, cause }] });

/** Waits until the warehouse has a fulfilment of the order that is so. */
const untilFulfilment = (orderId: string, isSo: (fulfilment: Fulfilment) => boolean): Promise<Fulfilment> =>
  waitFor(`a fulfilment of ${orderId}`, async () => {
    const { body } = await shop.warehouse.get(`/v1/fulfilments?orderId=${orderId}`);
    return (body.items as Fulfilment[]).find(isSo);
  });

/** `[total, sellable, orderReserved, unsellable]` at a location, as the ledger shows it, once it is so. */
async function untilLedger(sku: string, location: string, expected: [number, number, number, number]): Promise<void> {
  let seen: unknown;
  await waitFor(
    `${sku} at ${location} to be ${expected}`,
    async () => {
      const { status, body } = await shop.ledger.get(`/v1/stock/${sku}`, [404]);
      const at = status === 200 && body.locations.find((one: { location: string }) => one.location === location);
      seen = at ? [at.total, at.sellable, at.orderReserved, at.unsellable] : undefined;
      return JSON.stringify(seen) === JSON.stringify(expected);
    },
    { seen: () => seen },
  );
}

/** The warehouse's movements of an order or document. */
const movements = async (reference: string) => {
  const { body } = await shop.warehouse.get(`/v1/movements?reference=${encodeURIComponent(reference)}`);
  return body.items as { movementId: string; kind: string; quantity: number; reversedBy: string | null }[];
};
const takeBack = (movementId: string, key: string = randomUUID()) =>
  shop.warehouse.post("/v1/reversals", key, { movementId, reason: "entered by mistake" }, [404, 409]);
const problem = ({ status, body }: { status: number; body: { type: string } }) => [status, body.type.split("/").at(-1)];

describe("what is not found, or found damaged, at picking", () => {
  test.each<[Cause, string, [number, number, number, number]]>([
    ["NOT_FOUND", "PICK_SHORT", [3, 0, 3, 0]],
    ["DAMAGED", "PICK_DAMAGE", [5, 0, 3, 2]],
  ])(
    "%s in part: it leaves the promise in one movement, and comes from the other warehouse",
    async (cause, kind, left) => {
      const [sku, orderId] = [`CUP-${cause}`, `part-${cause}`];
      await shop.receive(sku, 5);
      const fulfilmentId = await picking(orderId, sku, 5);
      await shop.receive(sku, 4, OTHER);
      await short(fulfilmentId, 2, cause);
      const again = await untilFulfilment(orderId, ({ location }) => location === OTHER);
      expect(again.lines).toMatchObject([{ lineId: "1", quantity: 2, open: 2 }]);
      expect((await movements(orderId)).map((m) => [m.kind, m.quantity])).toEqual([[kind, 2]]);
      await untilLedger(sku, WAREHOUSE, left);
      await untilLedger(sku, OTHER, [4, 2, 2, 0]);
      await step(fulfilmentId, "ship");
      await step(again.fulfilmentId, "pick");
      await step(again.fulfilmentId, "ship");
      const fulfilled = await shop.outcome(orderId, "OrderFulfilled");
      expect(fulfilled.lines).toMatchObject([{ lineId: "1", quantity: 5 }]);
      expect(shop.outcomes(orderId)).not.toContain("OrderShorted");
    },
  );

  test.each<[Cause, [number, number, number, number]]>([
    ["NOT_FOUND", [0, 0, 0, 0]],
    ["DAMAGED", [3, 0, 0, 3]],
  ])("%s as a whole, and none elsewhere: the order is shorted", async (cause, left) => {
    const [sku, orderId] = [`BOWL-${cause}`, `whole-${cause}`];
    await shop.receive(sku, 3);
    const fulfilmentId = await picking(orderId, sku, 3);
    await short(fulfilmentId, 3, cause);
    const shorted = await shop.outcome(orderId, "OrderShorted");
    expect(shorted).toMatchObject({
      cause: cause === "DAMAGED" ? "PICK_DAMAGE" : "PICK_SHORT",
      lines: [{ lineId: "1", sku, shortQuantity: 3 }],
    });
    await shop.untilState(orderId, "SHORTED");
    await untilLedger(sku, WAREHOUSE, left);
    expect(await untilFulfilment(orderId, () => true)).toMatchObject({
      state: cause === "DAMAGED" ? "DAMAGED" : "SHORT",
    });
  });

  test("some of it elsewhere: what there is comes from there, the rest is shorted", async () => {
    await shop.receive("JUG", 3);
    const fulfilmentId = await picking("jug-1", "JUG", 3);
    await shop.receive("JUG", 1, OTHER);
    await short(fulfilmentId, 3, "NOT_FOUND");
    const shorted = await shop.outcome("jug-1", "OrderShorted");
    expect(shorted.lines).toMatchObject([{ shortQuantity: 2 }]);
    await untilFulfilment("jug-1", ({ location }) => location === OTHER);
    await untilLedger("JUG", OTHER, [1, 0, 1, 0]);
  });
});

describe("a reservation that is not sent to fulfilment yet", () => {
  test("is moved to another location, once, as far as that one has it, and is sent from there when it is paid", async () => {
    await shop.receive("RACK", 3);
    await shop.publish(orderPlaced({ orderId: "rack-1", lines: [{ sku: "RACK", quantity: 3 }] }));
    const reserved = await shop.outcome("rack-1", "OrderReserved");
    expect(reserved.lines).toMatchObject([{ allocations: [{ location: WAREHOUSE, quantity: 3 }] }]);
    await shop.receive("RACK", 2, OTHER);
    const move = (quantity: number, key: string) => {
      const lines = [{ lineId: "1", from: WAREHOUSE, to: OTHER, quantity }];
      return shop.reservation.post("/v1/reservations/rack-1/move", key, { lines }, [409]);
    };
    const refused = await move(3, "rack, all of it");
    expect([...problem(refused), refused.body.code]).toEqual([409, "reservation-not-moved", "OUT_OF_STOCK"]);
    const twice = await Promise.all([move(2, "rack, two"), move(2, "rack, two")]);
    expect(twice.map(({ status }) => status)).toEqual([200, 200]);
    await untilLedger("RACK", WAREHOUSE, [3, 2, 1, 0]);
    await untilLedger("RACK", OTHER, [2, 0, 2, 0]);

    await shop.publish(paymentSucceeded("rack-1"));
    const [here, there] = await Promise.all(
      [WAREHOUSE, OTHER].map((at) => untilFulfilment("rack-1", ({ location }) => location === at)),
    );
    expect([here!.lines[0]!.open, there!.lines[0]!.open]).toEqual([1, 2]);
    const late = await move(1, "rack, the last");
    expect([...problem(late), late.body.code]).toEqual([409, "reservation-not-moved", "SENT_TO_FULFILMENT"]);
  });
});

describe("a fulfilment", () => {
  test("is handed over whole or in parts: what is open stays with its picker until it leaves", async () => {
    await shop.receive("PEN", 5);
    const fulfilmentId = await picking("pen-1", "PEN", 5);
    const part = await step(fulfilmentId, "ship", { lines: [{ lineId: "1", quantity: 2 }], tracking: "T-1" });
    expect(part.body).toMatchObject({ state: "PICKING", lines: [{ shipped: 2, open: 3 }] });
    await untilLedger("PEN", WAREHOUSE, [3, 0, 3, 0]);
    const rest = await step(fulfilmentId, "ship", { final: true, tracking: "T-2" });
    expect(rest.body).toMatchObject({ state: "SHIPPED", lines: [{ shipped: 5, open: 0 }] });
    expect((await shop.outcome("pen-1", "OrderFulfilled")).lines).toMatchObject([{ lineId: "1", quantity: 5 }]);
    await untilLedger("PEN", WAREHOUSE, [0, 0, 0, 0]);
  });

  test("that is being picked when its order is cancelled is cancelled, and its pieces go on sale", async () => {
    await shop.receive("INK", 3);
    const fulfilmentId = await picking("ink-1", "INK", 3);
    await shop.reservation.post("/v1/reservations/ink-1/cancel", randomUUID(), {});
    await shop.untilState("ink-1", "CANCELLED");
    expect(await untilFulfilment("ink-1", (f) => f.fulfilmentId === fulfilmentId)).toMatchObject({
      state: "CANCELLED",
      lines: [{ open: 0, shipped: 0 }],
    });
    await untilLedger("INK", WAREHOUSE, [3, 3, 0, 0]);
  });
});

describe("what was recorded by mistake", () => {
  test("a shipment is taken back once, whoever asks at once: its pieces are promised again, and shipped", async () => {
    await shop.receive("LAMP", 2);
    const fulfilmentId = await picking("lamp-1", "LAMP", 2);
    await step(fulfilmentId, "ship");
    await shop.untilState("lamp-1", "FULFILLED");
    const [shipment] = await movements("lamp-1");
    const answers = await Promise.all(["a", "b", "c"].map((key) => takeBack(shipment!.movementId, key)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(problem(answers.find(({ status }) => status === 409)!)).toEqual([409, "already-reversed"]);
    const again = await untilFulfilment("lamp-1", ({ state }) => state === "REQUESTED");
    expect(again.lines).toMatchObject([{ lineId: "1", quantity: 2, open: 2 }]);
    await shop.untilState("lamp-1", "CONFIRMED");
    await untilLedger("LAMP", WAREHOUSE, [2, 0, 2, 0]);
    expect(await untilFulfilment("lamp-1", (f) => f.fulfilmentId === fulfilmentId)).toMatchObject({
      lines: [{ shipped: 0, reversed: 2 }],
    });
    await step(again.fulfilmentId, "pick");
    await step(again.fulfilmentId, "ship");
    await shop.untilState("lamp-1", "FULFILLED");
    await untilLedger("LAMP", WAREHOUSE, [0, 0, 0, 0]);
  });

  test("a cancelled order gets nothing back but its money: a shipment taken back after it goes on sale", async () => {
    await shop.receive("DESK", 2);
    const fulfilmentId = await picking("desk-1", "DESK", 2);
    await step(fulfilmentId, "ship", { lines: [{ lineId: "1", quantity: 1 }] });
    await shop.reservation.post("/v1/reservations/desk-1/cancel", randomUUID(), {});
    await shop.untilState("desk-1", "FULFILLED");
    await takeBack((await movements("desk-1"))[0]!.movementId);
    await shop.untilState("desk-1", "CANCELLED");
    await untilLedger("DESK", WAREHOUSE, [2, 2, 0, 0]);
  });

  test("a receipt is taken back though its goods were sold: what is not sent moves to where there is some", async () => {
    await shop.receive("RUG", 3);
    await shop.publish(orderPlaced({ orderId: "rug-1", lines: [{ sku: "RUG", quantity: 3 }] }));
    await shop.outcome("rug-1", "OrderReserved");
    const reference = randomUUID();
    const lines = [{ sku: "RUG", quantity: 2, unsellableQuantity: 0 }];
    await shop.warehouse.post("/v1/receipts", randomUUID(), { location: OTHER, reference, lines });
    await shop.untilBucket("RUG", "sellable", 2, OTHER);
    const receipt = await waitFor("the receipt in the ledger", async () => {
      const { body } = await shop.ledger.get("/v1/stock/RUG/movements", [404]);
      return body.items?.find((m: { kind: string; legs: { location: string }[] }) => {
        return m.kind === "RECEIPT" && m.legs[0]!.location === WAREHOUSE;
      });
    });
    expect((await takeBack(receipt.movementId)).status).toBe(201);
    await shop.untilBucket("RUG", "orderReserved", 2, OTHER);
    const shorted = await shop.outcome("rug-1", "OrderShorted");
    expect(shorted).toMatchObject({ cause: "PHYSICAL_SHORTAGE", lines: [{ shortQuantity: 1 }] });
    await untilLedger("RUG", WAREHOUSE, [0, 0, 0, 0]);
  });

  test("unsellable goods that are gone since are not taken back", async () => {
    const reference = randomUUID();
    const lines = [{ sku: "VASE", quantity: 2, unsellableQuantity: 2 }];
    await shop.warehouse.post("/v1/receipts", randomUUID(), { location: WAREHOUSE, reference, lines });
    const disposed = { location: WAREHOUSE, reference: randomUUID(), lines: [{ sku: "VASE", quantity: 1 }] };
    await shop.warehouse.post("/v1/disposals", randomUUID(), disposed);
    const [receipt] = await movements(reference);
    expect(problem(await takeBack(receipt!.movementId))).toEqual([409, "not-on-hand"]);
    const [disposal] = await movements(disposed.reference);
    expect((await takeBack(disposal!.movementId)).status).toBe(201);
    expect((await takeBack(receipt!.movementId)).status).toBe(201);
    await untilLedger("VASE", WAREHOUSE, [0, 0, 0, 0]);
    expect((await movements(reference)).map(({ kind, reversedBy }) => [kind, reversedBy !== null])).toEqual([
      ["RECEIPT", true],
      ["RECEIPT", false],
    ]);
  });

  test("a loss at picking stands when its line is served from elsewhere or shorted since", async () => {
    await shop.receive("FORK", 2);
    const fulfilmentId = await picking("fork-1", "FORK", 2);
    await shop.receive("FORK", 1, OTHER);
    await short(fulfilmentId, 1, "NOT_FOUND");
    await untilFulfilment("fork-1", ({ location }) => location === OTHER);
    const [loss] = await movements("fork-1");
    expect(problem(await takeBack(loss!.movementId))).toEqual([409, "line-re-sourced"]);
    await short(fulfilmentId, 1, "DAMAGED");
    await shop.untilState("fork-1", "CONFIRMED");
    const [, damage] = await movements("fork-1");
    await waitFor("the warehouse to hear of the shortage", async () => {
      const [, heard] = (await movements("fork-1")) as unknown as { decided: string | null }[];
      return heard!.decided === "SHORTED";
    });
    expect(problem(await takeBack(damage!.movementId))).toEqual([409, "line-shorted"]);
  });

  test("what others recorded, and what has an opposite, is refused with what to do instead", async () => {
    await shop.receive("TRAY", 2);
    const damaged = { location: WAREHOUSE, reference: randomUUID(), lines: [{ sku: "TRAY", quantity: 1 }] };
    await shop.warehouse.post("/v1/damages", randomUUID(), damaged);
    const answer = await takeBack((await movements(damaged.reference))[0]!.movementId);
    expect(problem(answer)).toEqual([409, "not-reversible"]);
    expect(answer.body.detail).toMatch(/book a restoration/);
    await shop.publish(orderPlaced({ orderId: "tray-1", lines: [{ sku: "TRAY", quantity: 1 }] }));
    await shop.outcome("tray-1", "OrderReserved");
    const reserve = await waitFor("the promise in the ledger", async () => {
      const { body } = await shop.ledger.get("/v1/stock/TRAY/movements", [404]);
      return body.items?.find(({ kind }: { kind: string }) => kind === "RESERVE");
    });
    expect(problem(await takeBack(reserve.movementId))).toEqual([404, "unknown-movement"]);
  });
});

test("goods that come back are judged by line; the shelf gets them, the refund is told apart", async () => {
  await shop.receive("CHAIR", 4);
  const fulfilmentId = await picking("chair-1", "CHAIR", 4);
  await step(fulfilmentId, "ship");
  await shop.untilState("chair-1", "FULFILLED");
  const line = { lineId: "1", sku: "CHAIR", sellable: 1, unsellable: 2, missing: 1 };
  const told = { location: WAREHOUSE, reference: "back-1", orderId: "chair-1", lines: [line] };
  await shop.warehouse.post("/v1/returns", randomUUID(), told);
  await untilLedger("CHAIR", WAREHOUSE, [3, 1, 0, 2]);
  const returned = await shop.outcome("chair-1", "ReturnReceived");
  expect(returned).toMatchObject({ returnId: "back-1", lines: [line] });
  await shop.untilState("chair-1", "FULFILLED");
  // The unsellable ones were another customer's: they are taken back, once, and what was told for the refund stays told.
  const recorded = await movements("back-1");
  const unsellable = recorded.find(({ quantity }) => quantity === 2)!;
  expect((await takeBack(unsellable.movementId)).status).toBe(201);
  expect(problem(await takeBack(unsellable.movementId))).toEqual([409, "already-reversed"]);
  await untilLedger("CHAIR", WAREHOUSE, [1, 1, 0, 0]);
  expect(shop.about("chair-1").filter(({ name }) => name === "ReturnReceived")).toHaveLength(1);
});

test("after all of it, every service's books agree with the movements", async () => {
  expect(await shop.auditFailures()).toEqual([]);
});

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { waitFor } from "../../src/platform/wait.js";
import { orderPlaced, skuListed } from "../support/records.js";
import { Scenario, WAREHOUSE } from "../support/scenario.js";

const HOUR_MS = 3_600_000;
const PATIENCE_MS = 120_000;
let shop: Scenario;

beforeAll(async () => {
  shop = await Scenario.open({ services: { "order-reservation": 1, warehouse: 1, ledger: 1 } });
});

afterAll(async () => {
  await shop?.close();
});

const post = (path: string, body: object, accept: readonly number[] = []) =>
  shop.warehouse.post(`/v1/${path}`, randomUUID(), { location: WAREHOUSE, ...body }, accept);
/** A step of something that names no warehouse. */
const act = (path: string, body: object = {}) => shop.warehouse.post(`/v1/${path}`, randomUUID(), body);

/** `[total, sellable, unsellable]` of a SKU in the ledger, once it is so. */
async function untilLedger(sku: string, expected: [number, number, number]): Promise<void> {
  let seen: unknown;
  await waitFor(
    `${sku} to be ${expected}`,
    async () => {
      const { status, body } = await shop.ledger.get(`/v1/stock/${encodeURIComponent(sku)}`, [404]);
      if (status !== 200) return false;
      seen = [body.network.total, body.network.sellable, body.network.unsellable];
      return body.identityHolds && JSON.stringify(seen) === JSON.stringify(expected);
    },
    { timeoutMs: PATIENCE_MS, seen: () => seen },
  );
}

test("goods are received in one call or as a sheet of thousands of lines; sent twice, or by two clerks at once, they came once", async () => {
  const receipt = { location: WAREHOUSE, reference: "R-1", lines: [{ sku: "SHEET-1", quantity: 7 }] };
  const clerks = ["one", "other"].map((key) => shop.warehouse.post("/v1/receipts", key, receipt));
  expect((await Promise.all(clerks)).map(({ status }) => status).sort()).toEqual([200, 201]);
  const skus = Array.from({ length: 2_500 }, (_, index) => `SHEET-${index}`);
  const body = ["sku,quantity,unsellableQuantity", ...skus.map((sku) => `${sku},2,1`), "SHEET-0,many,0"].join("\n");
  const sheet = { body, contentType: "text/csv", idempotencyKey: "sheet" };
  const path = `/v1/receipts?location=${WAREHOUSE}&reference=R-2`;
  const answers = [await shop.warehouse.call("POST", path, sheet), await shop.warehouse.call("POST", path, sheet)];
  for (const answer of answers) {
    expect(answer.body).toMatchObject({ applied: 2_500, rejected: 1, errors: [{ row: 2_502, field: "quantity" }] });
  }
  const json = skus.slice(0, 2).map((sku) => JSON.stringify({ sku, quantity: 1 }));
  await shop.warehouse.call("POST", `/v1/receipts?location=${WAREHOUSE}&reference=R-3`, {
    ...{ body: json.join("\n"), contentType: "application/x-ndjson", idempotencyKey: "json" },
  });
  await untilLedger("SHEET-0", [3, 2, 1]);
  await untilLedger("SHEET-1", [10, 9, 1]);
  await untilLedger("SHEET-2499", [2, 1, 1]);
});

test("goods labelled unsellable, by their code or by the area they lie in, are there and cannot be bought", async () => {
  const labels = { unsellableSuffix: "U", areas: [{ area: "QUARANTINE", unsellable: true }] };
  await shop.warehouse.put(`/v1/warehouses/${WAREHOUSE}/labelling`, labels);
  await post("receipts", {
    lines: [
      { sku: "12345U", quantity: 5 },
      { sku: "12345", quantity: 4, area: "QUARANTINE" },
      { sku: "12345", quantity: 2 },
    ],
  });
  await untilLedger("12345", [11, 2, 9]);
  // The ledger may have heard of it before those who sell.
  await shop.untilBucket("12345", "sellable", 2);
  await shop.publish(orderPlaced({ orderId: "three", lines: [{ sku: "12345", quantity: 3 }] }));
  expect((await shop.outcome("three", "OrderReservationRejected")).reasons).toMatchObject([{ code: "OUT_OF_STOCK" }]);
  await shop.publish(skuListed("MENU"));
  await waitFor(
    "MENU to be known as a SKU",
    async () => {
      await post("receipts", { lines: [{ sku: "MENU", quantity: 1 }] });
      return (await shop.bucket("warehouse", "MENU", "total")) > 0;
    },
    { timeoutMs: PATIENCE_MS },
  );
});

test("no more can be damaged than is there; what is found fit again can be sold, what is scrapped is gone", async () => {
  await shop.receive("VASE", 3);
  const { status, body } = await post("damages", { lines: [{ sku: "VASE", quantity: 4 }] }, [409]);
  expect([status, body.code]).toEqual([409, "NOT_ON_HAND"]);
  await post("damages", { lines: [{ sku: "VASE", quantity: 3 }] });
  await untilLedger("VASE", [3, 0, 3]);
  await post("restorations", { lines: [{ sku: "VASE", quantity: 1 }] });
  await post("disposals", { lines: [{ sku: "VASE", quantity: 1 }] });
  await untilLedger("VASE", [2, 1, 1]);
  await shop.untilBucket("VASE", "sellable", 1);
  await shop.sold("one-vase", "VASE", 1);
  await untilLedger("VASE", [1, 0, 1]);
});

test("goods claimed from their supplier go back on the claim, and what replaces them is sold", async () => {
  await post("receipts", { lines: [{ sku: "CUP", quantity: 4, unsellableQuantity: 4 }] });
  const lines = [{ sku: "CUP", quantity: 3, reason: "cracked", claimedMinor: 300 }];
  await post("claims", { claimId: "cups", against: "SUPPLIER", party: "Jingdezhen", currency: "CNY", lines });
  await act("claims/cups/send");
  await post("disposals", { claim: "cups", lines: [{ sku: "CUP", quantity: 3 }] });
  await post("receipts", { claim: "cups", lines: [{ sku: "CUP", quantity: 3 }] });
  const settled = await act("claims/cups/settle", { outcome: "REPLACED" });
  expect(settled.body).toMatchObject({
    state: "SETTLED",
    lines: [{ sentBack: 3 }],
    replaced: [{ sku: "CUP", pieces: 3 }],
  });
  await untilLedger("CUP", [4, 3, 1]);
  await shop.untilBucket("CUP", "sellable", 3);
  await shop.sold("three-cups", "CUP", 3);
  const { body } = await shop.warehouse.get("/v1/claims/report?supplier=Jingdezhen");
  expect(body.items).toMatchObject([{ claims: 1, pieces: 3, sentBack: 3, shareSettled: 1 }]);
});

test("a claim holds its goods until it is settled: credited in part by a carrier, rejected by a supplier", async () => {
  await post("receipts", { lines: [{ sku: "DISH", quantity: 6, unsellableQuantity: 6 }] });
  const claim = (claimId: string, against: object, quantity: number) =>
    post("claims", {
      ...{ claimId, currency: "CNY", ...against },
      lines: [{ sku: "DISH", quantity, claimedMinor: quantity * 100 }],
      evidence: [{ url: "https://files.example.com/dish.jpg", note: "the crate" }],
    });
  await claim("crate", { against: "CARRIER", party: "SF Express" }, 4);
  await claim("glaze", { against: "SUPPLIER", party: "Dehua" }, 2);
  const scrap = (quantity: number) => post("disposals", { lines: [{ sku: "DISH", quantity }] }, [409]);
  expect((await scrap(1)).body.code).toBe("NOT_ON_HAND");
  for (const id of ["crate", "glaze"]) await act(`claims/${id}/send`);
  const credited = await act("claims/crate/settle", { outcome: "CREDITED", creditedMinor: 250 });
  expect(credited.body).toMatchObject({
    ...{ state: "SETTLED", outcome: "CREDITED", claimedMinor: 400, creditedMinor: 250 },
    evidence: [{ url: "https://files.example.com/dish.jpg" }],
  });
  expect((await scrap(5)).body.code).toBe("NOT_ON_HAND");
  expect((await act("claims/glaze/settle", { outcome: "REJECTED" })).body).toMatchObject({ creditedMinor: 0 });
  expect((await scrap(6)).status).toBe(201);
  await untilLedger("DISH", [0, 0, 0]);
  const report = async (party: string) => (await shop.warehouse.get(`/v1/claims/report?${party}`)).body.items;
  expect(await report("carrier=SF%20Express")).toMatchObject([
    { outcomes: { credited: 1 }, amounts: [{ currency: "CNY", claimedMinor: 400, creditedMinor: 250 }] },
  ]);
  expect(await report("supplier=Dehua")).toMatchObject([{ outcomes: { credited: 0, rejected: 1 }, shareSettled: 1 }]);
});

test("the buyer is told once when an order takes own stock to its line, and when goods come", async () => {
  await shop.warehouse.put("/v1/alert-lines/TEA", { pieces: 4, buyer: "Li Na" });
  await shop.receive("TEA", 6);
  await shop.sold("tea-1", "TEA", 2);
  const alert = await shop.alert("LOW_STOCK", ({ sku }) => sku === "TEA");
  expect(alert).toMatchObject({ location: WAREHOUSE, details: { line: "4", buyer: "Li Na" } });
  await shop.sold("tea-2", "TEA", 1);
  await shop.receive("TEA", 2);
  await shop.cleared(alert.alertId);
  expect(shop.alerts("LOW_STOCK").filter(({ sku }) => sku === "TEA")).toHaveLength(1);
});

test("announced goods come in parts, too many and too few, are late once their time is over, and nothing is refused", async () => {
  const expectedAt = new Date(Date.now() + HOUR_MS).toISOString();
  const lines = [
    { sku: "POT", quantity: 5 },
    { sku: "LID", quantity: 5 },
  ];
  await post("announcements", { reference: "PO-7", supplier: "Jingdezhen", expectedAt, lines });
  await post("receipts", { inbound: "PO-7", lines: [{ sku: "POT", quantity: 4 }] });
  await post("receipts", {
    inbound: "PO-7",
    lines: [
      { sku: "POT", quantity: 3, unsellableQuantity: 1 },
      { sku: "LID", quantity: 2 },
    ],
  });
  const state = async () => (await shop.warehouse.get("/v1/announcements/PO-7")).body;
  expect(await state()).toMatchObject({
    state: "OPEN",
    difference: -1,
    items: [
      { sku: "LID", announced: 5, receivedSellable: 2, difference: -3 },
      { sku: "POT", announced: 5, receivedSellable: 6, receivedUnsellable: 1, difference: 2 },
    ],
  });
  await shop.system.moveClock(2 * HOUR_MS);
  expect((await state()).state).toBe("LATE");
  expect((await shop.warehouse.get("/v1/announcements?state=LATE")).body.items).toHaveLength(1);
  const closed = await act("announcements/PO-7/close", { reason: "the kiln broke" });
  expect(closed.body).toMatchObject({ state: "CLOSED", difference: -1 });
  await post("receipts", { inbound: "PO-7", lines: [{ sku: "LID", quantity: 3 }] });
  expect((await state()).items[0]).toMatchObject({ sku: "LID", difference: 0 });
  await untilLedger("LID", [5, 5, 0]);
});

test("after all of it every service has what the movements say", async () => {
  expect(await shop.auditFailures()).toEqual([]);
});

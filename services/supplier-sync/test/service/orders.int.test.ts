import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { until } from "@septet/local-stack";
import { type RecordOf, supplierLocation } from "@septet/stock-contracts";
import { aSku, problemOf, SupplierSystem, WITHIN_MS } from "./supplier-system.js";

let suppliers: SupplierSystem;

beforeAll(async () => {
  suppliers = await SupplierSystem.start(2);
});

afterAll(async () => {
  await suppliers?.stop();
});

/** A supplier with 100 pieces reported of one SKU, 80 of them listed. */
async function listed(): Promise<{ supplierId: string; sku: string }> {
  const [supplierId, sku] = [await suppliers.supplier(), aSku()];
  await suppliers.operator().put(`/v1/suppliers/${supplierId}/mappings`, { mappings: [{ code: "A", sku }] });
  await reports(supplierId, 100);
  return { supplierId, sku };
}

const reports = async (supplierId: string, quantity: number) =>
  expect(
    (await suppliers.of(supplierId).post(`/v1/suppliers/${supplierId}/reports`, { lines: [{ code: "A", quantity }] }))
      .status,
  ).toBe(200);

const ordered = (supplierId: string, sku: string, quantity: number) => suppliers.ordered(supplierId, sku, quantity);

const pathOf = (supplierId: string, fulfilmentId: string, step = "") =>
  `/v1/suppliers/${supplierId}/orders/${encodeURIComponent(fulfilmentId)}${step === "" ? "" : `/${step}`}`;
const get = (supplierId: string, fulfilmentId: string) => suppliers.operator().get(pathOf(supplierId, fulfilmentId));
const step = (supplierId: string, fulfilmentId: string, name: string, body?: object) =>
  name === "send"
    ? suppliers.operator().post(pathOf(supplierId, fulfilmentId, name))
    : suppliers.of(supplierId).post(pathOf(supplierId, fulfilmentId, name), body);
const asksBack = (supplierId: string, fulfilmentId: string, sku: string, quantity: number) =>
  suppliers.tell("FulfilmentCancelRequested", {
    ...{ eventId: randomUUID(), occurredAt: Date.now() },
    ...{ fulfilmentId, orderId: fulfilmentId.slice(0, -2), location: supplierLocation(supplierId) },
    lines: [{ lineId: "1", sku, quantity }],
  });
const toldOf = async <N extends "FulfilmentShipped" | "FulfilmentShort" | "FulfilmentCancelled">(
  name: N,
  fulfilmentId: string,
): Promise<RecordOf<N>[]> => {
  await suppliers.sent();
  return (await suppliers.told(name)).filter((told) => told.fulfilmentId === fulfilmentId);
};

test("an order is sent, confirmed in part, shipped in parts with tracking, and the rest is short", async () => {
  const { supplierId, sku } = await listed();
  const id = await ordered(supplierId, sku, 10);
  expect((await get(supplierId, id)).body).toMatchObject({ state: "REQUESTED", lines: [{ open: 10, confirmed: 0 }] });
  const early = await step(supplierId, id, "confirm");
  expect([early.status, problemOf(early)]).toEqual([409, "order-state"]);
  expect((await step(supplierId, id, "send")).body.state).toBe("SENT");
  const lines = (quantity: number) => ({ lines: [{ lineId: "1", quantity }] });
  expect((await step(supplierId, id, "confirm", lines(7))).body).toMatchObject({
    state: "SENT",
    lines: [{ confirmed: 7 }],
  });
  expect(problemOf(await step(supplierId, id, "confirm", lines(4)))).toBe("more-than-open");
  expect((await step(supplierId, id, "ship", { ...lines(4), tracking: "SF-1" })).body.lines[0]).toMatchObject({
    open: 6,
    confirmed: 3,
  });
  await step(supplierId, id, "ship", { ...lines(3), tracking: "SF-2" });
  expect((await step(supplierId, id, "short")).body).toMatchObject({
    state: "SHIPPED",
    lines: [{ shipped: 7, short: 3 }],
  });
  expect(
    (await toldOf("FulfilmentShipped", id)).map(({ lines: [line], tracking, final }) => [
      line!.quantity,
      tracking,
      final,
    ]),
  ).toEqual([
    [4, "SF-1", false],
    [3, "SF-2", false],
  ]);
  expect(await toldOf("FulfilmentShort", id)).toMatchObject([
    { lines: [{ quantity: 3, reason: "SUPPLIER_SHORT" }], final: true },
  ]);
  const movements = (await suppliers.told("StockMovement")).filter((movement) => movement.sku === sku);
  expect(movements.filter(({ recordedBy }) => recordedBy === "supplier-sync").map(({ kind }) => kind)).toEqual([
    "VIRTUAL_ADJUST",
    "DROPSHIP_SHIP",
    "DROPSHIP_SHIP",
    "DROPSHIP_SHORT",
  ]);
  expect(await suppliers.offer(supplierId, sku)).toMatchObject({
    virtual: 70,
    reserved: 0,
    offered: 70,
    computed: { gone: 10 },
  });
});

test("a report from after a confirmation has the pieces counted, and shipping them changes nothing for sale", async () => {
  const { supplierId, sku } = await listed();
  const id = await ordered(supplierId, sku, 10);
  await step(supplierId, id, "send");
  await step(supplierId, id, "confirm");
  expect(await suppliers.offer(supplierId, sku)).toMatchObject({ virtual: 80, offered: 70 });
  await reports(supplierId, 90);
  const counted = await suppliers.offer(supplierId, sku);
  expect(counted).toMatchObject({ virtual: 72 + 10, offered: 72, computed: { counted: 10, gone: 0 } });
  await step(supplierId, id, "ship");
  expect(await suppliers.offer(supplierId, sku)).toMatchObject({
    virtual: 72,
    offered: 72,
    computed: { counted: 0, gone: 0 },
  });
  await reports(supplierId, 90);
  expect(await suppliers.offer(supplierId, sku)).toMatchObject({ virtual: 72, offered: 72 });
});

test("before it is sent an order gives back what it is asked for; after that the supplier is asked, and answers once", async () => {
  const { supplierId, sku } = await listed();
  const unsent = await ordered(supplierId, sku, 5);
  await asksBack(supplierId, unsent, sku, 2);
  await until(
    "two are cancelled",
    WITHIN_MS,
    async () => (await get(supplierId, unsent)).body.lines[0].cancelled === 2,
  );
  expect(await toldOf("FulfilmentCancelled", unsent)).toMatchObject([{ lines: [{ quantity: 2 }] }]);
  await step(supplierId, unsent, "send");
  await asksBack(supplierId, unsent, sku, 3);
  await until(
    "the supplier is asked",
    WITHIN_MS,
    async () => (await get(supplierId, unsent)).body.askedBack.length === 1,
  );
  const partly = { lines: [{ lineId: "1", quantity: 1 }] };
  expect((await step(supplierId, unsent, "answer-cancellation", partly)).body).toMatchObject({
    askedBack: [],
    lines: [{ open: 2 }],
  });
  expect((await toldOf("FulfilmentCancelled", unsent)).map(({ lines: [line] }) => line!.quantity)).toEqual([2, 1]);
  expect(problemOf(await step(supplierId, unsent, "answer-cancellation"))).toBe("nothing-asked");
  await asksBack(supplierId, unsent, sku, 2);
  await until("it is asked again", WITHIN_MS, async () => (await get(supplierId, unsent)).body.askedBack.length === 1);
  await step(supplierId, unsent, "ship");
  expect((await toldOf("FulfilmentCancelled", unsent)).map(({ lines: [line] }) => line!.quantity)).toEqual([2, 1, 0]);
});

test("a cancellation that overtakes its order waits for it", async () => {
  const { supplierId, sku } = await listed();
  const fulfilmentId = `o-${randomUUID()}/1`;
  await asksBack(supplierId, fulfilmentId, sku, 4);
  await suppliers.tell("FulfilmentRequested", {
    ...{ eventId: randomUUID(), occurredAt: Date.now() },
    ...{ fulfilmentId, orderId: fulfilmentId.slice(0, -2), location: supplierLocation(supplierId), deliverBy: null },
    lines: [{ lineId: "1", sku, quantity: 4 }],
  });
  await until(
    "it is cancelled",
    WITHIN_MS,
    async () => (await get(supplierId, fulfilmentId)).body.state === "CANCELLED",
  );
  expect(await toldOf("FulfilmentCancelled", fulfilmentId)).toMatchObject([{ lines: [{ quantity: 4 }] }]);
});

test("at the cut-off orders are sent, and what is not answered for in time is alerted once, until it is", async () => {
  const { supplierId, sku } = await listed();
  const ids = [await ordered(supplierId, sku, 1), await ordered(supplierId, sku, 2)];
  const mine = async (name: "StockAlertRaised" | "StockAlertCleared") => {
    await suppliers.sent();
    return (await suppliers.told(name)).filter(
      (alert) => alert.supplierId === supplierId && alert.code === "CONFIRMATION_LATE",
    );
  };
  expect((await suppliers.of(supplierId).get(`/v1/suppliers/${supplierId}/orders`)).body.items).toEqual([]);
  await suppliers.bring(supplierId, "send_at");
  await until("they are sent", WITHIN_MS, async () => (await get(supplierId, ids[1]!)).body.state === "SENT");
  expect((await suppliers.of(supplierId).get(`/v1/suppliers/${supplierId}/orders`)).body.items.length).toBe(2);
  await step(supplierId, ids[0]!, "confirm");
  await suppliers.bring(supplierId, "confirmation_due_at");
  await until("the alert is told", WITHIN_MS, async () => (await mine("StockAlertRaised")).length > 0);
  const today = async () => {
    const { items } = (await suppliers.operator().get("/v1/today?limit=1000")).body;
    return items.find((row: { supplierId: string }) => row.supplierId === supplierId);
  };
  expect(await today()).toMatchObject({ unanswered: 1, overdue: 1, quarantined: 0, stale: false });
  await step(supplierId, ids[1]!, "confirm");
  expect(await today()).toBeUndefined();
  await until("the alert is taken back", WITHIN_MS, async () => (await mine("StockAlertCleared")).length > 0);
  expect([(await mine("StockAlertRaised")).length, (await mine("StockAlertCleared")).length]).toEqual([1, 1]);
});

test("the scorecard of a period says how much was shipped, and what was kept for us and short all the same", async () => {
  const { supplierId, sku } = await listed();
  const kept = { lines: [{ code: "A", quantity: 20, kept: 8 }] };
  await suppliers.of(supplierId).post(`/v1/suppliers/${supplierId}/reports`, kept);
  const [shipped, shorted] = [await ordered(supplierId, sku, 6), await ordered(supplierId, sku, 4)];
  for (const id of [shipped, shorted]) await step(supplierId, id, "send");
  await step(supplierId, shipped, "confirm");
  await step(supplierId, shorted, "short", { lines: [{ lineId: "1", quantity: 3 }] });
  await step(supplierId, shipped, "ship");
  const day = 86_400_000;
  const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const query = `from=${dayOf(Date.now() - 2 * day)}&to=${dayOf(Date.now() + 2 * day)}`;
  const { body } = await suppliers.of(supplierId).get(`/v1/suppliers/${supplierId}/scorecards?${query}`);
  // 6 of the 9 pieces that came to an end were shipped; of 10 open pieces 8 were kept, 7 stayed: one of the 3 was kept.
  expect(body).toMatchObject({ final: false, keptBreachPieces: 1 });
  expect(body.ratios).toMatchObject({ FILL_RATE: { part: 6, of: 9 }, SHORTAGE_RATE: { part: 1, of: 2 } });
  await suppliers.sent();
  const breaches = (await suppliers.told("StockAlertRaised")).filter((alert) => alert.supplierId === supplierId);
  expect(breaches.filter(({ code }) => code === "SUPPLIER_SHORTAGE_KEPT_STOCK")).toMatchObject([{ sku }]);
});

test("a supplier reaches its own orders only", async () => {
  const { supplierId, sku } = await listed();
  const id = await ordered(supplierId, sku, 1);
  await step(supplierId, id, "send");
  const other = await suppliers.supplier();
  expect((await suppliers.of(other).get(pathOf(supplierId, id))).status).toBe(403);
  expect((await suppliers.of(other).get(pathOf(other, id))).status).toBe(404);
  expect(problemOf(await suppliers.of(other).post(pathOf(other, id, "ship")))).toBe("unknown-order");
});

test("a burnt warehouse: its effect is shown, then all that is ordered there is short in one act, and what comes later, too", async () => {
  const { supplierId, sku } = await listed();
  const requests = Array.from({ length: 120 }, () => `o-${randomUUID()}`).map((orderId) => ({
    ...{ eventId: randomUUID(), occurredAt: Date.now(), fulfilmentId: `${orderId}/1`, orderId },
    ...{ location: supplierLocation(supplierId), deliverBy: null, lines: [{ lineId: "1", sku, quantity: 2 }] },
  }));
  const [late, ...early] = requests;
  await suppliers.tell("FulfilmentRequested", ...early);
  const path = `/v1/suppliers/${supplierId}/stop`;
  await until(
    "the orders are there",
    WITHIN_MS,
    async () => (await suppliers.operator().get(path)).body.orders === 119,
  );
  expect((await suppliers.operator().get(path)).body).toEqual({ orders: 119, pieces: 238 });
  expect((await suppliers.of(supplierId).post(path, { reason: "fire", settle: true })).status).toBe(403);
  expect((await suppliers.operator().post(path, { reason: "fire", settle: true })).body).toMatchObject({
    settling: true,
  });
  expect((await suppliers.operator().get(path)).body).toEqual({ orders: 0, pieces: 0 });
  await suppliers.tell("FulfilmentRequested", late!);
  await until(
    "the late one is short",
    WITHIN_MS,
    async () => (await get(supplierId, late!.fulfilmentId)).body.state === "SHORT",
  );
  await suppliers.sent();
  const shorted = (await suppliers.told("FulfilmentShort")).filter(
    ({ location }) => location === supplierLocation(supplierId),
  );
  expect(shorted.length).toBe(120);
  expect(new Set(shorted.map(({ lines: [line] }) => line!.reason))).toEqual(new Set(["fire"]));
  expect(await suppliers.offer(supplierId, sku)).toMatchObject({ virtual: 0, offered: 0 });
});

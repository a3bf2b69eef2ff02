import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { until } from "@septet/local-stack";
import { supplierLocation } from "@septet/stock-contracts";
import { dayOf } from "../../src/domain/clock.js";
import { aSku, problemOf, SupplierSystem, WITHIN_MS } from "./supplier-system.js";

let suppliers: SupplierSystem;

beforeAll(async () => {
  suppliers = await SupplierSystem.start();
});

afterAll(async () => {
  await suppliers?.stop();
});

const ZONE = "Asia/Shanghai";

/** A supplier with 100 pieces reported of A, 20 of B. */
async function listed(): Promise<{ supplierId: string; A: string; B: string }> {
  const [supplierId, A, B] = [await suppliers.supplier({ timeZone: ZONE }), aSku(), aSku()];
  const mappings = [
    { code: "A", sku: A },
    { code: "B", sku: B },
  ];
  await suppliers.operator().put(`/v1/suppliers/${supplierId}/mappings`, { mappings });
  await report(supplierId, 100, 20);
  return { supplierId, A, B };
}
const report = async (supplierId: string, a: number, b: number) => {
  const lines = [
    { code: "A", quantity: a },
    { code: "B", quantity: b },
  ];
  expect((await suppliers.of(supplierId).post(`/v1/suppliers/${supplierId}/reports`, { lines })).status).toBe(200);
};
const path = (supplierId: string, more = "") => `/v1/suppliers/${supplierId}/stocktakes${more}`;
const count = (supplierId: string, a: number, b: number, more: object = {}) =>
  suppliers.of(supplierId).post(path(supplierId), {
    ...more,
    lines: [
      { code: "A", counted: a },
      { code: "B", counted: b },
    ],
  });
const step = (supplierId: string, id: string, name: string, body?: object) =>
  suppliers.operator().post(path(supplierId, `/${id}/${name}`), body);
const because = (sku: string) => ({ lines: [{ sku, cause: "LOSS", owner: "Li", dueOn: "2030-01-01" }] });
const reported = async (supplierId: string, sku: string) => (await suppliers.offer(supplierId, sku)).report.quantity;

test("five pieces are missing: the difference gets its cause and its owner, and corrects what is recorded and offered", async () => {
  const { supplierId, A } = await listed();
  const opened = await count(supplierId, 95, 20, { stocktakeId: "week-1" });
  expect(opened.status).toBe(201);
  const line = opened.body.lines.find((one: { sku: string }) => one.sku === A);
  expect(line).toMatchObject({ counted: 95, recorded: 100, difference: -5, cause: null });
  expect((await count(supplierId, 95, 20, { stocktakeId: "week-1" })).status).toBe(200);
  expect(problemOf(await count(supplierId, 94, 20, { stocktakeId: "week-1" }))).toBe("stocktake-conflict");
  const early = await step(supplierId, "week-1", "approve");
  expect([early.status, problemOf(early)]).toEqual([422, "not-explained"]);
  expect((await step(supplierId, "week-1", "explain", because(A))).status).toBe(200);
  expect((await step(supplierId, "week-1", "approve")).body).toMatchObject({ state: "APPROVED" });
  expect(await suppliers.offer(supplierId, A)).toMatchObject({ report: { quantity: 95 }, offered: 76 });
  expect(problemOf(await step(supplierId, "week-1", "approve"))).toBe("stocktake-state");
  const done = await step(supplierId, "week-1", "follow-ups", { skus: [A] });
  expect(done.body.lines.find((one: { sku: string }) => one.sku === A).followUp).toMatchObject({
    owner: "Li",
    done: true,
  });
});

test("the scorecard knows the count: 5 of 120 pieces were wrong", async () => {
  const { supplierId, A } = await listed();
  const day = dayOf(ZONE, Date.now() - 3_600_000);
  const { stocktakeId } = (await count(supplierId, 95, 20)).body;
  await step(supplierId, stocktakeId, "explain", because(A));
  await step(supplierId, stocktakeId, "approve");
  const tomorrow = dayOf(ZONE, Date.now() + 24 * 3_600_000);
  const card = await suppliers.operator().get(`/v1/suppliers/${supplierId}/scorecards?from=${day}&to=${tomorrow}`);
  expect(card.body.ratios.STOCK_ACCURACY).toEqual({ part: 115, of: 120 });
});

test("what was reported since the count stands, corrected by the difference", async () => {
  const { supplierId, A } = await listed();
  const { stocktakeId } = (await count(supplierId, 95, 20)).body;
  await report(supplierId, 60, 20);
  await step(supplierId, stocktakeId, "explain", because(A));
  await step(supplierId, stocktakeId, "approve");
  expect(await reported(supplierId, A)).toBe(55);
});

test("what shipped since the report is not missing", async () => {
  const { supplierId, A } = await listed();
  const orderId = await suppliers.reserve(supplierId, A, 10);
  const fulfilmentId = `${orderId}/1`;
  const about = { fulfilmentId, orderId, location: supplierLocation(supplierId), deliverBy: null };
  const lines = [{ lineId: "1", sku: A, quantity: 10 }];
  await suppliers.tell("FulfilmentRequested", { eventId: randomUUID(), occurredAt: Date.now(), ...about, lines });
  const order = `/v1/suppliers/${supplierId}/orders/${encodeURIComponent(fulfilmentId)}`;
  await until("the order has come", WITHIN_MS, async () => (await suppliers.operator().get(order)).status === 200);
  expect((await suppliers.operator().post(`${order}/send`)).status).toBe(200);
  expect((await suppliers.of(supplierId).post(`${order}/ship`, {})).status).toBe(200);
  const { body } = await count(supplierId, 90, 20);
  for (const { difference } of body.lines) expect(difference).toBe(0);
  const { stocktakeId } = body;
  expect((await step(supplierId, stocktakeId, "approve")).status).toBe(200);
  expect(await reported(supplierId, A)).toBe(100);
});

test("a stocktake that is given up corrects nothing, and names articles of the supplier's only, each once", async () => {
  const { supplierId, A } = await listed();
  const { stocktakeId } = (await count(supplierId, 1, 20)).body;
  expect((await step(supplierId, stocktakeId, "cancel")).body.state).toBe("CANCELLED");
  expect(await reported(supplierId, A)).toBe(100);
  const lines = [
    { code: "A", counted: 1 },
    { code: "NOBODY'S", counted: 1 },
    { sku: A, counted: 2 },
  ];
  const refused = await suppliers.of(supplierId).post(path(supplierId), { lines });
  expect([refused.status, problemOf(refused)]).toEqual([422, "unknown-sku"]);
  expect(refused.body.errors.map(({ field }: { field: string }) => field)).toEqual(["body.lines[1]", "body.lines[2]"]);
  const listedOnes = await suppliers.of(supplierId).get(path(supplierId));
  expect(listedOnes.body.items).toMatchObject([{ stocktakeId, state: "CANCELLED" }]);
});

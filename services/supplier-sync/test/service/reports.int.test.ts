import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { until } from "@septet/local-stack";
import { supplierLocation } from "@septet/stock-contracts";
import { aSku, problemOf, SupplierSystem, WITHIN_MS } from "./supplier-system.js";

let suppliers: SupplierSystem;

beforeAll(async () => {
  suppliers = await SupplierSystem.start(2);
});

afterAll(async () => {
  await suppliers?.stop();
});

/** A supplier that sells, with codes A, B, … for SKUs of their own. */
async function withCodes(count: number): Promise<{ supplierId: string; skus: string[] }> {
  const supplierId = await suppliers.supplier();
  const skus = Array.from({ length: count }, aSku);
  const mappings = skus.map((sku, index) => ({ code: codeOf(index), sku }));
  const answer = await suppliers.operator().put(`/v1/suppliers/${supplierId}/mappings`, { mappings });
  expect(answer.status).toBe(200);
  return { supplierId, skus };
}

const codeOf = (index: number) => String.fromCharCode(65 + index);
const report = (supplierId: string, body: object, o: { key?: string; i?: number } = {}) =>
  suppliers
    .of(supplierId, o.i)
    .post(`/v1/suppliers/${supplierId}/reports`, body, o.key === undefined ? {} : { idempotencyKey: o.key });
const movementsOf = async (sku: string) => {
  await suppliers.sent();
  return (await suppliers.told("StockMovement")).filter((movement) => movement.sku === sku);
};

test("the book's 100 reported are 80 listed, with the reason of every figure", async () => {
  const { supplierId, skus } = await withCodes(1);
  const answer = await report(supplierId, { lines: [{ code: "A", quantity: 100 }] });
  expect(answer).toMatchObject({ status: 200, body: { lines: { CHANGED: 1 }, errors: [], quarantined: [] } });
  const offer = await suppliers.offer(supplierId, skus[0]!);
  expect(offer).toMatchObject({ virtual: 80, reserved: 0, offered: 80, offering: true, report: { quantity: 100 } });
  expect(offer.computed).toMatchObject({ kept: 0, buffer: { pieces: 20, rule: "REPORT_PERCENT" }, virtual: 80 });
  const legs = [
    { location: supplierLocation(supplierId), bucket: "virtual", delta: 80 },
    { location: supplierLocation(supplierId), bucket: "sellable", delta: 80 },
  ];
  expect(await movementsOf(skus[0]!)).toMatchObject([{ kind: "VIRTUAL_ADJUST", sequence: 1, legs }]);
});

test("good lines apply, bad ones are answered with row, column and reason, and only what changed moves", async () => {
  const { supplierId, skus } = await withCodes(3);
  const lines = skus.map((_, index) => ({ code: codeOf(index), quantity: 50 }));
  await report(supplierId, { lines });
  const bad = [
    { code: "A", quantity: 10 },
    { code: "A", quantity: 11 },
    { code: "B", quantity: -1 },
    { sku: "NOBODY'S", quantity: 1 },
    { code: "C", quantity: 50 },
    7,
  ];
  const { body } = await report(supplierId, { lines: bad });
  expect(body.lines).toMatchObject({ CHANGED: 1, UNCHANGED: 1, REJECTED: 4 });
  expect(body.errors.map(({ row, column, code }: Record<string, unknown>) => [row, column, code])).toEqual([
    [2, "code", "DUPLICATE"],
    [3, "quantity", "MALFORMED"],
    [4, "sku", "UNKNOWN_SKU"],
    [6, "line", "MALFORMED"],
  ]);
  expect((await movementsOf(skus[0]!)).length).toBe(2);
  expect((await movementsOf(skus[2]!)).length).toBe(1);
});

test("a code that nobody knows waits, and what it said last applies once it is mapped", async () => {
  const { supplierId } = await withCodes(1);
  const sku = aSku();
  for (const quantity of [30, 20]) {
    const { body } = await report(supplierId, { lines: [{ code: "NEW", quantity }] });
    expect(body.quarantined).toEqual([{ row: 1, code: "NEW" }]);
  }
  const path = `/v1/suppliers/${supplierId}`;
  expect((await suppliers.operator().get(`${path}/quarantine`)).body.items).toMatchObject([
    { code: "NEW", quantity: 20, times: 2 },
  ]);
  const mapped = await suppliers.operator().put(`${path}/mappings`, { mappings: [{ code: "NEW", sku }] });
  expect(mapped.body).toEqual({ told: 1, added: 1, applied: 1 });
  expect((await suppliers.offer(supplierId, sku)).virtual).toBe(16);
  expect((await suppliers.operator().get(`${path}/quarantine`)).body.items).toEqual([]);
});

test("a report that is older than the last one changes nothing, and neither does one told again", async () => {
  const { supplierId, skus } = await withCodes(1);
  const asOf = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000).toISOString();
  const news = { asOf: asOf(1), lines: [{ code: "A", quantity: 40 }] };
  await report(supplierId, news, { key: "news" });
  const late = await report(supplierId, { asOf: asOf(5), lines: [{ code: "A", quantity: 90 }] });
  expect(late.body.lines).toMatchObject({ STALE: 1, CHANGED: 0 });
  expect((await report(supplierId, news, { key: "news" })).headers.get("idempotency-replayed")).toBe("true");
  const reportId = "morning";
  const told = { reportId, lines: [{ code: "A", quantity: 60 }] };
  expect((await report(supplierId, told)).body.lines.CHANGED).toBe(1);
  expect((await report(supplierId, told)).body.lines).toMatchObject({ REPEATED: 1, CHANGED: 0 });
  expect(problemOf(await report(supplierId, { ...told, lines: [{ code: "A", quantity: 61 }] }))).toBe(
    "report-conflict",
  );
  expect((await suppliers.offer(supplierId, skus[0]!)).virtual).toBe(48);
});

test("changes apply in the supplier's unbroken sequence only; after a gap its next snapshot begins anew", async () => {
  const { supplierId, skus } = await withCodes(1);
  const delta = (sequence: number, quantity: number) =>
    report(supplierId, { kind: "DELTA", sequence, lines: [{ code: "A", quantity }] });
  const snapshot = (sequence: number, quantity: number) =>
    report(supplierId, { sequence, lines: [{ code: "A", quantity }] });
  await snapshot(1, 100);
  expect((await delta(2, -10)).status).toBe(200);
  const gap = await delta(4, -10);
  expect([gap.status, problemOf(gap)]).toEqual([409, "sequence-gap"]);
  expect(problemOf(await delta(3, -10))).toBe("sequence-gap");
  expect((await suppliers.offer(supplierId, skus[0]!)).report.quantity).toBe(90);
  expect((await snapshot(5, 70)).body.lines.CHANGED).toBe(1);
  expect((await delta(6, 5)).body.lines.CHANGED).toBe(1);
  expect((await delta(6, 5)).body.lines).toMatchObject({ STALE: 1, CHANGED: 0 });
  expect((await suppliers.offer(supplierId, skus[0]!)).report.quantity).toBe(75);
});

test("what orders hold stays covered, whatever is reported", async () => {
  const { supplierId, skus } = await withCodes(1);
  await report(supplierId, { lines: [{ code: "A", quantity: 100 }] });
  await suppliers.reserve(supplierId, skus[0]!, 30);
  await until(
    "the reservation is seen",
    WITHIN_MS,
    async () => (await suppliers.offer(supplierId, skus[0]!)).reserved === 30,
  );
  await report(supplierId, { lines: [{ code: "A", quantity: 0 }] });
  expect(await suppliers.offer(supplierId, skus[0]!)).toMatchObject({ virtual: 30, offered: 0 });
});

test("a stopped supplier offers nothing at once, and everything again when it goes on", async () => {
  const { supplierId, skus } = await withCodes(2);
  await report(supplierId, { lines: skus.map((_, index) => ({ code: codeOf(index), quantity: 50 })) });
  const path = `/v1/suppliers/${supplierId}`;
  const virtualNow = () => Promise.all(skus.map(async (sku) => (await suppliers.offer(supplierId, sku)).virtual));
  await suppliers.operator().post(`${path}/stop`, { reason: "flood" });
  expect(await virtualNow()).toEqual([0, 0]);
  await suppliers.operator().post(`${path}/resume`);
  expect(await virtualNow()).toEqual([40, 40]);
  await suppliers.of(supplierId).post(`${path}/offers/${skus[0]}/stop`, { reason: "broken batch" });
  expect(await virtualNow()).toEqual([0, 40]);
});

/** Alerts of a kind about a supplier: how often raised and cleared. */
async function alerts(supplierId: string, code: string): Promise<[raised: number, cleared: number]> {
  await suppliers.sent();
  const about = (alert: { supplierId: string | null; code: string }) =>
    alert.supplierId === supplierId && alert.code === code;
  const raised = (await suppliers.told("StockAlertRaised")).filter(about).length;
  return [raised, (await suppliers.told("StockAlertCleared")).filter(about).length];
}

test("a silent feed fades to nothing by the clock and is told of once, and comes back with the next report", async () => {
  const { supplierId, skus } = await withCodes(1);
  const kept = { code: "A", quantity: 100, kept: 30 };
  const dayAgo = (days: number) => new Date(Date.now() - days * 86_400_000 - 60_000).toISOString();
  await report(supplierId, { asOf: dayAgo(1), lines: [kept] });
  expect((await suppliers.offer(supplierId, skus[0]!)).virtual).toBe(67);
  // The offer's report grows older than its second limit: the clock of the service does the rest.
  await suppliers.age(supplierId, 3);
  await until("it has faded", WITHIN_MS, async () => (await suppliers.offer(supplierId, skus[0]!)).virtual === 0);
  await until("it is told", WITHIN_MS, async () => (await alerts(supplierId, "OFFER_STALE"))[0] === 1);
  await report(supplierId, { lines: [kept] });
  expect((await suppliers.offer(supplierId, skus[0]!)).virtual).toBe(80);
  await until("it is taken back", WITHIN_MS, async () => (await alerts(supplierId, "OFFER_STALE"))[1] === 1);
});

test("deadlines that were missed while nobody looked are written down and told of once, until a report comes", async () => {
  const { supplierId } = await withCodes(1);
  await until("the clock runs", WITHIN_MS, async () => (await suppliers.missedReports(supplierId)).looked);
  await suppliers.lookBack(supplierId, 2);
  await until("it is told", WITHIN_MS, async () => (await alerts(supplierId, "REPORT_LATE"))[0] === 1);
  // Two deadlines a day, over two days of 23 to 25 hours.
  expect((await suppliers.missedReports(supplierId)).missed).toBeGreaterThanOrEqual(3);
  await report(supplierId, { lines: [{ code: "A", quantity: 1 }] });
  await until("it is taken back", WITHIN_MS, async () => (await alerts(supplierId, "REPORT_LATE"))[1] === 1);
  expect(await alerts(supplierId, "REPORT_LATE")).toEqual([1, 1]);
});

test("an alert tells of a SKU at its line once, and takes it back above it", async () => {
  const { supplierId, skus } = await withCodes(1);
  for (const quantity of [100, 12, 11, 100]) await report(supplierId, { lines: [{ code: "A", quantity }] });
  await suppliers.sent();
  const about = ({ supplierId: of }: { supplierId: string | null }) => of === supplierId;
  const raised = (await suppliers.told("StockAlertRaised")).filter(about);
  expect(raised).toMatchObject([{ code: "LOW_STOCK", sku: skus[0], service: "supplier-sync" }]);
  expect((await suppliers.told("StockAlertCleared")).filter(about).length).toBe(1);
});

test("new terms hold from their day on, and a supplier does not see our figures", async () => {
  const { supplierId, skus } = await withCodes(1);
  await report(supplierId, { lines: [{ code: "A", quantity: 100 }] });
  const path = `/v1/suppliers/${supplierId}`;
  const terms = { buffer: { fixedPieces: 35 } };
  const past = await suppliers.operator().post(`${path}/terms`, { effectiveFrom: "2020-01-01", terms });
  expect(problemOf(past)).toBe("terms-too-early");
  expect((await suppliers.operator().post(`${path}/terms`, { terms })).body).toMatchObject({ version: 1 });
  await until("the offer follows", WITHIN_MS, async () => (await suppliers.offer(supplierId, skus[0]!)).virtual === 65);
  expect((await suppliers.of(supplierId).get(`${path}/offers/${skus[0]}`)).status).toBe(403);
});

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { until } from "@septet/local-stack";
import { dayAfter, dayOf, instantOf } from "../../src/domain/clock.js";
import { aSku, SupplierSystem, WITHIN_MS } from "./supplier-system.js";

const ZONE = "Asia/Shanghai";
/** A day to come: the service's clock is set to it. */
const DAY = dayAfter(dayOf(ZONE, Date.now()), 2);
const SECOND_MS = 1_000;

let suppliers: SupplierSystem;
let supplierId: string;
const [red, blue] = [aSku(), aSku()];

beforeAll(async () => {
  suppliers = await SupplierSystem.start();
  await itIs("08:00");
  supplierId = await suppliers.supplier({ timeZone: ZONE });
  const mappings = [
    { code: "RED", sku: red },
    { code: "BLUE", sku: blue },
  ];
  await suppliers.operator().put(`/v1/suppliers/${supplierId}/mappings`, { mappings });
  // The deadlines of the day are judged from here on.
  await until("its clock runs", WITHIN_MS, async () => (await suppliers.missedReports(supplierId)).looked);
});

afterAll(async () => {
  await suppliers?.stop();
});

const itIs = (time: string, day = DAY) => suppliers.setClock(instantOf(ZONE, day, time) + SECOND_MS);
const path = (rest: string) => `/v1/suppliers/${supplierId}/${rest}`;
const sheet = (csv: string) =>
  suppliers.of(supplierId).post(path("sheets"), csv, { headers: { "content-type": "text/csv" } });
const step = async (fulfilmentId: string, name: string, quantity?: number) => {
  const body = quantity === undefined ? {} : { lines: [{ lineId: "1", quantity }] };
  const answer = await suppliers.of(supplierId).post(path(`orders/${encodeURIComponent(fulfilmentId)}/${name}`), body);
  expect(answer.status).toBe(200);
};
const stateOf = async (fulfilmentId: string): Promise<string> =>
  (await suppliers.operator().get(path(`orders/${encodeURIComponent(fulfilmentId)}`))).body.state;
const offered = async (sku: string): Promise<[virtual: number, offered: number]> => {
  const offer = await suppliers.offer(supplierId, sku);
  return [offer.virtual, offer.offered];
};
const alerts = async (name: "StockAlertRaised" | "StockAlertCleared", code: string): Promise<number> => {
  await suppliers.sent();
  return (await suppliers.told(name)).filter((alert) => alert.supplierId === supplierId && alert.code === code).length;
};

test("the day of a supplier, from its morning sheet to its scorecard", async () => {
  await itIs("08:50");
  const morning = await sheet("code,quantity\nRED,100\nBLUE,40\nGREEN,5\nBLACK,many\n");
  expect(morning.body.lines).toMatchObject({ CHANGED: 2, REJECTED: 1, QUARANTINED: 1 });
  expect(morning.body.errors.map(({ row }: { row: number }) => row)).toEqual([5]);
  expect([await offered(red), await offered(blue)]).toEqual([
    [80, 80],
    [32, 32],
  ]);

  await itIs("09:30");
  const orders = [];
  for (const quantity of [10, 6, 4, 4]) orders.push(await suppliers.ordered(supplierId, red, quantity));
  const [first, second, third, fourth] = orders as [string, string, string, string];
  expect(await offered(red)).toEqual([80, 56]);

  // 60 % less, half an hour after it was so: a big change, late, and the offer falls to its alert line.
  await itIs("15:00");
  const asOf = new Date(instantOf(ZONE, DAY, "14:30")).toISOString();
  await suppliers.of(supplierId).post(path("reports"), { asOf, lines: [{ code: "RED", quantity: 40 }] });
  expect(await offered(red)).toEqual([32, 8]);
  expect(await alerts("StockAlertRaised", "LOW_STOCK")).toBe(1);

  expect(await stateOf(first)).toBe("REQUESTED");
  await itIs("22:00");
  for (const order of orders) {
    await until("it is sent", WITHIN_MS, async () => (await stateOf(order)) === "SENT");
  }

  await itIs("22:40");
  await step(first, "confirm");
  await step(second, "confirm", 2);
  await step(second, "short", 4);
  expect(await offered(red)).toEqual([28, 8]);

  // The other two are answered for too late.
  await itIs("23:00");
  await until("it is told", WITHIN_MS, async () => (await alerts("StockAlertRaised", "CONFIRMATION_LATE")) === 1);
  await itIs("23:10");
  await step(third, "confirm");
  await step(fourth, "confirm");
  await until("it is over", WITHIN_MS, async () => (await alerts("StockAlertCleared", "CONFIRMATION_LATE")) === 1);

  await itIs("23:30");
  await step(first, "ship");
  await step(second, "ship");
  // Of the 40 of 14:30 are 4 short and 12 shipped; 8 are still to be shipped.
  expect(await offered(red)).toEqual([32 - 4 - 12, 8]);

  // By now the supplier has counted the 8 that it confirmed: its 24 are beside them.
  await itIs("23:40");
  expect((await sheet("code,quantity\nRED,24\n")).body.lines).toMatchObject({ CHANGED: 1 });
  expect(await offered(red)).toEqual([19 + 8, 19]);
  expect(await alerts("StockAlertCleared", "LOW_STOCK")).toBe(1);
  expect(
    (await suppliers.told("FulfilmentShort")).flatMap(({ lines }) => lines.map(({ quantity }) => quantity)),
  ).toEqual([4]);

  await itIs("12:00", dayAfter(DAY, 9));
  const query = `scorecards?from=${DAY}&to=${DAY}`;
  const card = await until("the day's deadlines are judged", WITHIN_MS, async () => {
    const { body } = await suppliers.operator().get(path(query));
    return body.ratios.ON_TIME_REPORTS.of === 2 && body;
  });
  expect(card.ratios).toEqual({
    STOCK_ACCURACY: { part: 0, of: 0 },
    FILL_RATE: { part: 12, of: 16 },
    ON_TIME_REPORTS: { part: 2, of: 2 },
    ON_TIME_CONFIRMATIONS: { part: 2, of: 4 },
    SHORTAGE_RATE: { part: 1, of: 2 },
  });
  // A sheet of a fixed time without an as-of cannot bring a big change in time.
  expect(card).toMatchObject({ final: true, bigChanges: 2, bigChangesLate: 2, keptBreachPieces: 0 });

  // What happens afterwards changes nothing of that day any more.
  await step(third, "ship");
  expect((await suppliers.operator().get(path(query))).body).toEqual(card);
});

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { until } from "@septet/local-stack";
import { FloorSystem, problemOf, WITHIN_MS } from "./floor-system.js";

let floor: FloorSystem;
beforeAll(async () => {
  floor = await FloorSystem.start();
});
afterAll(() => floor.stop());

const operator = () => floor.system.http("warehouse", 0, ["operator"]);
const receive = (sku: string, quantity: number) =>
  floor.clerk().post("/v1/receipts", { location: "WUHAN", lines: [{ sku, quantity }] });
/** Waits until this was said of the line of a SKU, in order: + raised, - cleared. */
const said = (sku: string, wanted: string) =>
  until(`${sku} was told ${wanted}`, WITHIN_MS, async () => {
    const told = [
      ...(await floor.told("StockAlertRaised")).map((alert) => ({ ...alert, sign: "+" })),
      ...(await floor.told("StockAlertCleared")).map((alert) => ({ ...alert, sign: "-" })),
    ].filter((alert) => alert.sku === sku && alert.code === "LOW_STOCK");
    expect(told.length).toBeLessThanOrEqual(wanted.length);
    return (
      told
        .sort((a, b) => a.occurredAt - b.occurredAt)
        .map(({ sign }) => sign)
        .join("") === wanted
    );
  });

test("the default line is 10; an operator's holds from then on, is told at once, and taken away the default holds again", async () => {
  await receive("L1", 12);
  const set = await operator().put("/v1/alert-lines/L1", { pieces: 20, buyer: "Li Na" });
  expect([set.status, set.body]).toEqual([200, { sku: "L1", location: null, pieces: 20, buyer: "Li Na" }]);
  await said("L1", "+");
  await operator().put("/v1/alert-lines/L1/WUHAN", { pieces: "off" });
  await said("L1", "+-");
  const dropped = await operator().request("DELETE", "/v1/alert-lines/L1/WUHAN");
  expect(dropped.status).toBe(204);
  await said("L1", "+-+");
  await operator().request("DELETE", "/v1/alert-lines/L1");
  await said("L1", "+-+-");
  const again = await operator().request("DELETE", "/v1/alert-lines/L1");
  expect([again.status, problemOf(again)]).toEqual([404, "not-found"]);
  await floor.clerk().post("/v1/damages", { location: "WUHAN", lines: [{ sku: "L1", quantity: 2 }] });
  await said("L1", "+-+-+");
  const low = await floor.clerk().get("/v1/low-stock?location=WUHAN");
  expect(low.body.items).toEqual([{ sku: "L1", location: "WUHAN", usable: 10, line: 10, buyer: null }]);
});

test("only an operator sets lines: one, many as JSON, or a sheet", async () => {
  expect((await floor.clerk().put("/v1/alert-lines/L2", { pieces: 1 })).status).toBe(403);
  const many = {
    lines: [
      { sku: "L2", pieces: 5 },
      { sku: "L3", location: "WUHAN", buyer: "Wang" },
    ],
  };
  expect((await operator().post("/v1/alert-lines", many)).body).toEqual({ lines: 2, changed: 2 });
  expect((await operator().post("/v1/alert-lines", many)).body).toEqual({ lines: 2, changed: 0 });
  const sheet = "sku,location,pieces,buyer\nL2,,5,\nL3,WUHAN,off,Wang\nL4,,-1,\nL5,,many,\n";
  const headers = { "content-type": "text/csv" };
  const answer = await operator().post("/v1/alert-lines", sheet, { headers });
  expect(answer.body).toMatchObject({ rows: 4, applied: 1, alreadyApplied: 1, rejected: 2 });
  await receive("L2", 5);
  await said("L2", "+");
  await receive("L3", 1);
  await floor.quiet();
  await said("L3", "");
  const page = await operator().get("/v1/alert-lines?limit=1");
  const rest = await operator().get(`/v1/alert-lines?cursor=${page.body.nextCursor}`);
  const shown = { changedAt: expect.any(String), changedBy: expect.any(String) };
  expect([...page.body.items, ...rest.body.items]).toEqual([
    { sku: "L2", location: null, pieces: 5, buyer: null, ...shown },
    { sku: "L3", location: "WUHAN", pieces: "off", buyer: "Wang", ...shown },
  ]);
  expect((await operator().get("/v1/alert-lines?buyer=Wang")).body.items).toHaveLength(1);
});

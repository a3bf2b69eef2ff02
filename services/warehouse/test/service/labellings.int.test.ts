import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { FloorSystem, problemOf } from "./floor-system.js";

let floor: FloorSystem;
beforeAll(async () => {
  floor = await FloorSystem.start();
});
afterAll(() => floor.stop());

const listing = (sku: string) => ({
  sku,
  name: sku,
  unitPriceMinor: null,
  currency: null,
  substitutionGroup: null,
  parts: null,
  active: true,
});
const LABELS = { unsellableSuffix: "U", areas: [{ area: "QUARANTINE", unsellable: true }] };
const path = "/v1/warehouses/WUHAN/labelling";
const receive = (reference: string, ...lines: object[]) =>
  floor.clerk().post("/v1/receipts", { location: "WUHAN", reference, lines });

test("labels are off until a warehouse sets them, and say who did", async () => {
  expect((await floor.clerk().get(path)).body).toMatchObject({ unsellableSuffix: null, areas: [], changedBy: null });
  await receive("before", { sku: "P1U", quantity: 1 });
  expect(await floor.balance("P1U")).toEqual({ total: 1, unsellable: 0 });

  const set = await floor.clerk().put(path, LABELS);
  expect([set.status, set.body]).toEqual([
    200,
    { code: "WUHAN", ...LABELS, changedAt: expect.any(String), changedBy: expect.any(String) },
  ]);
  expect((await floor.clerk().get(path)).body).toEqual(set.body);
  expect((await floor.clerk().put("/v1/warehouses/ATLANTIS/labelling", LABELS)).status).toBe(404);
  expect((await floor.clerk().put(path, { unsellableSuffix: " " })).status).toBe(400);
});

test("both labellings hold in JSON and in sheets alike", async () => {
  await receive(
    "r1",
    { sku: "P2U", quantity: 2 },
    { sku: "P2", quantity: 3, area: "QUARANTINE" },
    { sku: "P2", quantity: 4 },
  );
  const headers = { "content-type": "text/csv" };
  const sheet = "sku,quantity,area\nP2U,5,\nP2,6,QUARANTINE\nP2,7,\nP2,1,NOWHERE\n";
  const uploaded = await floor.clerk().post("/v1/receipts?location=WUHAN&reference=sheet", sheet, { headers });
  expect(uploaded.body).toMatchObject({ applied: 3, errors: [{ row: 5, field: "area" }] });
  expect(await floor.balance("P2")).toEqual({ total: 27, unsellable: 16 });
  const unknown = await receive("r2", { sku: "P2", quantity: 1, area: "NOWHERE" });
  expect([unknown.status, problemOf(unknown)]).toEqual([422, "unknown-area"]);
  const twice = await floor.clerk().post("/v1/damages", { location: "WUHAN", lines: [{ sku: "P2U", quantity: 1 }] });
  expect([twice.status, problemOf(twice)]).toEqual([422, "already-unsellable"]);
});

test("a listed SKU wins over the suffix; one that is listed after its goods came shows up, and what was booked stays", async () => {
  await floor.tell("SkuListed", listing("TATU"));
  await floor.quiet();
  const lines = [
    { sku: "TATU", quantity: 1 },
    { sku: "MENU", quantity: 2 },
  ];
  await receive("listed", ...lines);
  expect([await floor.balance("TATU"), await floor.balance("MEN")]).toEqual([
    { total: 1, unsellable: 0 },
    { total: 2, unsellable: 2 },
  ]);
  const late = async () =>
    (await floor.clerk().get("/v1/suffix-readings?listedSince=true")).body.items.map((item: object) => item);
  expect(await late()).toEqual([]);
  await floor.tell("SkuListed", listing("MENU"));
  await floor.quiet();
  expect(await late()).toEqual([
    {
      code: "MENU",
      sku: "MEN",
      kind: "RECEIPT",
      location: "WUHAN",
      reference: "listed",
      line: "2",
      quantity: 2,
      listedSince: true,
    },
  ]);
  const again = await receive("listed", ...lines);
  expect([again.status, (await floor.balance("MENU")).total]).toEqual([200, 0]);
  await receive("after", { sku: "MENU", quantity: 3 });
  expect(await floor.balance("MENU")).toEqual({ total: 3, unsellable: 0 });

  const all = await floor.clerk().get("/v1/suffix-readings?limit=1");
  expect(all.body.items).toHaveLength(1);
  const next = await floor.clerk().get(`/v1/suffix-readings?cursor=${all.body.nextCursor}`);
  expect([...all.body.items, ...next.body.items].map((item) => item.code)).toEqual(["MENU", "P2U", "P2U"]);
});

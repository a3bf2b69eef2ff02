import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { FloorSystem, problemOf } from "./floor-system.js";

let floor: FloorSystem;
beforeAll(async () => {
  floor = await FloorSystem.start();
});
afterAll(() => floor.stop());

const HOUR_MS = 3_600_000;
const CSV = { headers: { "content-type": "text/csv" } };
const announce = (reference: string, lines: object[], more: object = {}) =>
  floor.clerk().post("/v1/announcements", { reference, location: "WUHAN", lines, ...more });
const receive = (told: object, ...lines: object[]) =>
  floor.clerk().post("/v1/receipts", { location: "WUHAN", ...told, lines });
const look = async (reference: string) => (await floor.clerk().get(`/v1/announcements/${reference}`)).body;
const list = async (query: string): Promise<string[]> =>
  (await floor.clerk().get(`/v1/announcements?${query}`)).body.items.map(
    (item: { reference: string }) => item.reference,
  );

test("several deliveries are compared with what was announced: over, under and what nobody announced are kept as such", async () => {
  const lines = [
    { sku: "A", quantity: 10 },
    { sku: "B", quantity: 5 },
    { sku: "C", quantity: 1 },
  ];
  expect((await announce("PO-1", lines, { supplier: "Anta" })).status).toBe(201);
  await receive({ inbound: "PO-1" }, { sku: "A", quantity: 6, unsellableQuantity: 1 });
  await receive({ inbound: "PO-1", reference: "truck-2" }, { sku: "A", quantity: 6 }, { sku: "B", quantity: 2 });
  expect((await receive({ reference: "PO-1" }, { sku: "X", quantity: 3 })).status).toBe(201);

  const received = (sellable: number, unsellable = 0) => {
    return { receivedSellable: sellable, receivedUnsellable: unsellable };
  };
  expect(await look("PO-1")).toMatchObject({
    state: "OPEN",
    announced: 16,
    ...received(16, 1),
    difference: 1,
    items: [
      { sku: "A", announced: 10, ...received(11, 1), difference: 2 },
      { sku: "B", announced: 5, ...received(2), difference: -3 },
      { sku: "C", announced: 1, ...received(0), difference: -1 },
      { sku: "X", announced: 0, ...received(3), difference: 3 },
    ],
  });
  const closed = await floor.clerk().post("/v1/announcements/PO-1/close", { reason: "the rest is cancelled" });
  expect(closed.body).toMatchObject({ state: "CLOSED", difference: 1, closeReason: "the rest is cancelled" });
  const again = await floor.clerk().post("/v1/announcements/PO-1/close", {});
  expect([again.status, problemOf(again)]).toEqual([409, "announcement-closed"]);
  await receive({ inbound: "PO-1" }, { sku: "B", quantity: 4 });
  expect((await look("PO-1")).items[1]).toMatchObject({ sku: "B", ...received(6), difference: 1 });
});

test("an announcement of which everything has arrived closes by itself, also when the goods were first", async () => {
  await announce("PO-2", [{ sku: "A", quantity: 2 }]);
  await receive({ inbound: "PO-2" }, { sku: "A", quantity: 1 });
  expect((await look("PO-2")).state).toBe("OPEN");
  await receive({ inbound: "PO-2" }, { sku: "A", quantity: 1 });
  expect(await look("PO-2")).toMatchObject({ state: "CLOSED", closeReason: "COMPLETE", difference: 0 });
  await receive({ inbound: "PO-3" }, { sku: "A", quantity: 9 });
  expect((await announce("PO-3", [{ sku: "A", quantity: 8 }])).body).toMatchObject({ state: "CLOSED", difference: 1 });
});

test("a receipt that is taken back has not arrived, and what was complete by it is open again", async () => {
  await announce("PO-6", [{ sku: "R", quantity: 3 }]);
  const reference = "wrong-truck";
  await receive({ inbound: "PO-6", reference }, { sku: "R", quantity: 4, unsellableQuantity: 1 });
  expect(await look("PO-6")).toMatchObject({ state: "CLOSED", difference: 1 });
  const recorded = await floor.clerk().get(`/v1/movements?reference=${reference}`);
  const unsellable = recorded.body.items.find((one: { quantity: number }) => one.quantity === 1);
  const sellable = recorded.body.items.find((one: { quantity: number }) => one.quantity === 3);
  const takeBack = ({ movementId }: { movementId: string }) =>
    floor.clerk().post("/v1/reversals", { movementId, reason: "another customer's truck" });
  expect((await takeBack(unsellable)).status).toBeLessThan(300);
  expect(await look("PO-6")).toMatchObject({
    state: "CLOSED",
    receivedSellable: 3,
    receivedUnsellable: 0,
    difference: 0,
  });
  await takeBack(sellable);
  expect(await look("PO-6")).toMatchObject({ state: "OPEN", receivedSellable: 0, difference: -3, closeReason: null });
});

test("open, late and closed ones are listed, and found by supplier and SKU", async () => {
  const at = (ms: number) => ({ expectedAt: new Date(Date.now() + ms).toISOString() });
  await announce("late", [{ sku: "L", quantity: 1 }], { supplier: "Li", ...at(-HOUR_MS) });
  await announce("soon", [{ sku: "L", quantity: 1 }], { supplier: "Li", ...at(HOUR_MS) });
  await announce("some-day", [{ sku: "M", quantity: 1 }], { supplier: "Li" });
  await announce("gone", [{ sku: "M", quantity: 1 }], { supplier: "Li", ...at(-HOUR_MS) });
  await floor.clerk().post("/v1/announcements/gone/close", {});
  expect(await list("supplier=Li&state=LATE")).toEqual(["late"]);
  expect(await list("supplier=Li&state=OPEN")).toEqual(["late", "soon", "some-day"]);
  expect(await list("supplier=Li&state=CLOSED")).toEqual(["gone"]);
  expect(await list("supplier=Li&sku=M&location=WUHAN")).toEqual(["some-day", "gone"]);
  expect((await look("late")).state).toBe("LATE");
  const page = await floor.clerk().get("/v1/announcements?supplier=Li&limit=3");
  expect(await list(`supplier=Li&cursor=${page.body.nextCursor}`)).toEqual(["gone"]);
});

test("told again an announcement stands, told otherwise it is refused; nobody announces to nowhere", async () => {
  const lines = [
    { sku: "A", quantity: 1 },
    { sku: "B", quantity: 1 },
  ];
  await announce("PO-4", lines);
  expect((await announce("PO-4", lines)).status).toBe(200);
  for (const [other, more] of [
    [[{ sku: "A", quantity: 2 }, lines[1]!], {}],
    [[lines[0]!], {}],
    [[lines[0]!, { sku: "C", quantity: 1 }], {}],
    [lines, { supplier: "Li" }],
  ] as [object[], object][]) {
    const refused = await announce("PO-4", other, more);
    expect([refused.status, problemOf(refused)]).toEqual([409, "announcement-conflict"]);
  }
  expect((await look("PO-4")).items).toHaveLength(2);
  const nowhere = await announce("PO-5", lines, { location: "ATLANTIS" });
  expect([nowhere.status, problemOf(nowhere)]).toEqual([422, "unknown-warehouse"]);
  expect((await announce("PO-5", [lines[0]!, lines[0]!])).status).toBe(400);
  expect((await floor.clerk().get("/v1/announcements/PO-5")).status).toBe(404);
});

test("announced are SKUs: a code that labels the unsellable stock of one would wait for goods that never come", async () => {
  const name = "LABELS";
  await floor.clerk().put(`/v1/warehouses/${name}`, { name });
  await floor.clerk().put(`/v1/warehouses/${name}/labelling`, { unsellableSuffix: "U" });
  const announced = (reference: string, ...skus: string[]) =>
    floor.clerk().post("/v1/announcements", {
      ...{ reference, location: name },
      lines: skus.map((sku) => ({ sku, quantity: 2 })),
    });
  const refused = await announced("L-1", "SPOON", "SPOONU");
  expect([refused.status, problemOf(refused), refused.body.errors]).toMatchObject([
    422,
    "already-unsellable",
    [{ field: "body.lines[1].sku" }],
  ]);
  const sheet = "sku,quantity\nSPOON,2\nSPOONU,2\n";
  const path = `/v1/announcements?reference=L-2&location=${name}`;
  const rows = await floor.clerk().post(path, sheet, { headers: { "content-type": "text/csv" } });
  expect(rows.body).toMatchObject({ applied: 1, rejected: 1, errors: [{ row: 3, field: "sku" }] });
  await floor.clerk().post("/v1/receipts", { location: name, inbound: "L-2", lines: [{ sku: "SPOONU", quantity: 2 }] });
  const { body } = await floor.clerk().get("/v1/announcements/L-2");
  expect(body).toMatchObject({ state: "CLOSED", difference: 0, items: [{ sku: "SPOON", receivedUnsellable: 2 }] });
});

test("sheets announce and receive in thousands of lines, a bad row costing itself", async () => {
  const rows = Array.from({ length: 2_500 }, (_, i) => `Z-${i},2`);
  const path = "/v1/announcements?reference=big&location=WUHAN&supplier=Li";
  const sheet = `sku,quantity\n${rows.join("\n")}\nZ-1,3\nZ-3000,0\n`;
  const announced = await floor.clerk().post(path, sheet, CSV);
  expect(announced.body).toMatchObject({ rows: 2_502, applied: 2_500, rejected: 2 });
  expect((await floor.clerk().post(path, sheet, CSV)).body).toMatchObject({ applied: 0, alreadyApplied: 2_500 });
  const first = rows.map((row) => row.replace(",2", ",1")).join("\n");
  await floor.clerk().post("/v1/receipts?location=WUHAN&inbound=big", `sku,quantity\n${first}\n`, CSV);
  expect(await look("big")).toMatchObject({ state: "OPEN", announced: 5_000, difference: -2_500, lines: 2_500 });
  await floor.clerk().post("/v1/receipts?location=WUHAN&inbound=big", `sku,quantity\n${first}\n`, CSV);
  expect(await look("big")).toMatchObject({ state: "CLOSED", difference: 0 });
});

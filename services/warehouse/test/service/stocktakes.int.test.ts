import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { ServiceClient } from "@septet/local-stack";
import type { RecordOf } from "@septet/stock-contracts";
import { FloorSystem, pathOf, problemOf } from "./floor-system.js";

let floor: FloorSystem;
let clerk: ServiceClient;
let boss: ServiceClient;
beforeAll(async () => {
  floor = await FloorSystem.start(2);
  clerk = floor.clerk();
  boss = floor.system.http("warehouse", 1, ["operator"]);
});
afterAll(() => floor.stop());

const received = (sku: string, quantity: number, unsellableQuantity = 0) =>
  clerk.post("/v1/receipts", { location: "WUHAN", lines: [{ sku, quantity, unsellableQuantity }] });

async function opened(skus: string[], more: object = {}): Promise<string> {
  const answer = await clerk.post("/v1/stocktakes", { location: "WUHAN", skus, ...more });
  expect(answer.status).toBe(201);
  return answer.body.stocktakeId;
}

const count = (id: string, sku: string, shelf: number, more: object = {}) =>
  clerk.post(`/v1/stocktakes/${id}/counts`, { lines: [{ sku, shelf, ...more }] });
const approve = (id: string, sku: string, cause?: string) =>
  boss.post(`/v1/stocktakes/${id}/approve`, { lines: [{ sku, cause }] });
const lineOf = async (id: string, client = boss) => (await client.get(`/v1/stocktakes/${id}/lines`)).body.items[0];

let sequence = 0;
/** A movement that transfer recorded at this moment and that is heard of now. */
function dispatched(sku: string, quantity: number, occurredAt: number): RecordOf<"StockMovement"> {
  const movementId = randomUUID();
  return {
    eventId: movementId,
    movementId,
    occurredAt,
    sku,
    kind: "TRANSFER_DISPATCH",
    sequence: ++sequence,
    recordedBy: "transfer",
    reference: { type: "transfer", id: "t1", line: "1" },
    reverses: null,
    reason: null,
    actor: null,
    legs: [
      { location: "WUHAN", bucket: "total", delta: -quantity },
      { location: "WUHAN", bucket: "inTransit", delta: quantity },
    ],
  };
}

describe("a stocktake while trading goes on", () => {
  test("what shipped after the count is not missing, what was missing is booked with its cause", async () => {
    await received("LAMP", 10, 2);
    const id = await opened(["LAMP"]);
    const fulfilment = await floor.requested([["LAMP", 3]]);
    await clerk.post(pathOf(fulfilment, "pick"), {});
    const counted = await count(id, "LAMP", 6, { picked: 3 });
    expect([counted.status, counted.body.lines]).toMatchObject([200, [{ state: "COUNTED", count: { variance: -1 } }]]);
    await clerk.post(pathOf(fulfilment, "ship"), {});
    expect(await approve(id, "LAMP").then(problemOf)).toBe("cause-missing");
    const approved = await approve(id, "LAMP", "LOSS");
    expect(approved.body.lines).toMatchObject([
      { state: "APPROVED", approval: { cause: "LOSS", adjusted: { total: -1, unsellable: 0 } } },
    ]);
    expect(await floor.balance("LAMP")).toEqual({ total: 6, unsellable: 2 });
    await floor.quiet();
    const told = (await floor.told("StockMovement")).filter(
      ({ sku, kind }) => sku === "LAMP" && kind === "COUNT_ADJUST",
    );
    expect(told).toMatchObject([{ reference: { type: "adjustment", id, line: "LAMP" }, reason: "LOSS" }]);
    expect((await boss.get(`/v1/stocktakes/${id}`)).body.lines).toEqual({ APPROVED: 1 });
  });

  test("whoever counts blindly sees the book once it is counted, and who approves sees it always", async () => {
    await received("BLIND", 10);
    const id = await opened(["BLIND"]);
    expect(await lineOf(id, clerk)).toEqual({ sku: "BLIND", state: "OPEN", why: null, attempts: 0 });
    expect(await lineOf(id)).toMatchObject({ book: { total: 10, unsellable: 0 } });
    await count(id, "BLIND", 9);
    expect(await lineOf(id, clerk)).toMatchObject({ count: { shelf: 9, variance: -1 }, book: { total: 10 } });
    await boss.post(`/v1/stocktakes/${id}/recount`, { lines: [{ sku: "BLIND" }] });
    expect(await lineOf(id, clerk)).toEqual({ sku: "BLIND", state: "RECOUNT_NEEDED", why: "ASKED", attempts: 1 });
    const open = await opened(["BLIND"], { blind: false });
    expect(await lineOf(open, clerk)).toMatchObject({ book: { total: 10 } });
    expect((await clerk.post(`/v1/stocktakes/${id}/approve`, { lines: [{ sku: "BLIND" }] })).status).toBe(403);
  });

  test("a transfer that left before the count and is heard of after the approval reopens the line", async () => {
    await received("LATE", 20);
    const id = await opened(["LATE"]);
    const left = Date.now() - 1_000;
    await count(id, "LATE", 15);
    await approve(id, "LATE", "SYNC_LATE");
    await floor.tellAgain("StockMovement", dispatched("LATE", 5, left));
    await floor.quiet();
    expect(await lineOf(id)).toMatchObject({ state: "REOPENED", why: "LATE_MOVEMENT", book: { total: 10 } });
    expect((await clerk.get("/v1/stocktakes?state=OPEN&sku=LATE")).body.items).toMatchObject([{ stocktakeId: id }]);
    await count(id, "LATE", 15);
    await approve(id, "LATE", "SYNC_LATE");
    expect(await floor.balance("LATE")).toMatchObject({ total: 15 });
    expect((await clerk.get("/v1/stocktakes?state=CLOSED&sku=LATE")).body.items).toMatchObject([{ stocktakeId: id }]);
  });

  test("what a transfer brought too much of after a count is not missing when the count is told after it is booked", async () => {
    await received("MORE", 10);
    const id = await opened(["MORE"]);
    const looked = Date.now();
    await floor.tellAgain("TransferSurplusArrived", {
      eventId: randomUUID(),
      occurredAt: looked + 1,
      transferId: "t-more",
      arrivalId: "a1",
      lineId: "1",
      sku: "MORE",
      location: "WUHAN",
      quantity: 3,
      unsellable: 0,
      actor: null,
    });
    await floor.quiet();
    expect(await floor.balance("MORE")).toMatchObject({ total: 13 });
    await count(id, "MORE", 10, { countedAt: new Date(looked).toISOString() });
    const approved = await approve(id, "MORE", "UNKNOWN");
    expect(approved.body.lines).toMatchObject([{ approval: { adjusted: { total: 0, unsellable: 0 } } }]);
    expect(await floor.balance("MORE")).toMatchObject({ total: 13 });
  });

  test("a count that is told later has not seen what left in between, by us or by a transfer", async () => {
    await received("TOLD", 20);
    const id = await opened(["TOLD"]);
    const [{ now }] = await floor.system.query("warehouse", "SELECT clock_timestamp() AS now");
    const countedAt = new Date(now).toISOString();
    await received("TOLD", 4);
    await floor.tellAgain("StockMovement", dispatched("TOLD", 2, Date.now() + 5));
    await floor.quiet();
    const counted = await count(id, "TOLD", 20, { countedAt });
    expect(counted.body.lines).toMatchObject([{ count: { variance: 0, countedAt } }]);
    await approve(id, "TOLD");
    expect(await floor.balance("TOLD")).toMatchObject({ total: 22 });
    const early = new Date(now.getTime() - 3_600_000).toISOString();
    expect(await count(await opened(["TOLD"]), "TOLD", 22, { countedAt: early }).then(problemOf)).toBe("counted-at");
  });

  test("what arrived too much before the count, was booked after it and is taken back after the approval reopens the line", async () => {
    await received("OVER", 20);
    const id = await opened(["OVER"]);
    const occurredAt = Date.now() - 1_000;
    await count(id, "OVER", 20);
    await floor.tellAgain("TransferSurplusArrived", {
      ...{ eventId: randomUUID(), occurredAt, transferId: "t9", arrivalId: "a1", lineId: "1", sku: "OVER" },
      ...{ location: "WUHAN", quantity: 3, unsellable: 0, actor: "arrivals" },
    });
    await floor.quiet();
    await approve(id, "OVER", "SYNC_LATE");
    expect(await floor.balance("OVER")).toMatchObject({ total: 20 });
    const { body } = await clerk.get(`/v1/movements?reference=${encodeURIComponent("transfer:t9/a1")}`);
    expect(body.items[0]).toMatchObject({ kind: "RECEIPT", happenedAt: new Date(occurredAt).toISOString() });
    await clerk.post("/v1/reversals", { movementId: body.items[0].movementId, reason: "counted twice" });
    expect(await lineOf(id)).toMatchObject({ state: "REOPENED", why: "REVERSAL", book: { total: 17 } });
  });

  test("a mistake of before the count that is taken back after its approval reopens the line", async () => {
    await received("OOPS", 5);
    await clerk.post("/v1/receipts", { location: "WUHAN", reference: "typo", lines: [{ sku: "OOPS", quantity: 50 }] });
    const id = await opened(["OOPS"]);
    await count(id, "OOPS", 5);
    await approve(id, "OOPS", "MISCOUNT");
    const [movement] = await floor.system.query<{ movement_id: string }>(
      "warehouse",
      "SELECT movement_id FROM recorded_movement WHERE sku = 'OOPS' AND quantity = 50",
    );
    const taken = await clerk.post("/v1/reversals", {
      movementId: movement!.movement_id,
      reason: "typed one 0 too many",
    });
    expect(taken.status).toBe(201);
    expect(await lineOf(id)).toMatchObject({ state: "REOPENED", why: "REVERSAL" });
    await count(id, "OOPS", 5);
    await approve(id, "OOPS", "MISCOUNT");
    expect(await floor.balance("OOPS")).toMatchObject({ total: 5 });
  });

  test("a stocktake of everything has what the book knows of, takes in what is found beside, and a sheet of counts", async () => {
    const name = `HALL-${randomUUID().slice(0, 8)}`;
    await clerk.put(`/v1/warehouses/${name}`, { name });
    const lines = Array.from({ length: 1_200 }, (_, index) => ({ sku: `H${index}`, quantity: 3 }));
    await clerk.post("/v1/receipts", { location: name, lines });
    const { body } = await clerk.post("/v1/stocktakes", { location: name, all: true });
    expect(body).toMatchObject({ scope: "ALL", lines: 1_200 });
    const counts = ["sku,shelf", ...lines.map(({ sku }) => `${sku},3`), "FOUND,2", "H0,9", "H1,x"].join("\n");
    const upload = (path: string, client: ServiceClient, sheet: string) =>
      client.post(`/v1/stocktakes/${body.stocktakeId}/${path}`, sheet, { headers: { "content-type": "text/csv" } });
    const counted = await upload("counts", clerk, counts);
    expect(counted.body).toMatchObject({ rows: 1_203, applied: 1_201, rejected: 2 });
    expect(counted.body.errors.map(({ row, field }: { row: number; field: string }) => [row, field])).toEqual([
      [1_203, "sku"],
      [1_204, "shelf"],
    ]);
    expect((await upload("recount", boss, "sku\nH0\nH7\nNONE\n")).body).toMatchObject({ applied: 2, rejected: 1 });
    expect((await upload("counts", clerk, "sku,shelf\nH0,3\nH7,3\n")).body).toMatchObject({ applied: 2 });
    const approvals = ["sku,cause", ...lines.map(({ sku }) => `${sku},`), "FOUND,MISPLACEMENT"].join("\n");
    expect((await upload("approve", boss, approvals)).body).toMatchObject({ rows: 1_201, applied: 1_201 });
    expect(await floor.balance("FOUND", name)).toEqual({ total: 2, unsellable: 0 });
    expect((await boss.get(`/v1/stocktakes/${body.stocktakeId}`)).body.lines).toEqual({ APPROVED: 1_201 });
  });

  test("neither a stocktake nor what is found beside names a code that labels the unsellable stock of a SKU", async () => {
    const name = `LABEL-${randomUUID().slice(0, 8)}`;
    await clerk.put(`/v1/warehouses/${name}`, { name });
    await clerk.post("/v1/receipts", { location: name, lines: [{ sku: "OLDU", quantity: 2 }] });
    await clerk.put(`/v1/warehouses/${name}/labelling`, { unsellableSuffix: "U" });
    const refused = await clerk.post("/v1/stocktakes", { location: name, skus: ["OLDU", "CUPU"] });
    expect([refused.status, problemOf(refused), refused.body.errors]).toMatchObject([
      422,
      "already-unsellable",
      [{ field: "body.skus[1]" }],
    ]);
    // What lay under such a code before keeps it, and is counted under it.
    const { body } = await clerk.post("/v1/stocktakes", { location: name, all: true });
    expect((await count(body.stocktakeId, "OLDU", 1)).status).toBe(200);
    expect(await count(body.stocktakeId, "CUPU", 1).then(problemOf)).toBe("already-unsellable");
    expect((await count(body.stocktakeId, "CUP", 1)).status).toBe(200);
  });

  test("a cancelled stocktake is counted no more; what was approved stays", async () => {
    await received("ONE", 3);
    const id = await opened(["ONE", "TWO"]);
    await count(id, "ONE", 3);
    await approve(id, "ONE");
    const cancelled = await clerk.post(`/v1/stocktakes/${id}/cancel`, {});
    expect([cancelled.status, cancelled.body.cancelled]).toEqual([200, 1]);
    expect(await count(id, "TWO", 1).then(problemOf)).toBe("line-state");
    expect(await clerk.post(`/v1/stocktakes/${id}/cancel`, {}).then(problemOf)).toBe("line-state");
    expect((await boss.get(`/v1/stocktakes/${id}`)).body.lines).toEqual({ APPROVED: 1, CANCELLED: 1 });
  });

  test("of two clerks who count a line at once at two instances one is told that it is counted", async () => {
    await received("RACE", 3);
    const id = await opened(["RACE"]);
    const other = floor.clerk(1);
    const answers = await Promise.all(
      [clerk, other, clerk, other].map((who, index) =>
        who.post(`/v1/stocktakes/${id}/counts`, { lines: [{ sku: "RACE", shelf: index }] }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect(await lineOf(id)).toMatchObject({ attempts: 1 });
  });

  test("what cannot be is refused by name", async () => {
    expect(problemOf(await clerk.post("/v1/stocktakes", { location: "NOWHERE", all: true }))).toBe("unknown-warehouse");
    for (const wrong of [{}, { all: true, skus: ["A"] }, { skus: ["A", "A"] }, { skus: [] }, { all: false }]) {
      expect((await clerk.post("/v1/stocktakes", { location: "WUHAN", ...wrong })).status).toBe(400);
    }
    expect(problemOf(await count("nope", "A", 1))).toBe("unknown-stocktake");
    expect((await boss.get("/v1/stocktakes/nope")).status).toBe(404);
    const id = await opened(["A"]);
    expect(problemOf(await count(id, "B", 1))).toBe("unknown-line");
    expect((await count(id, "A", 1, { unsellable: 2 })).status).toBe(400);
    expect(problemOf(await approve(id, "A"))).toBe("line-state");
  });
});

describe("adjustments", () => {
  const adjust = (body: object, client = clerk) => client.post("/v1/adjustments", { location: "WUHAN", ...body });

  test("of two who adjust from the same quantity at once one is told what there is now; nobody sets a figure", async () => {
    await received("BOLT", 10);
    const told = (quantity: number) => ({ reason: "recounted", lines: [{ sku: "BOLT", expected: 10, quantity }] });
    const answers = await Promise.all([adjust(told(12)), adjust(told(13), floor.clerk(1))]);
    const [done, stale] = answers.sort((a, b) => a.status - b.status);
    expect([done!.status, stale!.status, problemOf(stale!)]).toEqual([201, 409, "stale-quantity"]);
    const now = 10 + done!.body.lines[0].change;
    expect(stale!.body.current).toEqual([{ sku: "BOLT", quantity: now }]);
    expect(await floor.balance("BOLT")).toEqual({ total: now, unsellable: 0 });
    expect((await adjust({ reason: "x", lines: [{ sku: "BOLT", quantity: 5 }] })).status).toBe(400);
  });

  test("a reference stands for one adjustment, told again it stands", async () => {
    await received("NUT", 10, 4);
    const told = { reference: "adj-1", reason: "rust", bucket: "unsellable", lines: [{ sku: "NUT", delta: -4 }] };
    expect((await adjust(told)).status).toBe(201);
    expect((await adjust(told)).status).toBe(200);
    expect(problemOf(await adjust({ ...told, lines: [{ sku: "NUT", delta: -1 }] }))).toBe("document-conflict");
    expect(problemOf(await adjust({ ...told, reference: "adj-2" }))).toBe("not-on-hand");
    expect(problemOf(await adjust({ ...told, location: "NOWHERE" }))).toBe("unknown-warehouse");
    expect(await floor.balance("NUT")).toEqual({ total: 6, unsellable: 0 });
  });

  test("a sheet is booked row by row, and the same sheet again changes nothing", async () => {
    await received("PIN", 10);
    const sheet = "sku,delta,expected,quantity\nPIN,2,,\nPIN,,12,5\nPIN,,12,6\nPIN,,,7\n";
    const path = "/v1/adjustments?location=WUHAN&reference=sheet-1&reason=yearly";
    const send = () => clerk.post(path, sheet, { headers: { "content-type": "text/csv" } });
    const first = await send();
    expect(first.body).toMatchObject({ rows: 4, applied: 2, rejected: 2, errors: [{ row: 4 }, { row: 5 }] });
    expect((await send()).body).toMatchObject({ applied: 0, alreadyApplied: 2 });
    expect(await floor.balance("PIN")).toEqual({ total: 5, unsellable: 0 });
  });
});

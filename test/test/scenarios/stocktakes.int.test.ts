import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { waitFor } from "../../src/platform/wait.js";
import { whileLosing } from "../support/lossy-outbox.js";
import { orderPlaced } from "../support/records.js";
import { Scenario } from "../support/scenario.js";
import { Transfers, WUHAN } from "../support/transfers.js";

const HOUR_MS = 3_600_000;
const SKU = "VASE";

let shop: Scenario;
let transfers: Transfers;

beforeAll(async () => {
  shop = await Scenario.open({ services: { "order-reservation": 1, warehouse: 2, transfer: 1, ledger: 1 } });
  transfers = new Transfers(shop);
  await transfers.begin();
});

afterAll(async () => {
  await shop?.close();
});

/** A paid order whose pieces somebody takes from the shelf in Wuhan; the path of its fulfilment. */
async function picked(orderId: string, quantity: number, sku = SKU): Promise<string> {
  await shop.publish(orderPlaced({ orderId, payment: "PAID", lines: [{ sku, quantity }] }));
  return shop.picked(orderId);
}

const post = (path: string, body: object = {}) => shop.warehouse.post(path, randomUUID(), body, [409, 422]);

async function opened(sku = SKU): Promise<string> {
  return (await post("/v1/stocktakes", { location: WUHAN, skus: [sku] })).body.stocktakeId;
}

async function count(id: string, shelf: number, inCrates: number, sku = SKU): Promise<number> {
  const lines = [{ sku, shelf, picked: inCrates }];
  return (await post(`/v1/stocktakes/${id}/counts`, { lines })).body.lines[0].count.variance;
}

/** What the approval made of the line: its state, and why it must be counted again or how many pieces were booked. */
async function approve(id: string, cause: string, sku = SKU): Promise<[string, unknown]> {
  const [line] = (await post(`/v1/stocktakes/${id}/approve`, { lines: [{ sku, cause }] })).body.lines;
  return [line.state, line.why ?? line.approval.adjusted.total];
}

async function lineOf(id: string) {
  return (await shop.warehouse.get(`/v1/stocktakes/${id}/lines`)).body.items[0];
}

async function untilReopened(id: string): Promise<string> {
  let seen: unknown;
  return waitFor(
    `stocktake ${id} to reopen`,
    async () => {
      seen = await lineOf(id);
      return (await lineOf(id)).state === "REOPENED" && (await lineOf(id)).why;
    },
    { seen: () => seen },
  );
}

/** What transfer recorded and could not send is sent now. */
const heardAtLast = (sku = SKU) =>
  shop.system.query("transfer", "UPDATE outbox SET published_at = NULL WHERE sku = $1", [sku]);

describe("a stocktake while trading goes on", () => {
  test("counted while orders ship, transfers leave and another count of the same loss runs: the true quantity", async () => {
    await shop.receive(SKU, 100, WUHAN);
    const shipping = await picked("order-10", 10);
    const short = await picked("order-5", 5);
    const transfer = await transfers.reserved(SKU, 20);
    const [one, other] = [await opened(), await opened()];
    // Three pieces are gone since yesterday, and nobody knows. 97 are there.
    await whileLosing(shop.system, "transfer", SKU, "MARKED_AS_SENT", async () => {
      // Eight leave for Beijing, and the warehouse does not hear of it. 89 are there, 15 of them in the crates.
      await transfers.dispatch(transfer, 8);
      await shop.system.moveClock(HOUR_MS);
      expect(await count(one, 74, 15)).toBe(-11);
      await shop.system.moveClock(HOUR_MS);
      // Ten are shipped, five more leave for Beijing unheard: 74 are there. A picker finds two of the lost pieces missing.
      await post(`${shipping}/ship`);
      await transfers.dispatch(transfer, 5);
      await post(`${short}/short`, { lines: [{ lineId: "1", quantity: 2, cause: "NOT_FOUND" }] });
    });
    expect(await approve(one, "LOSS")).toEqual(["RECOUNT_NEEDED", "BOOK_CORRECTED"]);

    await shop.system.moveClock(HOUR_MS);
    expect(await count(one, 71, 3)).toBe(-14);
    expect(await count(other, 71, 3)).toBe(-14);
    expect(await approve(other, "LOSS")).toEqual(["APPROVED", -14]);
    expect(await approve(one, "LOSS")).toEqual(["RECOUNT_NEEDED", "LATER_COUNT"]);
    expect(await shop.bucket("warehouse", SKU, "total", WUHAN)).toBe(74);

    // Now the dispatches are heard of: they left before the count that took them for lost.
    await shop.system.moveClock(HOUR_MS);
    await heardAtLast();
    expect(await untilReopened(other)).toBe("LATE_MOVEMENT");
    await waitFor("both dispatches at the warehouse", async () => {
      return (await shop.bucket("warehouse", SKU, "total", WUHAN)) === 61;
    });
    expect(await count(one, 71, 3)).toBe(13);
    await post(`${short}/ship`);
    expect(await approve(one, "SYNC_LATE")).toEqual(["APPROVED", 13]);
    expect(await lineOf(other)).toMatchObject({ state: "SUPERSEDED" });

    // 100 received, 3 lost, 13 left for Beijing, 13 shipped.
    await waitFor("the true quantity in the ledger", async () => (await transfers.shown(SKU)).wuhan[0] === 71);
    expect(await shop.bucket("warehouse", SKU, "total", WUHAN)).toBe(71);
  });

  test("counted blindly, counted again because somebody doubts it, and approved with the cause of what is missing", async () => {
    await shop.receive("PLATE", 50, WUHAN);
    const id = await opened("PLATE");
    const clerk = shop.system.http("warehouse", 0, ["warehouse"]);
    const seen = async () => (await clerk.get(`/v1/stocktakes/${id}/lines`)).body.items[0];
    expect(await seen()).toEqual({ sku: "PLATE", state: "OPEN", why: null, attempts: 0 });
    expect(await count(id, 45, 0, "PLATE")).toBe(-5);
    await post(`/v1/stocktakes/${id}/recount`, { lines: [{ sku: "PLATE" }] });
    expect(await seen()).toEqual({ sku: "PLATE", state: "RECOUNT_NEEDED", why: "ASKED", attempts: 1 });
    expect(await count(id, 48, 0, "PLATE")).toBe(-2);
    expect(await seen()).toMatchObject({ state: "COUNTED", attempts: 2, count: { variance: -2 }, book: { total: 50 } });
    const unexplained = await post(`/v1/stocktakes/${id}/approve`, { lines: [{ sku: "PLATE" }] });
    expect([unexplained.status, unexplained.body.code]).toEqual([422, "CAUSE_MISSING"]);
    expect(await approve(id, "LOSS", "PLATE")).toEqual(["APPROVED", -2]);
    await shop.untilBucket("PLATE", "sellable", 48, WUHAN);
    const adjusted = await waitFor("the adjustment in the ledger", async () => {
      const { body } = await shop.ledger.get("/v1/stock/PLATE/movements", [404]);
      return body.items?.find(({ kind }: { kind: string }) => kind === "COUNT_ADJUST");
    });
    expect(adjusted).toMatchObject({ reason: "LOSS", reference: { type: "adjustment", id, line: "PLATE" } });
  });

  test("an entry of before the count that is taken back after the approval: counted again, the true quantity", async () => {
    await shop.receive("MUG", 5, WUHAN);
    const typo = { location: WUHAN, reference: "typo", lines: [{ sku: "MUG", quantity: 50 }] };
    await post("/v1/receipts", typo);
    const id = await opened("MUG");
    expect(await count(id, 5, 0, "MUG")).toBe(-50);
    expect(await approve(id, "MISCOUNT", "MUG")).toEqual(["APPROVED", -50]);
    const { body } = await shop.warehouse.get("/v1/movements?reference=typo");
    const taken = { movementId: body.items[0].movementId, reason: "one 0 too many" };
    expect((await post("/v1/reversals", taken)).status).toBe(201);
    expect(await lineOf(id)).toMatchObject({ state: "REOPENED", why: "REVERSAL" });
    expect(await count(id, 5, 0, "MUG")).toBe(50);
    expect(await approve(id, "MISCOUNT", "MUG")).toEqual(["APPROVED", 50]);
    await shop.untilBucket("MUG", "sellable", 5, WUHAN);
  });

  test("a transfer that missed the same pieces before the approval and is heard of after it: the true quantity", async () => {
    await shop.receive("TUB", 10, WUHAN);
    const transfer = await transfers.reserved("TUB", 4);
    const id = await opened("TUB");
    await whileLosing(shop.system, "transfer", "TUB", "MARKED_AS_SENT", async () => {
      const lines = [{ lineId: "1", quantity: 2, cause: "NOT_FOUND" }];
      expect((await transfers.step(transfer, "short", { lines })).status).toBe(200);
    });
    await shop.system.moveClock(HOUR_MS);
    expect(await count(id, 8, 0, "TUB")).toBe(-2);
    expect(await approve(id, "LOSS", "TUB")).toEqual(["APPROVED", -2]);
    await heardAtLast("TUB");
    expect(await untilReopened(id)).toBe("LATE_CORRECTION");
    expect(await count(id, 8, 0, "TUB")).toBe(2);
    expect(await approve(id, "MISCOUNT", "TUB")).toEqual(["APPROVED", 2]);
    await shop.untilBucket("TUB", "sellable", 6, WUHAN);
    expect(await shop.bucket("warehouse", "TUB", "total", WUHAN)).toBe(8);
  });

  test("what a count takes away beyond what is promised is taken from the promises, newest first", async () => {
    await shop.receive("JUG", 5, WUHAN);
    await shop.publish(orderPlaced({ orderId: "jug-1", payment: "PAID", lines: [{ sku: "JUG", quantity: 2 }] }));
    await shop.outcome("jug-1", "OrderReserved");
    await shop.publish(orderPlaced({ orderId: "jug-2", payment: "PENDING", lines: [{ sku: "JUG", quantity: 3 }] }));
    await shop.outcome("jug-2", "OrderReserved");
    const id = await opened("JUG");
    await count(id, 2, 0, "JUG");
    expect(await approve(id, "LOSS", "JUG")).toEqual(["APPROVED", -3]);
    const shorted = await shop.outcome("jug-2", "OrderShorted");
    expect(shorted.lines).toMatchObject([{ sku: "JUG", shortQuantity: 3 }]);
    await shop.untilBucket("JUG", "sellable", 0, WUHAN);
    expect(shop.outcomes("jug-1")).not.toContain("OrderShorted");
  });

  test("whoever adjusts from a quantity that is not there any more is told the one that is", async () => {
    await shop.receive("CUP", 10, WUHAN);
    const lines = [{ sku: "CUP", expected: 10, quantity: 12 }];
    const adjust = () => post("/v1/adjustments", { location: WUHAN, reason: "two more behind the shelf", lines });
    expect((await adjust()).status).toBe(201);
    await shop.untilBucket("CUP", "sellable", 12, WUHAN);
    const { status, body } = await adjust();
    expect([status, body.current]).toEqual([409, [{ sku: "CUP", quantity: 12 }]]);
  });
});

test("after all of it, every service's books agree with the movements", async () => {
  expect(await shop.auditFailures()).toEqual([]);
});

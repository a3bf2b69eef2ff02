import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { attachOrStartStack, type TestStack } from "@septet/local-stack";
import type { Database } from "@septet/service-kit";
import { dropOldSales, readNow } from "@septet/service-kit";
import {
  type MovementDraft,
  movementDraft,
  type StockMovement,
  startOfUtcDay,
  utcDayOf,
} from "@septet/stock-contracts";
import { foldCopies } from "../../src/store/fold-copies.js";
import { keepWarehouses } from "../../src/store/warehouse-copy.js";
import { readStock } from "../../src/store/warehouse-stock.js";
import { Suggestions } from "../../src/suggestions.js";
import { transferDatabase } from "./transfer-database.js";

const POLICY = { minDifferenceDays: 7, minPieces: 1, packPieces: 1, sourceKeepsDays: 14, enoughDays: 28 };
const reference = { type: "order", id: "o1", line: "1" } as const;

let stack: TestStack;
let db: Database;
let now: number;

beforeAll(async () => {
  stack = await attachOrStartStack();
  db = await transferDatabase(stack, "suggestions");
  now = await readNow(db);
});

beforeEach(async () => {
  await db.query("TRUNCATE stock_copy, daily_sale, warehouse_copy, suggestion, transfer, transfer_line");
  await db.query("UPDATE suggestion_run SET began_at = NULL");
});

afterAll(async () => {
  await db?.close();
  await stack?.stop();
});

let sequence = 0;
function recorded(draft: MovementDraft, daysAgo = 0): StockMovement {
  const movementId = `m${++sequence}`;
  const occurredAt = startOfUtcDay(utcDayOf(now) - daysAgo);
  return {
    ...draft,
    legs: [...draft.legs],
    eventId: movementId,
    movementId,
    sequence,
    recordedBy: "warehouse",
    occurredAt,
  };
}

const shipped = (quantity: number, daysAgo = 0, at = "WUH", sku = "SOCKS", reverses: string | null = null) =>
  recorded(movementDraft("SHIP", undefined, { sku, at, quantity, reference, reverses }), daysAgo);

/** A warehouse that received, sold `perDay` pieces on each of 28 days, and has `left`. */
function stocked(at: string, left: number, perDay: number, sku = "SOCKS"): StockMovement[] {
  const sold = perDay * 28;
  return [
    recorded(movementDraft("RECEIPT", "sellable", { sku, at, quantity: left + sold, reference })),
    recorded(movementDraft("RESERVE", undefined, { sku, at, quantity: sold, reference })),
    ...Array.from({ length: 28 }, (_, daysAgo) => shipped(perDay, daysAgo, at, sku)),
  ];
}

const suggestions = () => new Suggestions(db, { policy: POLICY, everySeconds: 60 });
const listed = async (filter = {}) => (await suggestions().list(filter, undefined, 10)).items;

describe("the copies", () => {
  test("hold what may be sold and what was sold on which day, in whichever slices the movements come", async () => {
    const movements = [...stocked("WUH", 10, 2), shipped(2, 0, "WUH", "SOCKS", "m1")];
    await foldCopies(db, movements.slice(0, 7), now);
    await foldCopies(db, movements.slice(7), now);
    expect(await db.query("SELECT sku, location, sellable::int FROM stock_copy")).toEqual([
      { sku: "SOCKS", location: "WUH", sellable: 10 },
    ]);
    expect(await db.query("SELECT pieces::int FROM daily_sale WHERE pieces <> 0")).toHaveLength(27);
    const stocks = await readStock(db, ["SOCKS"], now);
    expect(stocks.get("SOCKS")).toMatchObject([{ location: "WUH", sellable: 10, soldPieces: 54 }]);
  });

  test("take a late movement on the day on which it happened, and pass over one older than the window", async () => {
    await foldCopies(db, [shipped(1, 27), shipped(1, 28)], now);
    expect(await db.query("SELECT day, pieces::int FROM daily_sale")).toEqual([{ day: utcDayOf(now) - 27, pieces: 1 }]);
  });

  test("forget days that have left the window", async () => {
    await foldCopies(db, stocked("WUH", 10, 2), now);
    await db.query("UPDATE daily_sale SET day = day - 100 WHERE day = $1", [utcDayOf(now)]);
    await dropOldSales(db);
    expect(await db.query("SELECT min(day) AS first, count(*)::int AS days FROM daily_sale")).toEqual([
      { first: utcDayOf(now) - 27, days: 27 },
    ]);
  });
});

describe("suggestions", () => {
  test("are found among all SKUs, furthest apart first, page by page", async () => {
    const apart = ["A", "B", "C"].flatMap((sku, i) => [
      ...stocked("WUH", 100 + 10 * i, 1, sku),
      ...stocked("BJS", 0, 1, sku),
    ]);
    await foldCopies(db, [...apart, ...stocked("WUH", 20, 1, "EVEN"), ...stocked("BJS", 20, 1, "EVEN")], now);
    await suggestions().refresh();
    const first = await suggestions().list({}, undefined, 2);
    expect(first.items.map(({ sku, quantity }) => [sku, quantity])).toEqual([
      ["C", 60],
      ["B", 55],
    ]);
    const second = await suggestions().list({}, first.nextCursor!, 2);
    expect(second.items.map(({ sku }) => sku)).toEqual(["A"]);
    expect(second.nextCursor).toBeNull();
    expect(await listed({ source: "BJS" })).toEqual([]);
    expect(await listed({ source: "WUH", destination: "BJS" })).toHaveLength(3);
  });

  test("rest on the figures of the moment: what open transfers bring is not suggested again", async () => {
    await foldCopies(db, [...stocked("WUH", 100, 1), ...stocked("BJS", 0, 1)], now);
    await suggestions().refresh();
    expect(await listed()).toMatchObject([{ sku: "SOCKS", quantity: 50 }]);
    await open({ requested: 10 });
    await open({ requested: 10, reserved: 10 });
    await open({ requested: 10, reserved: 10, dispatched: 10, received: 4 });
    await open({ requested: 10, reserved: 10, dispatched: 10, received: 10 });
    await open({ requested: 10, rejected: 10 });
    await open({ requested: 10, reserved: 10, dispatched: 10 }, true);
    expect((await readStock(db, ["SOCKS"], now)).get("SOCKS")).toEqual([
      {
        ...{ location: "BJS", closed: false, sellable: 0, soldPieces: 28 },
        spokenFor: 0,
        plannedIn: 10,
        reservedIn: 10,
        inTransitIn: 6,
      },
      {
        ...{ location: "WUH", closed: false, sellable: 100, soldPieces: 28 },
        spokenFor: 10,
        plannedIn: 0,
        reservedIn: 0,
        inTransitIn: 10,
      },
    ]);
    for (const filter of [{}, { sku: "SOCKS" }]) {
      expect(await listed(filter)).toMatchObject([
        { quantity: 37, source: { coverDaysBefore: 100 }, destination: { coverDaysBefore: 26 } },
      ]);
    }
  });

  test("leave out a warehouse that was closed, until it is opened again, whatever older definition comes late", async () => {
    await foldCopies(db, [...stocked("WUH", 100, 1), ...stocked("BJS", 0, 1)], now);
    await keepWarehouses(db, [defined("BJS", false, 2), defined("BJS", true, 1), defined("WUH", false, 1)]);
    await keepWarehouses(db, [defined("BJS", true, 1)]);
    await suggestions().refresh();
    expect([await listed(), await listed({ sku: "SOCKS" })]).toEqual([[], []]);
    expect(await db.query("SELECT 1 FROM suggestion")).toEqual([]);
    await keepWarehouses(db, [defined("BJS", true, 3)]);
    expect(await listed({ sku: "SOCKS" })).toMatchObject([{ source: { location: "WUH" }, quantity: 50 }]);
  });

  test("of one SKU do not wait until all have been gone through", async () => {
    await foldCopies(db, [...stocked("WUH", 100, 1), ...stocked("BJS", 0, 1)], now);
    expect(await listed()).toEqual([]);
    expect(await listed({ sku: "SOCKS" })).toHaveLength(1);
  });

  test("are looked for by one instance at a time, and again after a while", async () => {
    await foldCopies(db, [...stocked("WUH", 100, 1), ...stocked("BJS", 0, 1)], now);
    await suggestions().refresh();
    await db.query("DELETE FROM suggestion");
    await suggestions().refresh();
    expect(await listed()).toEqual([]);
    await db.query("UPDATE suggestion_run SET began_at = septet_now() - interval '61 seconds'");
    await suggestions().refresh();
    expect(await listed()).toHaveLength(1);
  });
});

const defined = (location: string, active: boolean, version: number) => ({ location, active, version });

/** A transfer of SOCKS from WUH to BJS with one line whose accounts read so. */
async function open(accounts: Readonly<Record<string, number>>, returning = false): Promise<void> {
  const transferId = crypto.randomUUID();
  await db.query(
    `INSERT INTO transfer (transfer_id, source, destination, state, draft, called_back, allow_partial, created_at, content,
       line_count, version, requested) VALUES ($1, 'WUH', 'BJS', '', false, $2, false, now(), '', 1, 1, 1)`,
    [transferId, returning],
  );
  await db.query(
    `INSERT INTO transfer_line (transfer_id, line_id, position, sku, version, ${Object.keys(accounts).join(", ")})
     VALUES ($1, '1', 0, 'SOCKS', 1, ${Object.values(accounts).join(", ")})`,
    [transferId],
  );
}

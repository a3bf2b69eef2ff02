import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { attachOrStartStack, type TestStack } from "@septet/local-stack";
import { openGaps } from "@septet/messaging";
import { transact } from "@septet/service-kit";
import { type Balances, EMPTY_BALANCE, foldMovement, type StockMovement } from "@septet/stock-contracts";
import fc from "fast-check";
import { watchGaps } from "../../src/messaging/gap-watch.js";
import { readMovements } from "../../src/store/movement-history.js";
import { readStock } from "../../src/store/stock.js";
import { type Books, openBooks } from "../support/books.js";
import { Streams } from "../support/streams.js";

const SOCKS = "SOCKS-3";
const PHONE = "PHONE-1";

let stack: TestStack;
let books: Books;

beforeAll(async () => {
  stack = await attachOrStartStack();
  books = await openBooks((await stack.createDatabase("ledger_fold")).url);
});

afterAll(async () => {
  await books.close();
  await stack.stop();
});

beforeEach(async () => {
  await books.db.query("TRUNCATE balance, movement, movement_location, stream_position, stream_fork, raised_alert");
  books.published.length = 0;
});

async function balancesOf(sku: string): Promise<Balances> {
  const stock = (await readStock(books.db, [sku])).get(sku)!;
  return new Map(stock.map(({ location, balances }) => [location, balances]));
}

/** A day's movements of two SKUs in two warehouses, in the order in which they were recorded. */
function aDay(): StockMovement[] {
  const streams = new Streams();
  return [
    streams.receive(SOCKS, 100),
    streams.receive(PHONE, 300),
    streams.reserve(SOCKS, 3),
    streams.reserve(PHONE, 20),
    streams.ship(SOCKS, 3),
    streams.receive(SOCKS, 7, "BEIJING"),
    streams.arrive(PHONE, 100),
    streams.reserve(PHONE, 5),
    streams.ship(PHONE, 20),
    streams.reserve(SOCKS, 1, "BEIJING"),
  ];
}

function foldOf(movements: readonly StockMovement[], sku: string): Balances {
  return movements.filter((m) => m.sku === sku).reduce((before, m) => foldMovement(before, m), new Map() as Balances);
}

describe("The books", () => {
  test("end the same for every order of arrival, slicing and repetition", async () => {
    await fc.assert(
      fc
        .asyncProperty(fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 7 }), async (random, slice) => {
          const day = aDay();
          const arrivals = [...day, ...day.filter((_, i) => i % 2 === 0)]
            .map((movement) => ({ movement, at: random.next().value }))
            .sort((a, b) => a.at - b.at)
            .map(({ movement }) => movement);
          for (let i = 0; i < arrivals.length; i += slice) await books.fold(arrivals.slice(i, i + slice));

          for (const sku of [SOCKS, PHONE]) expect(await balancesOf(sku)).toEqual(foldOf(day, sku));
          expect(await openGaps(books.db)).toEqual([]);
          expect(books.published).toEqual([]);
        })
        .afterEach(async () => {
          await books.db.query("TRUNCATE balance, movement, movement_location, stream_position");
        }),
      { numRuns: 25 },
    );
  });

  test("end the same when two instances fold the same slices at once", async () => {
    const streams = new Streams();
    const received = Array.from({ length: 40 }, (_, i) => streams.receive(i % 3 === 0 ? PHONE : SOCKS, 1));
    const slices = [received.slice(0, 15), received.slice(10, 30), received.slice(25)];
    await Promise.all([...slices, ...slices].map((slice) => books.fold(slice)));
    for (const sku of [SOCKS, PHONE]) expect(await balancesOf(sku)).toEqual(foldOf(received, sku));
    const history = await readMovements(books.db, { sku: SOCKS, order: "asc", beyond: null, limit: 100 });
    expect(history.map((m) => m.after[0]!.balances.total)).toEqual(history.map((_, i) => i + 1));
  });

  test("tell of each movement what it left behind at every location it touched", async () => {
    const day = aDay();
    await books.fold(day.slice(0, 4));
    await books.fold(day.slice(4));

    const history = await readMovements(books.db, { sku: PHONE, order: "asc", beyond: null, limit: 100 });
    const ofPhone = day.filter((movement) => movement.sku === PHONE);
    expect(history.map((m) => m.movementId)).toEqual(ofPhone.map((m) => m.movementId));
    ofPhone.forEach((movement, i) => {
      const after = foldOf(ofPhone.slice(0, i + 1), PHONE);
      const touched = [...new Set(movement.legs.map((leg) => leg.location))].sort();
      expect(history[i]!.after.map(({ location, balances }) => [location, balances])).toEqual(
        touched.map((location) => [location, after.get(location)]),
      );
    });
    expect(history[0]!.recordedAt.getTime()).toBeLessThanOrEqual(history.at(-1)!.recordedAt.getTime());
    expect(history.at(-1)!.actor).toBe("picker-7");
  });

  test("refuse to be committed with a row that does not add up, and keep nothing of the slice", async () => {
    const streams = new Streams();
    const good = streams.receive(SOCKS, 100);
    const planted = { ...streams.receive(SOCKS, 5), legs: [{ location: "WUHAN", bucket: "sellable", delta: 5 }] };
    await expect(books.fold([good, planted])).rejects.toMatchObject({ code: "23514", constraint: "balance_identity" });
    expect(await balancesOf(SOCKS)).toEqual(new Map());

    await books.fold([good]);
    const wrong = "UPDATE balance SET sellable = sellable + 1 WHERE sku = $1";
    await expect(books.db.query(wrong, [SOCKS])).rejects.toMatchObject({ constraint: "balance_identity" });
    expect(await balancesOf(SOCKS)).toEqual(new Map([["WUHAN", { ...EMPTY_BALANCE, total: 100, sellable: 100 }]]));
  });

  test("never apply a second movement under a sequence that was taken, and say so once", async () => {
    const streams = new Streams();
    const first = streams.receive(SOCKS, 100);
    const restored = {
      ...first,
      movementId: "another",
      eventId: "another",
      legs: new Streams().receive(SOCKS, 40).legs,
    };
    await books.fold([first]);
    for (const _ of [1, 2]) await books.fold([restored, first]);

    expect((await balancesOf(SOCKS)).get("WUHAN")!.total).toBe(100);
    expect(books.published.map(({ name, value }) => [name, value.code, value.sku])).toEqual([
      ["StockAlertRaised", "STREAM_FORKED", SOCKS],
    ]);
  });

  test("notice two movements under one sequence in the same slice", async () => {
    const first = new Streams().receive(SOCKS, 100);
    const outcome = await books.fold([first, { ...first, movementId: "another" }]);
    expect(outcome.forks).toEqual([
      {
        sku: SOCKS,
        recordedBy: "warehouse",
        sequence: 1,
        keptMovementId: first.movementId,
        refusedMovementId: "another",
      },
    ]);
    expect((await balancesOf(SOCKS)).get("WUHAN")!.total).toBe(100);
  });

  test("fold what comes after a gap at once, and raise an alert when the gap stays, cleared when it is filled", async () => {
    const streams = new Streams();
    const [first, lost, third] = [streams.receive(SOCKS, 1), streams.receive(SOCKS, 10), streams.receive(SOCKS, 100)];
    const watch = (boundMs: number) => transact(books.db, {}, (unit) => watchGaps(unit, boundMs));
    await books.fold([first, third]);
    expect((await balancesOf(SOCKS)).get("WUHAN")!.total).toBe(101);
    expect(await watch(60_000)).toBe(1);
    expect(books.published).toEqual([]);

    await watch(0);
    await watch(0);
    expect(books.published.map(({ name, value }) => [name, value.code])).toEqual([
      ["StockAlertRaised", "MOVEMENT_GAP"],
    ]);
    expect(books.published[0]!.value.message).toContain("movements 2 of SOCKS-3 recorded by warehouse");

    await books.fold([lost]);
    expect(await watch(0)).toBe(0);
    expect(books.published.map(({ name }) => name)).toEqual(["StockAlertRaised", "StockAlertCleared"]);
    expect((await balancesOf(SOCKS)).get("WUHAN")!.total).toBe(111);
  });

  test("find the balance at any past instant or movement with one index lookup", async () => {
    const streams = new Streams();
    for (let i = 0; i < 3; i++) await books.fold(Array.from({ length: 100 }, () => streams.receive(SOCKS, 1)));
    await books.db.query("ANALYZE movement_location");
    const plan = await books.db.query<{ "QUERY PLAN": string }>(
      `EXPLAIN SELECT total FROM movement_location
        WHERE sku = $1 AND location = 'WUHAN' AND (recorded_at, ledger_seq) <= (now(), 1000150)
        ORDER BY recorded_at DESC, ledger_seq DESC LIMIT 1`,
      [SOCKS],
    );
    const text = plan.map((row) => row["QUERY PLAN"]).join("\n");
    expect(text).toContain("Index Scan Backward using movement_location_pkey");
    expect(text).not.toContain("Sort");
  });
});

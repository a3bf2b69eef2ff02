import { describe, expect, test } from "@jest/globals";
import { Books } from "./trading/books.js";
import { Chance } from "./trading/chance.js";
import { Day, type DayOptions } from "./trading/day.js";

/** Days of each kind; raise it for a long search: `TRADING_DAYS=5000 npm test -w @septet/order-reservation -- trading`. */
const DAYS = Number(process.env.TRADING_DAYS ?? 25);
/** Where the search starts, so that another one looks at other days. */
const FIRST_SEED = Number(process.env.TRADING_SEED ?? 1);

/** Runs every day and tells with its seed which one broke a rule. */
function everyDay(run: (seed: number) => void): void {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + DAYS; seed++) {
    try {
      run(seed);
    } catch (cause) {
      throw new Error(`day ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }
}

const KINDS: [name: string, options: DayOptions][] = [
  ["of one SKU, where everything meets", { small: true }],
  ["of one SKU in one warehouse", { small: true, onePlace: true, steps: 100 }],
  ["of many SKUs, holding only the streams each message names", {}],
  ["that is long", { steps: 120 }],
  ["on which shoppers choose what shall happen to what is short", { steps: 120, choosing: true }],
  ["of slices, on which they choose", { slices: true, choosing: true }],
  ["of slices, with locations switched off and on", { slices: true, switching: true }],
];

describe("whatever a day of trading brings, in whatever order", () => {
  test.each(KINDS)(
    "the rules of selling hold on a day %s",
    (_name, options) => {
      everyDay((seed) => new Day(seed, options).trade().close());
    },
    3_600_000,
  );

  test("a day cut into other slices ends in the same orders and stock, and tells the same story", () => {
    everyDay((seed) => {
      const day = new Day(seed, { allHeld: true }).trade();
      const recut = cutAnew(day, new Chance(seed + 99));
      expect(ordersOf(recut)).toEqual(ordersOf(day.books));
      expect(stockOf(recut)).toEqual(stockOf(day.books));
      const story = ({ events }: Books) => events.map(({ name, value }) => ({ name, value }));
      expect(story(recut)).toEqual(story(day.books));
    });
  }, 3_600_000);
});

/** Decides what a day's log says again, with other commands together. */
function cutAnew({ books: { log }, skus }: Day, chance: Chance): Books {
  const books = new Books(skus);
  for (let from = 0, to = 0; from < log.length; from = to) {
    const { now, paymentsLagMs } = log[from]!;
    do to++;
    while (to < log.length && log[to]!.now === now && log[to]!.paymentsLagMs === paymentsLagMs && chance.is(0.8));
    Object.assign(books, { now, paymentsLagMs });
    books.settle(log.slice(from, to).flatMap(({ commands }) => commands));
  }
  return books;
}

const ordersOf = ({ orders }: Books) => [...orders.values()].sort((a, b) => (a.orderId < b.orderId ? -1 : 1));
const stockOf = ({ rows }: Books) =>
  [...rows].filter(([, row]) => row.sellable !== 0 || row.orderReserved !== 0).sort(([a], [b]) => (a < b ? -1 : 1));

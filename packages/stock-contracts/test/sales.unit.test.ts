import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  DAILY_SALES_WINDOW_DAYS,
  dailySales,
  foldDaySales,
  movementDraft,
  piecesInWindow,
  type SellingMovement,
  salesWindow,
  startOfUtcDay,
  utcDayOf,
} from "../src/index.js";

const HOUR_MS = 3_600_000;
const TODAY = utcDayOf(Date.parse("2026-03-15T00:00:00Z"));
const reference = { type: "order", id: "o1", line: "1" } as const;

interface Sold {
  readonly sku?: string;
  readonly at?: string;
  readonly quantity?: number;
  readonly when: number;
  readonly reverses?: string;
}

function shipped({ sku = "SOCKS", at = "WUH", quantity = 1, when, reverses }: Sold): SellingMovement {
  return { ...movementDraft("SHIP", undefined, { sku, quantity, at, reference, reverses }), occurredAt: when };
}

describe("daily sales", () => {
  test("are the pieces shipped to shoppers in the last 28 days, by the suppliers too, divided by 28", () => {
    const when = startOfUtcDay(TODAY) + HOUR_MS;
    const dropShipped = movementDraft("DROPSHIP_SHIP", undefined, {
      sku: "SOCKS",
      quantity: 14,
      supplier: "supplier:s1",
      reference,
    });
    const sales = foldDaySales([shipped({ quantity: 56, when }), { ...dropShipped, occurredAt: when }]);
    expect(sales).toEqual([
      { sku: "SOCKS", location: "WUH", day: TODAY, pieces: 56 },
      { sku: "SOCKS", location: "supplier:s1", day: TODAY, pieces: 14 },
    ]);
    expect(dailySales(56)).toBe(2);
    expect(dailySales(14)).toBe(0.5);
  });

  test("count nothing but what left on a promise to an order", () => {
    const input = { sku: "SOCKS", quantity: 5, at: "WUH", reference, occurredAt: startOfUtcDay(TODAY) };
    const moved = [
      movementDraft("RECEIPT", "sellable", input),
      movementDraft("RESERVE", undefined, input),
      movementDraft("PICK_SHORT", undefined, input),
      movementDraft("RETURN", "sellable", input),
      movementDraft("TRANSFER_DISPATCH", undefined, { ...input, source: "WUH" }),
    ].map((draft) => ({ ...draft, occurredAt: input.occurredAt }));
    expect(foldDaySales(moved)).toEqual([]);
  });

  test("fall when a shipment is reversed, on the day of the reversal, and are never below 0", () => {
    const shippedThen = shipped({ quantity: 3, when: startOfUtcDay(TODAY - 28) });
    const reversedNow = shipped({ quantity: 3, when: startOfUtcDay(TODAY), reverses: "m1" });
    const sales = foldDaySales([shippedThen, reversedNow]);
    expect(sales.map(({ day, pieces }) => [TODAY - day, pieces])).toEqual([
      [28, 3],
      [0, -3],
    ]);
    const inWindow = piecesInWindow(sales, salesWindow(startOfUtcDay(TODAY)));
    expect(inWindow).toBe(-3);
    expect(dailySales(inWindow)).toBe(0);
  });

  test("leave out a day on which everything shipped was reversed", () => {
    const when = startOfUtcDay(TODAY) + HOUR_MS;
    expect(foldDaySales([shipped({ when }), shipped({ when: when + 1, reverses: "m1" })])).toEqual([]);
  });

  test("belong to the UTC day on which the goods left, however late the news comes", () => {
    const midnight = startOfUtcDay(TODAY);
    const late = shipped({ when: midnight - 1 });
    const onTime = shipped({ when: midnight });
    expect(foldDaySales([onTime, late]).map(({ day }) => day - TODAY)).toEqual([-1, 0]);
  });

  test("look at 28 days, today among them, and forget one at each midnight UTC", () => {
    const day = foldDaySales([shipped({ quantity: 28, when: startOfUtcDay(TODAY) + HOUR_MS })]);
    const perDayAt = (now: number) => dailySales(piecesInWindow(day, salesWindow(now)));
    expect(perDayAt(startOfUtcDay(TODAY))).toBe(1);
    expect(perDayAt(startOfUtcDay(TODAY + DAILY_SALES_WINDOW_DAYS) - 1)).toBe(1);
    expect(perDayAt(startOfUtcDay(TODAY + DAILY_SALES_WINDOW_DAYS))).toBe(0);
    expect(perDayAt(startOfUtcDay(TODAY) - 1)).toBe(0);
  });

  test("know the days before 1970 as well: a clock set wrong breaks nothing", () => {
    expect(utcDayOf(-1)).toBe(-1);
    expect(startOfUtcDay(utcDayOf(-1))).toBe(-86_400_000);
  });
});

describe("for any shipments and reversals", () => {
  const instants = fc.integer({ min: startOfUtcDay(TODAY - 60), max: startOfUtcDay(TODAY + 2) });
  const movements = fc.array(
    fc
      .record({
        sku: fc.constantFrom("A", "B", "袜"),
        at: fc.constantFrom("WUH", "BJS"),
        quantity: fc.integer({ min: 1, max: 50 }),
        when: instants,
        reversed: fc.boolean(),
      })
      .map(({ reversed, ...sold }) => shipped(reversed ? { ...sold, reverses: "m" } : sold)),
    { maxLength: 40 },
  );

  test("the order of arrival does not change daily sales", () => {
    const shuffled = movements.chain((inOrder) =>
      fc.tuple(fc.constant(inOrder), fc.shuffledSubarray(inOrder, { minLength: inOrder.length })),
    );
    fc.assert(
      fc.property(shuffled, ([inOrder, anyOrder]) => {
        expect(foldDaySales(anyOrder)).toEqual(foldDaySales(inOrder));
      }),
    );
  });

  test("folding slice by slice adds up to the fold of all", () => {
    fc.assert(
      fc.property(movements, fc.integer({ min: 0, max: 40 }), (all, cut) => {
        const sums = new Map<string, number>();
        for (const { sku, location, day, pieces } of [
          ...foldDaySales(all.slice(0, cut)),
          ...foldDaySales(all.slice(cut)),
        ]) {
          const key = JSON.stringify([sku, location, day]);
          sums.set(key, (sums.get(key) ?? 0) + pieces);
        }
        const added = [...sums].filter(([, pieces]) => pieces !== 0).sort();
        const whole = foldDaySales(all).map((sale) => [
          JSON.stringify([sale.sku, sale.location, sale.day]),
          sale.pieces,
        ]);
        expect(added).toEqual(whole.sort());
      }),
    );
  });

  test("the window holds what happened on its 28 days and nothing else", () => {
    fc.assert(
      fc.property(movements, instants, (all, now) => {
        const from = startOfUtcDay(utcDayOf(now) - 27);
        const until = startOfUtcDay(utcDayOf(now) + 1);
        const counted = all
          .filter(({ occurredAt }) => occurredAt >= from && occurredAt < until)
          .flatMap(({ legs }) => legs.filter(({ bucket }) => bucket === "orderReserved"))
          .reduce((sum, { delta }) => sum - delta, 0);
        expect(piecesInWindow(foldDaySales(all), salesWindow(now))).toBe(counted);
      }),
    );
  });
});

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { coverDaysOf, givableOf, stockOf, type WarehouseStock } from "../../src/domain/cover.js";
import { type SuggestionPolicy, suggest } from "../../src/domain/suggestion.js";

const POLICY: SuggestionPolicy = {
  minDifferenceDays: 7,
  minPieces: 1,
  packPieces: 1,
  sourceKeepsDays: 14,
  enoughDays: 28,
};

/** A warehouse that sells `perDay` pieces a day and has `sellable`. */
function at(location: string, sellable: number, perDay: number, more: Partial<WarehouseStock> = {}): WarehouseStock {
  const none = { spokenFor: 0, plannedIn: 0, reservedIn: 0, inTransitIn: 0 };
  return { location, closed: false, sellable, soldPieces: perDay * 28, ...none, ...more };
}

const routes = (stocks: readonly WarehouseStock[], policy: Partial<SuggestionPolicy> = {}) =>
  suggest("SOCKS", stocks, { ...POLICY, ...policy }).map(
    ({ source, destination, quantity }) => `${source.location}>${destination.location} ${quantity}`,
  );

describe("a transfer is suggested", () => {
  test("from the warehouse with the most days of cover to the one with the fewest, so that both last equally long", () => {
    const [suggestion, ...more] = suggest("SOCKS", [at("WUH", 300, 5), at("BJS", 0, 5), at("SHA", 150, 5)], POLICY);
    expect(more).toEqual([]);
    expect(suggestion).toMatchObject({
      sku: "SOCKS",
      quantity: 150,
      basis: "EVENS_OUT",
      differenceDays: 60,
      source: { location: "WUH", sellable: 300, dailySales: 5, coverDaysBefore: 60, coverDaysAfter: 30 },
      destination: { location: "BJS", sellable: 0, dailySales: 5, coverDaysBefore: 0, coverDaysAfter: 30 },
    });
  });

  test("in proportion to what each sells", () => {
    const [suggestion] = suggest("SOCKS", [at("WUH", 400, 1), at("BJS", 0, 9)], POLICY);
    expect(suggestion).toMatchObject({ quantity: 360, source: { coverDaysAfter: 40 } });
    expect(suggestion?.destination.coverDaysAfter).toBe(40);
  });

  test("for each warehouse that runs short, the furthest apart first", () => {
    expect(routes([at("WUH", 900, 5), at("BJS", 50, 5), at("SHA", 0, 5)])).toEqual(["WUH>SHA 450", "WUH>BJS 425"]);
  });

  test("with pieces that are missing counted below 0", () => {
    const [suggestion] = suggest("SOCKS", [at("WUH", 300, 5), at("BJS", -10, 5)], POLICY);
    expect(suggestion).toMatchObject({ quantity: 155, destination: { coverDaysBefore: -2, coverDaysAfter: 29 } });
  });

  test("in whole packs", () => {
    expect(routes([at("WUH", 300, 5), at("BJS", 0, 5)], { packPieces: 40 })).toEqual(["WUH>BJS 120"]);
  });

  test("from the next warehouse, when the first has the cover but nothing in hand", () => {
    const promised = at("WUH", 0, 1, { inTransitIn: 500 });
    expect(routes([promised, at("SHA", 100, 1), at("BJS", 0, 1)])).toEqual(["SHA>BJS 50"]);
  });
});

describe("no transfer is suggested", () => {
  test("when covers differ by less than is worth it", () => {
    expect(routes([at("WUH", 34, 1), at("BJS", 27, 1)], { sourceKeepsDays: 0 })).toEqual(["WUH>BJS 3"]);
    expect(routes([at("WUH", 33, 1), at("BJS", 27, 1)], { sourceKeepsDays: 0 })).toEqual([]);
  });

  test("of fewer pieces than are worth the way, or of less than a pack", () => {
    const stocks = [at("WUH", 60, 1), at("BJS", 0, 1)];
    expect(routes(stocks, { minPieces: 30 })).toEqual(["WUH>BJS 30"]);
    expect(routes(stocks, { minPieces: 31 })).toEqual([]);
    expect(routes(stocks, { packPieces: 31 })).toEqual([]);
  });

  test("to a warehouse that has enough, however much another has", () => {
    expect(routes([at("WUH", 3_000, 1), at("BJS", 28, 1)])).toEqual([]);
  });

  test("to a warehouse that sells nothing", () => {
    expect(routes([at("WUH", 300, 5), at("BJS", 0, 0)])).toEqual([]);
  });

  test("to a warehouse that is closed; it can be emptied", () => {
    const closed = at("OLD", 0, 1, { closed: true });
    expect(routes([at("WUH", 300, 5), closed])).toEqual([]);
    expect(routes([at("OLD", 300, 1, { closed: true }), at("BJS", 0, 1)])).toEqual(["OLD>BJS 150"]);
  });

  test("from or to a supplier", () => {
    expect(routes([at("supplier:s1", 900, 1), at("BJS", 0, 1)])).toEqual([]);
    expect(routes([at("WUH", 900, 1), at("supplier:s1", 0, 1)])).toEqual([]);
  });

  test("twice: what is drafted, reserved or on the truck to the destination counts as there", () => {
    for (const way of ["plannedIn", "reservedIn", "inTransitIn"] as const) {
      expect(routes([at("WUH", 150, 5), at("BJS", 0, 5, { [way]: 150 })])).toEqual([]);
    }
  });

  test("of pieces that a draft has spoken for at the source", () => {
    const source = at("WUH", 300, 5, { spokenFor: 150 });
    expect(routes([source, at("BJS", 0, 5, { plannedIn: 150 })])).toEqual([]);
    expect(routes([source, at("BJS", 0, 5, { plannedIn: 150 }), at("SHA", 0, 5)])).toEqual(["WUH>SHA 75"]);
  });
});

describe("the source", () => {
  test("keeps the cover that it needs itself", () => {
    const [suggestion] = suggest("SOCKS", [at("WUH", 100, 5), at("BJS", 0, 5)], POLICY);
    expect(suggestion).toMatchObject({
      quantity: 30,
      basis: "SOURCE_KEEPS_ITS_OWN",
      source: { coverDaysBefore: 20, coverDaysAfter: 14 },
    });
    expect(routes([at("WUH", 70, 5), at("BJS", 0, 5)])).toEqual([]);
  });

  test("gives what is in hand, not what is still on its way to it", () => {
    const [suggestion] = suggest("SOCKS", [at("WUH", 80, 5, { inTransitIn: 500 }), at("BJS", 0, 5)], POLICY);
    expect(suggestion).toMatchObject({ quantity: 10, basis: "SOURCE_KEEPS_ITS_OWN" });
  });

  test("that sells nothing fills the destination to what is enough: there is no cover to even out", () => {
    const [suggestion] = suggest("SOCKS", [at("WUH", 900, 0), at("BJS", 8, 1)], POLICY);
    expect(suggestion).toMatchObject({
      quantity: 20,
      basis: "SOURCE_SELLS_NOTHING",
      differenceDays: 357,
      source: { dailySales: 0, coverDaysBefore: null, coverDaysAfter: null },
      destination: { coverDaysBefore: 8, coverDaysAfter: 28 },
    });
    expect(routes([at("WUH", 15, 0), at("BJS", 8, 1)])).toEqual(["WUH>BJS 15"]);
  });

  test("on which more was reversed than sold in the 28 days counts as selling nothing", () => {
    expect(suggest("SOCKS", [at("WUH", 900, -1), at("BJS", 8, 1)], POLICY)[0]).toMatchObject({
      basis: "SOURCE_SELLS_NOTHING",
      source: { soldPieces: -28, dailySales: 0, coverDaysBefore: null },
    });
  });
});

describe("for any stock and sales", () => {
  const pieces = fc.integer({ min: 0, max: 400 });
  const stocks = fc
    .array(
      fc.record({
        closed: fc.constantFrom(false, false, false, true),
        sellable: fc.integer({ min: -50, max: 2_000 }),
        spokenFor: pieces,
        plannedIn: pieces,
        reservedIn: pieces,
        inTransitIn: pieces,
        soldPieces: fc.oneof(fc.constant(0), fc.integer({ min: -20, max: 2_000 })),
      }),
      { maxLength: 6 },
    )
    .map((all) => all.map((one, i) => ({ location: `W${i}`, ...one })));
  const policies = fc.record({
    minDifferenceDays: fc.integer({ min: 0, max: 60 }),
    minPieces: fc.integer({ min: 1, max: 50 }),
    packPieces: fc.integer({ min: 1, max: 24 }),
    sourceKeepsDays: fc.integer({ min: 0, max: 60 }),
    enoughDays: fc.integer({ min: 1, max: 120 }),
  });

  test("what is suggested is in hand, leaves the source its need, and never turns the difference round", () => {
    fc.assert(
      fc.property(stocks, policies, (all, policy) => {
        for (const { source, destination, quantity, differenceDays } of suggest("A", all, policy)) {
          expect(source.location).not.toBe(destination.location);
          expect(quantity).toBeGreaterThanOrEqual(policy.minPieces);
          expect(quantity % policy.packPieces).toBe(0);
          expect(quantity).toBeLessThanOrEqual(givableOf(source));
          expect(differenceDays).toBeGreaterThanOrEqual(policy.minDifferenceDays);
          const left = coverDaysOf(givableOf(source) - quantity, source.soldPieces);
          if (left !== null) expect(left).toBeGreaterThanOrEqual(policy.sourceKeepsDays - 1e-9);
          const { coverDaysAfter: sourceAfter } = source;
          if (sourceAfter !== null) expect(sourceAfter).toBeGreaterThanOrEqual(destination.coverDaysAfter! - 1e-9);
        }
      }),
    );
  });

  test("a suggestion that was drafted is not made again", () => {
    fc.assert(
      fc.property(stocks, policies, (all, policy) => {
        const [made] = suggest("A", all, policy);
        fc.pre(made !== undefined);
        const { source, destination, quantity } = made;
        const drafted = all.map((one) => {
          if (one.location === source.location) return { ...one, spokenFor: one.spokenFor + quantity };
          if (one.location === destination.location) return { ...one, plannedIn: one.plannedIn + quantity };
          return one;
        });
        const again = suggest("A", drafted, policy).filter(
          (other) => other.source.location === source.location && other.destination.location === destination.location,
        );
        expect(again).toEqual([]);
      }),
    );
  });

  test("the order in which warehouses are named does not matter", () => {
    const twice = stocks.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(twice, policies, ([all, shuffled], policy) => {
        expect(suggest("A", shuffled, policy)).toEqual(suggest("A", all, policy));
      }),
    );
  });

  test("what is suggested rests on the stock that will be there when everything has arrived", () => {
    fc.assert(
      fc.property(stocks, policies, (all, policy) => {
        for (const { source, destination } of suggest("A", all, policy)) {
          expect(destination.coverDaysBefore).toBe(coverDaysOf(stockOf(destination), destination.soldPieces));
          expect(source.coverDaysBefore).toBe(coverDaysOf(stockOf(source), source.soldPieces));
        }
      }),
    );
  });
});

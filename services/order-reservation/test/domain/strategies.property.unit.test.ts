import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { choose, type Shelf, STRATEGIES, type Strategy } from "../../src/domain/index.js";

const SKUS = ["hat", "socks", "shoe"];

const wanted = fc
  .array(fc.tuple(fc.constantFrom(...SKUS), fc.integer({ min: 1, max: 6 })), { minLength: 1, maxLength: 3 })
  .map((pairs) => new Map(pairs));
const shelves = fc
  .array(fc.array(fc.tuple(fc.constantFrom(...SKUS), fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 3 }), {
    maxLength: 7,
  })
  .map((all): Shelf[] => all.map((pieces, i) => ({ location: `w${i}`, pieces: new Map(pieces) })));
const costs = fc.array(fc.option(fc.nat(20), { nil: undefined }), { minLength: 7, maxLength: 7 });
const costFrom = (figures: readonly (number | undefined)[]) => (location: string) => figures[Number(location.slice(1))];

type Wanted = ReadonlyMap<string, number>;

/** Takes from the shelves in this order and answers who gave something, and how many pieces in all. */
function taken(wants: Wanted, asked: readonly Shelf[]): { from: string[]; pieces: number } {
  const left = new Map(wants);
  const from: string[] = [];
  let pieces = 0;
  for (const shelf of asked) {
    let given = 0;
    for (const [sku, missing] of left) {
      const served = Math.min(missing, shelf.pieces.get(sku) ?? 0);
      left.set(sku, missing - served);
      given += served;
    }
    if (given > 0) from.push(shelf.location);
    pieces += given;
  }
  return { from, pieces };
}

/** Every set of shelves that serves as much as all of them do. */
function fullSets(wants: Wanted, all: readonly Shelf[]): string[][] {
  const most = taken(wants, all).pieces;
  const sets: string[][] = [];
  for (let mask = 0; mask < 2 ** all.length; mask++) {
    const some = all.filter((_, i) => (mask & (2 ** i)) !== 0);
    if (taken(wants, some).pieces === most) sets.push(some.map(({ location }) => location));
  }
  return sets;
}

const chosen = (strategy: Strategy, wants: Wanted, all: readonly Shelf[], figures: readonly (number | undefined)[]) =>
  taken(wants, choose(strategy, wants, all, costFrom(figures)));

describe("whatever is wanted and wherever it lies", () => {
  test("every strategy serves all there is, and from one location what one location has", () => {
    fc.assert(
      fc.property(fc.constantFrom(...STRATEGIES), wanted, shelves, costs, (strategy, wants, all, figures) => {
        const found = chosen(strategy, wants, all, figures);
        expect(found.pieces).toBe(taken(wants, all).pieces);
        const ordered = [...wants.values()].reduce((sum, pieces) => sum + pieces, 0);
        if (all.some((shelf) => taken(wants, [shelf]).pieces === ordered)) expect(found.from).toHaveLength(1);
      }),
      { numRuns: 500 },
    );
  });

  test("FEWEST_SPLITS makes as few parcels as possible", () => {
    fc.assert(
      fc.property(wanted, shelves, costs, (wants, all, figures) => {
        const fewest = Math.min(...fullSets(wants, all).map((set) => set.length));
        expect(chosen("FEWEST_SPLITS", wants, all, figures).from).toHaveLength(fewest);
      }),
      { numRuns: 500 },
    );
  });

  test("COST splits so that the parcels cost least, as far as costs are known", () => {
    fc.assert(
      fc.property(wanted, shelves, costs, (wants, all, figures) => {
        const costOf = (from: readonly string[]) => {
          const each = from.map(costFrom(figures));
          const unknown = each.filter((cost) => cost === undefined).length;
          return [unknown, each.reduce((sum: number, cost) => sum + (cost ?? 0), 0)] as const;
        };
        const { from } = chosen("COST", wants, all, figures);
        const ordered = [...wants.values()].reduce((sum, pieces) => sum + pieces, 0);
        const whole = all.filter((shelf) => taken(wants, [shelf]).pieces === ordered);
        const possible = whole.length > 0 ? whole.map(({ location }) => [location]) : fullSets(wants, all);
        const cheapest = possible.map(costOf).sort((a, b) => a[0] - b[0] || a[1] - b[1])[0];
        if (whole.length === 0) expect(costOf(from)).toEqual(cheapest);
      }),
      { numRuns: 500 },
    );
  });

  test("ties are decided by the order of the sale alone: the same shelves in it give the same answer", () => {
    fc.assert(
      fc.property(fc.constantFrom(...STRATEGIES), wanted, shelves, costs, (strategy, wants, all, figures) => {
        const reversed = all.map(({ location, pieces }) => ({ location, pieces: new Map([...pieces].reverse()) }));
        const backwards = new Map([...wants].reverse());
        expect(chosen(strategy, backwards, reversed, figures)).toEqual(chosen(strategy, wants, all, figures));
      }),
      { numRuns: 300 },
    );
  });
});

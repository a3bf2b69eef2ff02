import { describe, expect, test } from "@jest/globals";
import { type Balance, type Balances, EMPTY_BALANCE, foldMovement } from "@septet/stock-contracts";
import fc from "fast-check";
import { type FoldedMovement, foldSlice, placeKey, placesOf } from "../../src/domain/running-balances.js";

const place = fc.constantFrom("WUHAN", "BEIJING");
const quantity = fc.integer({ min: 1, max: 50 });
const sku = fc.constantFrom("SOCKS-3", "PHONE-1");

const movement: fc.Arbitrary<FoldedMovement> = fc.oneof(
  fc.record({ sku, place, quantity }).map(({ sku, place: location, quantity: delta }) => ({
    sku,
    legs: [
      { location, bucket: "total", delta },
      { location, bucket: "sellable", delta },
    ],
  })),
  fc.record({ sku, quantity }).map(({ sku, quantity: q }) => ({
    sku,
    legs: [
      { location: "WUHAN", bucket: "transferReserved", delta: -q },
      { location: "WUHAN", bucket: "inTransit", delta: -q },
      { location: "BEIJING", bucket: "total", delta: q },
      { location: "BEIJING", bucket: "sellable", delta: q },
    ],
  })),
);

describe("A folded slice", () => {
  test("leaves the same balances as folding its movements one by one, after each of them", () => {
    fc.assert(
      fc.property(fc.array(movement, { maxLength: 30 }), quantity, (movements, opening) => {
        const opened: Balance = { ...EMPTY_BALANCE, total: opening, sellable: opening };
        const before = new Map([[placeKey("SOCKS-3", "WUHAN"), opened]]);
        const { changes, history } = foldSlice(before, movements);

        const bySku = new Map<string, Balances>([["SOCKS-3", new Map([["WUHAN", opened]])]]);
        const expected = movements.flatMap((one, index) => {
          const after = foldMovement(bySku.get(one.sku) ?? new Map(), one);
          bySku.set(one.sku, after);
          const touched = [...new Set(one.legs.map((leg) => leg.location))];
          return touched.map((location) => ({ movement: index, sku: one.sku, location, after: after.get(location) }));
        });
        expect(history).toEqual(expected);
        for (const change of changes) {
          const start = before.get(placeKey(change.sku, change.location)) ?? EMPTY_BALANCE;
          const end = bySku.get(change.sku)!.get(change.location)!;
          expect(change.delta.total).toBe(end.total - start.total);
          expect(change.delta.inTransit).toBe(end.inTransit - start.inTransit);
        }
        expect(new Set(changes.map((c) => placeKey(c.sku, c.location)))).toEqual(
          new Set(placesOf(movements).map((p) => placeKey(p.sku, p.location))),
        );
      }),
    );
  });

  test("folds total from its own legs, so that an unbalanced movement stays visible", () => {
    const lost = { sku: "SOCKS-3", legs: [{ location: "WUHAN", bucket: "sellable", delta: 5 }] };
    const { changes } = foldSlice(new Map(), [lost]);
    expect(changes[0]!.delta).toEqual({ ...EMPTY_BALANCE, sellable: 5 });
  });
});

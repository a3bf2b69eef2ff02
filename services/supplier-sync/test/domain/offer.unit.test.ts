import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { explainOffer, type OfferBasis } from "../../src/domain/offer.js";
import { DEFAULT_TERMS, type SupplierTerms } from "../../src/domain/terms.js";

const HOUR_MS = 3_600_000;
const AS_OF = 1_700_000_000_000;
const BOOK: OfferBasis = {
  reported: { quantity: 100, kept: null, asOf: AS_OF },
  offering: true,
  onTrial: false,
  open: 0,
  counted: [],
  departed: [],
  soldPieces: 0,
};
const at = (basis: Partial<OfferBasis>, now = AS_OF, terms: Partial<SupplierTerms> = {}) =>
  explainOffer({ ...BOOK, ...basis }, { terms: { ...DEFAULT_TERMS, ...terms }, until: null }, now);

test("the book's 100 reported are 80 listed", () => {
  expect(at({}).virtual).toBe(80);
  expect(at({}).buffer).toEqual({ pieces: 20, rule: "REPORT_PERCENT" });
});

test("what is kept for us is offered without buffer, at most what was reported", () => {
  expect(at({ reported: { quantity: 100, kept: 30, asOf: AS_OF } }).virtual).toBe(30 + 50);
  expect(at({ reported: { quantity: 20, kept: 30, asOf: AS_OF } }).virtual).toBe(20);
});

test("a silent feed fades to what is kept, then to nothing, and promises of before stay covered", () => {
  const kept = { quantity: 100, kept: 30, asOf: AS_OF };
  const worthAfter = (hours: number, open = 0) => at({ reported: kept, open }, AS_OF + hours * HOUR_MS).virtual;
  expect([24, 25, 37, 49, 61, 72].map((hours) => worthAfter(hours))).toEqual([80, 67, 55, 42, 30, 30]);
  expect(worthAfter(73)).toBe(0);
  expect(worthAfter(73, 12)).toBe(12);
});

test("pieces that the supplier had counted by its report are added, those that left uncounted are taken off", () => {
  const counted = [
    { at: AS_OF, pieces: 7 },
    { at: AS_OF + 1, pieces: 100 },
  ];
  expect(at({ counted, open: 10 }).virtual).toBe(80 + 7);
  const departed = [
    { at: AS_OF + 1, countedAt: null, pieces: 3 },
    { at: AS_OF + 1, countedAt: AS_OF - 1, pieces: 50 },
    { at: AS_OF + 2, countedAt: AS_OF + 1, pieces: 4 },
    { at: AS_OF, countedAt: null, pieces: 60 },
  ];
  expect(at({ departed }).virtual).toBe(80 - 3 - 4);
});

test("while nothing may be offered only what is open stands", () => {
  expect(at({ offering: false, open: 9 }).virtual).toBe(9);
  expect(at({ reported: null, open: 9 }).virtual).toBe(9);
});

test("a supplier on trial is listed with the larger buffer", () => {
  expect(at({ onTrial: true }).virtual).toBe(60);
});

test("shipping counted or uncounted pieces never makes room for more sales before the next report", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 500 }),
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 0, max: 50 }),
      fc.boolean(),
      (quantity, held, shipped, wasCounted) => {
        const pieces = Math.min(held, shipped);
        const reported = { quantity, kept: null, asOf: AS_OF };
        const countedAt = wasCounted ? AS_OF - 1 : null;
        const before = at({ reported, open: held, counted: wasCounted ? [{ at: AS_OF - 1, pieces: held }] : [] });
        const after = at({
          reported,
          open: held - pieces,
          counted: wasCounted ? [{ at: AS_OF - 1, pieces: held - pieces }] : [],
          departed: [{ at: AS_OF + 1, countedAt, pieces }],
        });
        const sellable = (virtual: number, open: number) => virtual - open;
        expect(sellable(after.virtual, held - pieces)).toBeLessThanOrEqual(sellable(before.virtual, held));
      },
    ),
  );
});

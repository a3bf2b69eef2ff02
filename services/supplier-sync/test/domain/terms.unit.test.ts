import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  DEFAULT_TERMS,
  flawsOf,
  NO_TERMS_YET,
  type SupplierTerms,
  type TermsVersion,
  termsOn,
} from "../../src/domain/terms.js";
import { days } from "../support/zones.js";

const agreed = (version: number, effectiveFrom: string, terms: Partial<SupplierTerms> = {}): TermsVersion => ({
  version,
  effectiveFrom,
  terms: { ...DEFAULT_TERMS, ...terms },
});
const fieldsOf = (terms: Partial<SupplierTerms>) => flawsOf({ ...DEFAULT_TERMS, ...terms }).map(({ field }) => field);

describe("the terms of a supplier", () => {
  test("hold from their effective day until the next ones do", () => {
    const versions = [agreed(1, "2026-01-01"), agreed(2, "2026-03-01")];
    expect(termsOn(versions, "2026-02-28").version).toBe(1);
    expect(termsOn(versions, "2026-03-01").version).toBe(2);
    expect(termsOn(versions, "2030-01-01").version).toBe(2);
  });

  test("are the defaults before the first were agreed", () => {
    expect(termsOn([agreed(1, "2026-01-01")], "2025-12-31")).toBe(NO_TERMS_YET);
    expect(NO_TERMS_YET.terms).toMatchObject({ cutOff: "22:00", confirmationDue: "23:00", plausibleFactor: 10 });
  });

  test("agreed again for the same day replace those of before", () => {
    expect(termsOn([agreed(3, "2026-01-01"), agreed(2, "2026-01-01")], "2026-01-01").version).toBe(3);
  });

  test("agreed later for an earlier day give way to those of a later day", () => {
    const versions = [agreed(1, "2026-01-01"), agreed(2, "2026-06-01"), agreed(3, "2026-04-01")];
    expect(termsOn(versions, "2026-05-01").version).toBe(3);
    expect(termsOn(versions, "2026-06-01").version).toBe(2);
  });

  test("are the same in whatever order the versions are looked at", () => {
    const versions = fc
      .array(days, { maxLength: 6 })
      .map((all) => all.map((day, i) => agreed(i + 1, day)))
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(
      fc.property(versions, days, ([all, shuffled], day) => {
        const inForce = termsOn(all, day);
        expect(termsOn(shuffled, day)).toBe(inForce);
        for (const other of all) {
          const later = other.effectiveFrom <= day && other.effectiveFrom > inForce.effectiveFrom;
          expect(later).toBe(false);
        }
      }),
    );
  });
});

describe("terms that contradict themselves", () => {
  test("are named by field", () => {
    expect(flawsOf(DEFAULT_TERMS)).toEqual([]);
    expect(fieldsOf({ freshness: { fadeAfterMinutes: 60, zeroAfterMinutes: 60, steps: 1 } })).toEqual([
      "freshness.zeroAfterMinutes",
    ]);
    expect(fieldsOf({ updateDeadlines: ["18:00", "09:00"] })).toEqual(["updateDeadlines"]);
    expect(fieldsOf({ updateDeadlines: ["09:00", "09:00"] })).toEqual(["updateDeadlines"]);
    expect(fieldsOf({ cutOff: "22:00", confirmationDue: "22:00" })).toEqual(["confirmationDue"]);
    expect(fieldsOf({ tiers: { ...DEFAULT_TERMS.tiers, longTailDailySales: 21 } })).toEqual([
      "tiers.longTailDailySales",
    ]);
    expect(
      fieldsOf({ tiers: { ...DEFAULT_TERMS.tiers, everyMinutes: { HOT: 60, MIDDLE: 30, LONG_TAIL: 60 } } }),
    ).toEqual(["tiers.everyMinutes"]);
  });

  test("have settlement tiers out of order, or two rules for one metric", () => {
    const tiers = (...values: number[]) => values.map((fromBp) => ({ fromBp, adjustmentBp: 0 }));
    const fill = { metric: "FILL_RATE", elseBp: 0 } as const;
    const short = { metric: "SHORTAGE_RATE", elseBp: 0 } as const;
    expect(fieldsOf({ settlement: [{ ...fill, tiers: tiers(9_800, 9_500) }] })).toEqual([]);
    expect(fieldsOf({ settlement: [{ ...short, tiers: tiers(100, 500) }] })).toEqual([]);
    expect(fieldsOf({ settlement: [{ ...fill, tiers: tiers(9_500, 9_800) }] })).toEqual(["settlement[0].tiers"]);
    expect(fieldsOf({ settlement: [{ ...short, tiers: tiers(500, 100) }] })).toEqual(["settlement[0].tiers"]);
    const twice = [fill, fill].map((rule) => ({ ...rule, tiers: tiers(9_800) }));
    expect(fieldsOf({ settlement: twice })).toEqual(["settlement[1].metric"]);
  });
});

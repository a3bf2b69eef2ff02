import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { markOf, type ReportedChange } from "../../src/domain/big-change.js";
import { DEFAULT_TERMS } from "../../src/domain/terms.js";

const MINUTE_MS = 60_000;
const change = (before: number, after: number, how: Partial<ReportedChange> = {}): ReportedChange => ({
  before,
  after,
  asOf: 0,
  receivedAt: 0,
  scheduled: false,
  ...how,
});
const mark = (before: number, after: number, how?: Partial<ReportedChange>) =>
  markOf(change(before, after, how), DEFAULT_TERMS);

describe("a reported change", () => {
  test("of 30 % is ordinary where the contract says 30, and of a piece more is big", () => {
    expect(mark(100, 70)).toBe("ORDINARY");
    expect(mark(100, 130)).toBe("ORDINARY");
    expect(mark(100, 69)).toBe("BIG");
    expect(mark(100, 131)).toBe("BIG");
  });

  test("from nothing to something is always big, from nothing to nothing none", () => {
    expect(mark(0, 1)).toBe("BIG");
    expect(mark(0, 0)).toBe("ORDINARY");
  });

  test("that is big is late more than 15 minutes after its as-of", () => {
    expect(mark(100, 40, { receivedAt: 15 * MINUTE_MS })).toBe("BIG");
    expect(mark(100, 40, { receivedAt: 15 * MINUTE_MS + 1 })).toBe("BIG_AND_LATE");
    expect(mark(100, 90, { receivedAt: 60 * MINUTE_MS })).toBe("ORDINARY");
  });

  test("that is big is late in a scheduled report without an as-of, and in time in a push without one", () => {
    expect(mark(100, 40, { asOf: null, scheduled: true })).toBe("BIG_AND_LATE");
    expect(mark(100, 40, { asOf: null, scheduled: false })).toBe("BIG");
  });

  test("is big by the exact share, for any quantities and any X", () => {
    const pieces = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(pieces, pieces, fc.integer({ min: 0, max: 10_000 }), (before, after, bigChangePercent) => {
        const big = markOf(change(before, after), { bigChangePercent, lateAfterMinutes: 15 }) !== "ORDINARY";
        const share = BigInt(Math.abs(after - before)) * 100n > BigInt(bigChangePercent) * BigInt(before);
        expect(big).toBe(share);
      }),
    );
  });
});

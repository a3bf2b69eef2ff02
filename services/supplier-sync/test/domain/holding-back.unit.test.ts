import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { bufferOf, keptOf } from "../../src/domain/holding-back.js";

const rule = (fixedPieces: number, reportPercent: number, dailySalesPercent: number) => ({
  fixedPieces,
  reportPercent,
  dailySalesPercent,
});
/** 10 pieces a day. */
const SOLD = 280;

describe("the buffer of a report", () => {
  test("of 20 % leaves 80 of 100 reported", () => {
    expect(bufferOf(rule(0, 20, 0), 100, SOLD)).toEqual({ pieces: 20, rule: "REPORT_PERCENT" });
  });

  test("is the largest of the three and names its rule", () => {
    expect(bufferOf(rule(30, 20, 100), 100, SOLD)).toEqual({ pieces: 30, rule: "FIXED" });
    expect(bufferOf(rule(5, 20, 100), 100, SOLD)).toEqual({ pieces: 20, rule: "REPORT_PERCENT" });
    expect(bufferOf(rule(5, 20, 300), 100, SOLD)).toEqual({ pieces: 30, rule: "DAILY_SALES_PERCENT" });
    expect(bufferOf(rule(0, 0, 0), 100, SOLD)).toEqual({ pieces: 0, rule: "NONE" });
  });

  test("rounds up, and even shares stay even", () => {
    expect(bufferOf(rule(0, 20, 0), 1, 0).pieces).toBe(1);
    expect(bufferOf(rule(0, 7, 0), 100, 0).pieces).toBe(7);
    expect(bufferOf(rule(0, 0, 30), 0, SOLD).pieces).toBe(3);
    expect(bufferOf(rule(0, 0, 30), 0, SOLD + 1).pieces).toBe(4);
  });

  test("takes no heed of sales that were taken back", () => {
    expect(bufferOf(rule(0, 0, 100), 10, -28)).toEqual({ pieces: 0, rule: "NONE" });
  });

  test("is no less than any of the three and never a fraction, for any report", () => {
    const whole = (max: number) => fc.integer({ min: 0, max });
    fc.assert(
      fc.property(
        whole(1_000),
        whole(100),
        whole(1_000),
        whole(1_000_000),
        whole(1_000_000),
        (f, r, d, reported, sold) => {
          const { pieces } = bufferOf(rule(f, r, d), reported, sold);
          const ceil = (a: bigint, b: bigint) => (a + b - 1n) / b;
          const shares = [BigInt(f), ceil(BigInt(r) * BigInt(reported), 100n), ceil(BigInt(d) * BigInt(sold), 2_800n)];
          expect(BigInt(pieces)).toBe(shares.reduce((a, b) => (a > b ? a : b)));
        },
      ),
    );
  });
});

describe("what a supplier keeps for us", () => {
  test("is what the report states, else what was agreed", () => {
    expect(keptOf({ rule: "FIXED", pieces: 40 }, 12, SOLD)).toBe(12);
    expect(keptOf({ rule: "FIXED", pieces: 40 }, 0, SOLD)).toBe(0);
    expect(keptOf({ rule: "FIXED", pieces: 40 }, null, SOLD)).toBe(40);
    expect(keptOf({ rule: "NONE" }, null, SOLD)).toBe(0);
  });

  test("of half our daily sales is rounded down", () => {
    expect(keptOf({ rule: "DAILY_SALES", percent: 50 }, null, SOLD)).toBe(5);
    expect(keptOf({ rule: "DAILY_SALES", percent: 50 }, null, SOLD - 1)).toBe(4);
    expect(keptOf({ rule: "DAILY_SALES", percent: 50 }, null, -28)).toBe(0);
  });
});

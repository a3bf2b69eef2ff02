import { describe, expect, test } from "@jest/globals";
import { DEFAULT_TERMS } from "../../src/domain/terms.js";
import { TERMS } from "../../src/http/terms-schema.js";

const pathsOf = (value: unknown) => TERMS.safeParse(value).error?.issues.map(({ path }) => path.join("."));

describe("terms that come over HTTP", () => {
  test("are the defaults where they say nothing", () => {
    expect(TERMS.parse({})).toEqual(DEFAULT_TERMS);
    expect(TERMS.parse({ freshness: { fadeAfterMinutes: 60 } }).freshness).toEqual({
      ...DEFAULT_TERMS.freshness,
      fadeAfterMinutes: 60,
    });
  });

  test("hold back nothing by a rule that a stated buffer leaves out", () => {
    expect(TERMS.parse({ buffer: { fixedPieces: 3 } }).buffer).toEqual({
      fixedPieces: 3,
      reportPercent: 0,
      dailySalesPercent: 0,
    });
  });

  test("are refused where a field is out of range, naming it", () => {
    expect(pathsOf({ cutOff: "24:00" })).toEqual(["cutOff"]);
    expect(pathsOf({ kept: { rule: "DAILY_SALES", percent: 51 } })).toEqual(["kept.percent"]);
    expect(pathsOf({ kept: { rule: "DAILY_SALES", percent: 19 } })).toEqual(["kept.percent"]);
    expect(pathsOf({ buffer: { reportPercent: 101 } })).toEqual(["buffer.reportPercent"]);
    expect(pathsOf({ updateDeadlines: [] })).toEqual(["updateDeadlines"]);
    expect(TERMS.safeParse({ unheardOf: 1 }).success).toBe(false);
  });

  test("are refused where they contradict themselves, naming the field", () => {
    expect(pathsOf({ updateDeadlines: ["18:00", "09:00"] })).toEqual(["updateDeadlines"]);
    const tiers = [9_000, 9_500].map((fromBp) => ({ fromBp, adjustmentBp: 100 }));
    expect(pathsOf({ settlement: [{ metric: "FILL_RATE", tiers }] })).toEqual(["settlement.0.tiers"]);
  });
});

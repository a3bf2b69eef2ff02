import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { basisPointsOf, compareToBp } from "../../src/domain/ratio.js";
import { type OrderLineFact, type Scorecard, type ScorecardFacts, scorecardOf } from "../../src/domain/scorecard.js";
import { adjustmentMinor, settlementOf } from "../../src/domain/settlement.js";

const PERIOD = { from: 1_000, to: 2_000, knownBefore: 3_000 };
const NOTHING: ScorecardFacts = { counts: [], reportsDue: [], lines: [], bigChanges: [] };
const line = (pieces: number, fact: Partial<OrderLineFact> = {}): OrderLineFact => ({
  sentAt: 1_500,
  pieces,
  confirmationDueAt: 1_600,
  answeredAt: 1_550,
  events: [],
  ...fact,
});
const shipped = (pieces: number, at = 1_700) => ({ at, kind: "SHIPPED", pieces }) as const;
const short = (pieces: number, keptPieces = 0) => ({ at: 1_700, kind: "SHORT", pieces, keptPieces }) as const;
const excused = (pieces: number) => ({ at: 1_700, kind: "EXCUSED", pieces }) as const;
const card = (facts: Partial<ScorecardFacts>): Scorecard => scorecardOf({ ...NOTHING, ...facts }, PERIOD);

describe("the scorecard of a supplier", () => {
  test("of a period in which nothing happened measures nothing", () => {
    expect(card({})).toMatchObject({ score: null, bigChanges: 0, keptBreachPieces: 0 });
    expect(new Set(Object.values(card({}).basisPoints))).toEqual(new Set([null]));
  });

  test("has a stock accuracy of 1 − the sum of the differences ÷ what was recorded", () => {
    const counts = [
      { approvedAt: 1_500, counted: 90, recorded: 100 },
      { approvedAt: 1_500, counted: 105, recorded: 100 },
      { approvedAt: 999, counted: 0, recorded: 1_000 },
      { approvedAt: 2_000, counted: 0, recorded: 1_000 },
    ];
    expect(card({ counts }).ratios.STOCK_ACCURACY).toEqual({ part: 185, of: 200 });
    expect(card({ counts }).basisPoints.STOCK_ACCURACY).toBe(9_250);
  });

  test("has an accuracy of 0 where more is wrong than was recorded", () => {
    const found = [{ approvedAt: 1_500, counted: 50, recorded: 10 }];
    expect(card({ counts: found }).basisPoints.STOCK_ACCURACY).toBe(0);
    expect(card({ counts: [{ ...found[0]!, recorded: 0 }] }).basisPoints.STOCK_ACCURACY).toBe(0);
  });

  test("has a fill rate of what was shipped of what was sent, the supplier's fault only", () => {
    const lines = [line(10, { events: [shipped(7), short(3)] }), line(10, { events: [shipped(2), excused(8)] })];
    expect(card({ lines }).ratios.FILL_RATE).toEqual({ part: 9, of: 12 });
  });

  test("counts what is still under way on neither side", () => {
    const lines = [line(10, { events: [shipped(4)] }), line(10)];
    expect(card({ lines }).ratios.FILL_RATE).toEqual({ part: 4, of: 4 });
    expect(card({ lines }).ratios.SHORTAGE_RATE).toEqual({ part: 0, of: 1 });
  });

  test("has a shortage rate by lines: as often as a shopper meets one", () => {
    const lines = [line(100, { events: [shipped(99), short(1)] }), line(1, { events: [shipped(1)] })];
    expect(card({ lines }).basisPoints.SHORTAGE_RATE).toBe(5_000);
    expect(card({ lines }).basisPoints.FILL_RATE).toBe(9_901);
  });

  test("names the pieces short that were kept for us", () => {
    const lines = [line(10, { events: [short(4, 3)] }), line(10, { events: [short(2, 1), shipped(8)] })];
    expect(card({ lines }).keptBreachPieces).toBe(4);
  });

  test("knows reports and confirmations that came in time, to the very deadline", () => {
    const reportsDue = [
      { dueAt: 1_100, receivedAt: 1_100 },
      { dueAt: 1_200, receivedAt: 1_201 },
      { dueAt: 1_300, receivedAt: null },
      { dueAt: 2_000, receivedAt: null },
    ];
    const lines = [line(1, { answeredAt: 1_600 }), line(1, { answeredAt: 1_601 }), line(1, { answeredAt: null })];
    const { ratios } = card({ reportsDue, lines });
    expect(ratios.ON_TIME_REPORTS).toEqual({ part: 1, of: 3 });
    expect(ratios.ON_TIME_CONFIRMATIONS).toEqual({ part: 1, of: 3 });
  });

  test("counts big changes and the late ones among them", () => {
    const bigChanges = [true, false, true].map((late) => ({ receivedAt: 1_500, late }));
    expect(card({ bigChanges })).toMatchObject({ bigChanges: 3, bigChangesLate: 2 });
  });

  test("comes to one score: the mean of what was measured, shortages turned round", () => {
    const lines = [line(4, { events: [shipped(3), short(1)] })];
    // Fill rate 75 %, confirmations 100 %, a shortage in every line: 0 %.
    expect(card({ lines }).score).toBe(Math.round((7_500 + 10_000 + 0) / 3));
  });

  test("of the past stays as it was whatever happens later", () => {
    const before = [line(10, { events: [shipped(4)] })];
    const after = [line(10, { events: [shipped(4), { ...short(6), at: 3_000 }] }), line(5, { sentAt: 2_000 })];
    const first = card({ lines: before });
    expect(card({ lines: after }).ratios.FILL_RATE).toEqual(first.ratios.FILL_RATE);
  });

  test("rests on the facts and not on their order", () => {
    const events = fc.array(
      fc.record({
        at: fc.integer({ min: 900, max: 3_100 }),
        kind: fc.constantFrom("SHIPPED" as const, "SHORT" as const, "EXCUSED" as const),
        pieces: fc.integer({ min: 1, max: 9 }),
      }),
      { maxLength: 4 },
    );
    const instant = fc.integer({ min: 900, max: 2_100 });
    const lines = fc.array(
      fc.record({
        sentAt: instant,
        pieces: fc.integer({ min: 1, max: 50 }),
        confirmationDueAt: instant,
        answeredAt: fc.option(instant),
        events,
      }),
      { maxLength: 8 },
    );
    const shuffled = lines.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        const one = card({ lines: all });
        expect(card({ lines: other })).toEqual(one);
        for (const bp of Object.values(one.basisPoints)) {
          if (bp !== null) expect(bp >= 0 && bp <= 10_000).toBe(true);
        }
      }),
    );
  });
});

describe("a share", () => {
  test("is compared exactly: 9,499.5 basis points show as 9,500 and do not reach 9,500", () => {
    const ratio = { part: 18_999, of: 20_000 };
    expect(basisPointsOf(ratio)).toBe(9_500);
    expect(compareToBp(ratio, 9_500)).toBe(-1);
  });

  test("shows the basis points nearest to it, for any two numbers", () => {
    const numbers = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const ratio = { part: Math.min(a, b), of: Math.max(a, b) };
        const bp = basisPointsOf(ratio)!;
        const off = BigInt(bp) * BigInt(ratio.of) - BigInt(ratio.part) * 10_000n;
        expect((off < 0n ? -off : off) * 2n <= BigInt(ratio.of)).toBe(true);
        expect(compareToBp(ratio, bp)).toBe(off > 0n ? -1 : off < 0n ? 1 : 0);
      }),
    );
  });
});

describe("a settlement", () => {
  const RULES = [
    {
      metric: "FILL_RATE",
      tiers: [
        { fromBp: 9_800, adjustmentBp: 100 },
        { fromBp: 9_500, adjustmentBp: 0 },
        { fromBp: 9_000, adjustmentBp: -200 },
      ],
      elseBp: -500,
    },
    { metric: "SHORTAGE_RATE", tiers: [{ fromBp: 200, adjustmentBp: 50 }], elseBp: -50 },
  ] as const;
  const ratios = (fill: number, shortages: number) => ({
    ...card({}).ratios,
    FILL_RATE: { part: fill, of: 10_000 },
    SHORTAGE_RATE: { part: shortages, of: 10_000 },
  });
  const adjustment = (fill: number, shortages: number) =>
    settlementOf(RULES, { ratios: ratios(fill, shortages) }).rules.map(({ adjustmentBp }) => adjustmentBp);

  test("takes the best tier that was reached, a shortage rate from below", () => {
    expect(adjustment(9_800, 200)).toEqual([100, 50]);
    expect(adjustment(9_799, 201)).toEqual([0, -50]);
    expect(adjustment(9_000, 0)).toEqual([-200, 50]);
    expect(adjustment(8_999, 10_000)).toEqual([-500, -50]);
  });

  test("adds up its rules, and leaves out what was not measured", () => {
    expect(settlementOf(RULES, { ratios: ratios(9_900, 100) }).adjustmentBp).toBe(150);
    expect(settlementOf(RULES, card({})).adjustmentBp).toBe(0);
  });

  test("is rounded to the nearest cent, half a cent away from 0", () => {
    expect(adjustmentMinor(123_456, 100)).toBe(1_235);
    expect(adjustmentMinor(50, 100)).toBe(1);
    expect(adjustmentMinor(50, -100)).toBe(-1);
    expect(adjustmentMinor(49, -100)).toBe(0);
    expect(adjustmentMinor(1_000_000_000_000, -10_000)).toBe(-1_000_000_000_000);
  });
});

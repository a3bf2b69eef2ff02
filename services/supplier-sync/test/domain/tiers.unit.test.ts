import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { spreadOf } from "../../src/domain/spread.js";
import { DEFAULT_TERMS, TIERS, type Tier } from "../../src/domain/terms.js";
import { nextLookAt, tierOf } from "../../src/domain/tiers.js";

const RULE = DEFAULT_TERMS.tiers;
/** Sells so many a day, and may still sell so many. */
const facts = (perDay: number, offered: number) => ({ soldPieces: perDay * 28, offered });
const tier = (perDay: number, offered: number, current: Tier | null = null) =>
  tierOf(RULE, facts(perDay, offered), current);

describe("a SKU at a supplier", () => {
  test("is hot when it sells fast, of the middle when it sells, and of the long tail when it hardly does", () => {
    expect(tier(20, 1_000)).toBe("HOT");
    expect(tier(19, 1_000)).toBe("MIDDLE");
    expect(tier(1, 1_000)).toBe("MIDDLE");
    expect(tier(0.5, 1_000)).toBe("LONG_TAIL");
    expect(tier(0, 0)).toBe("LONG_TAIL");
  });

  test("is hot when it is nearly sold out, however slowly it sells", () => {
    expect(tier(5, 5)).toBe("HOT");
    expect(tier(5, 6)).toBe("MIDDLE");
    expect(tier(0.5, 0)).toBe("HOT");
  });

  test("gets faster at once, and slower only when it is well below the limit", () => {
    expect(tier(20, 1_000, "MIDDLE")).toBe("HOT");
    expect(tier(17, 1_000, "HOT")).toBe("HOT");
    expect(tier(15, 1_000, "HOT")).toBe("MIDDLE");
    expect(tier(17, 1_000, "MIDDLE")).toBe("MIDDLE");
    expect(tier(0.9, 1_000, "MIDDLE")).toBe("MIDDLE");
    expect(tier(0.75, 1_000, "MIDDLE")).toBe("LONG_TAIL");
    expect(tier(0.9, 1_000, "LONG_TAIL")).toBe("LONG_TAIL");
    expect(tier(5, 6, "HOT")).toBe("HOT");
    expect(tier(0, 1_000, "HOT")).toBe("LONG_TAIL");
  });

  test("is of the tier that an operator has set", () => {
    expect(tierOf(RULE, facts(500, 0), "HOT", "LONG_TAIL")).toBe("LONG_TAIL");
  });
});

describe("for any sales and depth", () => {
  const anyFacts = fc.record({
    soldPieces: fc.integer({ min: -50, max: 2_000 }),
    offered: fc.integer({ min: 0, max: 500 }),
  });
  const current = fc.constantFrom(...TIERS);

  test("a tier once found stays while the figures do", () => {
    fc.assert(
      fc.property(anyFacts, fc.option(current), (figures, before) => {
        const found = tierOf(RULE, figures, before);
        expect(tierOf(RULE, figures, found)).toBe(found);
      }),
    );
  });

  test("selling more or having less never makes it slower", () => {
    fc.assert(
      fc.property(anyFacts, current, fc.nat(500), fc.nat(500), (figures, before, more, less) => {
        fc.pre(figures.soldPieces + more > 0);
        const hotter = { soldPieces: figures.soldPieces + more, offered: Math.max(0, figures.offered - less) };
        const rank = (one: typeof figures) => TIERS.indexOf(tierOf(RULE, one, before));
        expect(rank(hotter)).toBeLessThanOrEqual(rank(figures));
      }),
    );
  });

  test("figures that waver less than the hysteresis about a limit move it at most once", () => {
    fc.assert(
      fc.property(
        current,
        fc.array(fc.integer({ min: 450, max: 670 }), { minLength: 2, maxLength: 30 }),
        (first, sold) => {
          let before = tierOf(RULE, { soldPieces: sold[0]!, offered: 100_000 }, first);
          let moves = 0;
          for (const soldPieces of sold) {
            const after = tierOf(RULE, { soldPieces, offered: 100_000 }, before);
            if (after !== before) moves++;
            before = after;
          }
          expect(moves).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

describe("the next look", () => {
  test("is a minute later for the hot, half an hour for the middle and half a day for the long tail", () => {
    expect(TIERS.map((one) => nextLookAt(RULE, one, 0, 0) / 60_000)).toEqual([1, 30, 720]);
  });

  test("is never later than that, and at most a tenth earlier", () => {
    fc.assert(
      fc.property(fc.constantFrom(...TIERS), fc.string(), (one, key) => {
        const whole = RULE.everyMinutes[one] * 60_000;
        const wait = nextLookAt(RULE, one, 1_000, spreadOf(key)) - 1_000;
        expect(wait).toBeLessThanOrEqual(whole);
        expect(wait).toBeGreaterThanOrEqual(whole * 0.9);
      }),
    );
  });

  test("falls evenly over the jitter for suppliers with names alike", () => {
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < 2_000; i++) tenths[Math.floor(spreadOf(`supplier-${i}`) * 10)]! += 1;
    for (const share of tenths) {
      expect(share).toBeGreaterThan(140);
      expect(share).toBeLessThan(260);
    }
  });
});

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { faded, freshnessOf } from "../../src/domain/freshness.js";

const MINUTE_MS = 60_000;
/** Fades after an hour, to nothing after three. */
const RULE = { fadeAfterMinutes: 60, zeroAfterMinutes: 180, steps: 4 };
const at = (minutes: number, ms = 0) => freshnessOf(RULE, 0, minutes * MINUTE_MS + ms);
const worth = (minutes: number, ms = 0) => at(minutes, ms).worth;

describe("an offer", () => {
  test("stands whole up to its freshness limit", () => {
    expect(at(0)).toMatchObject({ worth: 4, of: 4, keptStands: true, changesAt: 60 * MINUTE_MS + 1 });
    expect(worth(60)).toBe(4);
    expect(faded(79, at(60))).toBe(79);
  });

  test("fades past it step by step to what is kept for us", () => {
    expect([worth(60, 1), worth(90), worth(90, 1), worth(120, 1), worth(150, 1)]).toEqual([3, 3, 2, 1, 0]);
    expect(at(180)).toMatchObject({ worth: 0, keptStands: true, changesAt: 180 * MINUTE_MS + 1 });
    expect(faded(79, at(61))).toBe(59);
  });

  test("is nothing past the second limit, what is kept included", () => {
    expect(at(180, 1)).toEqual({ worth: 0, of: 4, keptStands: false, changesAt: null });
  });

  test("that fades in one step leaves what is kept at once", () => {
    const once = { ...RULE, steps: 1 };
    expect(freshnessOf(once, 0, 60 * MINUTE_MS + 1)).toMatchObject({ worth: 0, keptStands: true });
  });

  test("of a report that a fast clock dates ahead is fresh", () => {
    expect(freshnessOf(RULE, 5 * MINUTE_MS, 0).worth).toBe(4);
  });
});

describe("for any rule", () => {
  const rules = fc
    .record({
      fadeAfterMinutes: fc.integer({ min: 1, max: 5_000 }),
      more: fc.integer({ min: 1, max: 5_000 }),
      steps: fc.integer({ min: 1, max: 100 }),
    })
    .map(({ more, ...rule }) => ({ ...rule, zeroAfterMinutes: rule.fadeAfterMinutes + more }));
  const ages = fc.integer({ min: 0, max: 10_001 * MINUTE_MS });

  test("an offer only ever loses with age, one step at a time, and is nothing in the end", () => {
    fc.assert(
      fc.property(rules, fc.integer({ min: 0, max: 1_000_000 }), (rule, pieces) => {
        let now = 0;
        let before = freshnessOf(rule, 0, now);
        expect(faded(pieces, before)).toBe(pieces);
        while (before.changesAt !== null) {
          expect(before.changesAt).toBeGreaterThan(now);
          now = before.changesAt;
          const after = freshnessOf(rule, 0, now);
          expect(faded(pieces, after)).toBeLessThanOrEqual(faded(pieces, before));
          expect(after.keptStands ? before.worth - after.worth : before.worth).toBe(after.keptStands ? 1 : 0);
          before = after;
        }
        expect(now).toBe(rule.zeroAfterMinutes * MINUTE_MS + 1);
        expect(before).toMatchObject({ worth: 0, keptStands: false });
      }),
      { numRuns: 50 },
    );
  });

  test("nothing changes before the instant that was named", () => {
    fc.assert(
      fc.property(rules, ages, ages, (rule, age, other) => {
        const { changesAt, ...now } = freshnessOf(rule, 0, age);
        const { changesAt: _, ...then } = freshnessOf(rule, 0, other);
        if (other >= age && (changesAt === null || other < changesAt)) expect(then).toEqual(now);
        if (changesAt !== null && other >= changesAt) expect(then).not.toEqual(now);
      }),
      { numRuns: 300 },
    );
  });
});

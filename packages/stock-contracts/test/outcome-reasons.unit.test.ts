import { describe, expect, test } from "@jest/globals";
import { languageOf, OUTCOME_REASONS, type OutcomeKind, type OutcomeReason, outcomeText } from "../src/index.js";

const ALL = Object.entries(OUTCOME_REASONS).flatMap(([kind, reasons]) =>
  Object.entries(reasons as Record<string, OutcomeReason>).map(([code, reason]) => ({ kind, code, ...reason })),
);
const HAN = /\p{Script=Han}/u;

describe("every reason of an outcome", () => {
  test.each(ALL)("$kind $code has its meaning, and a text in English and in 中文", ({ meaning, en, zh }) => {
    expect(meaning).toMatch(/\w+ \w+/);
    expect(en).toMatch(/^\p{Lu}.*\.$/u);
    expect(en).not.toMatch(HAN);
    expect(zh).toMatch(HAN);
    expect(zh).not.toMatch(/[A-Za-z]/);
    expect(zh).toMatch(/。$/);
  });

  test.each(ALL)("$kind $code tells no quantity", ({ en, zh }) => {
    expect(`${en}${zh}`).not.toMatch(
      /\p{N}|[两几一二三四五六七八九十百千万](件|个|只)|\b(two|three|only|left)\b(?! unpaid)/u,
    );
  });

  test("is told with an apology when we cannot keep what was ordered, and when that is settled", () => {
    for (const { en, zh } of Object.values({ ...OUTCOME_REASONS.SHORTED, ...OUTCOME_REASONS.SETTLED })) {
      expect(en).toContain("We apologise");
      expect(zh).toMatch(/抱歉|歉意/);
    }
  });

  test("is a code of capitals that names it on the wire", () => {
    for (const { kind, code } of ALL) expect(`${kind} ${code}`).toMatch(/^[A-Z_]+ [A-Z][A-Z_]+$/);
  });
});

describe("a customer is told", () => {
  test("in the language of the order, whatever its region, and in English when it names none that we speak", () => {
    expect(["zh-CN", "zh", "ZH_hans", "en-GB"].map(languageOf)).toEqual(["zh", "zh", "zh", "en"]);
    expect(["fr", "", "english", null, undefined, 7].map(languageOf)).toEqual([null, null, null, null, null, null]);
    expect(outcomeText("REJECTED", "OUT_OF_STOCK", "zh")).toBe("抱歉，该商品库存不足。");
    expect(outcomeText("REJECTED", "OUT_OF_STOCK", null)).toBe("Sorry, this item is out of stock.");
  });

  test("never of a reason that is not on the list", () => {
    const told = outcomeText as (kind: OutcomeKind, code: string, language: null) => string;
    expect(() => told("REJECTED", "NO_SUCH_REASON", null)).toThrow(/NO_SUCH_REASON/);
  });
});

import { describe, expect, test } from "@jest/globals";
import { type Claim, type ClaimLine, type ClaimOutcome, type Settlement, settle } from "../../src/domain/claim.js";

const line = (name: string): ClaimLine => ({
  line: name,
  sku: `SKU-${name}`,
  location: "WUHAN",
  quantity: 2,
  reason: null,
  claimedMinor: 500,
  held: 2,
  sentBack: 0,
  missing: 0,
  outcome: null,
  creditedMinor: null,
});
const sent: Claim = {
  claimId: "c",
  against: "SUPPLIER",
  party: "Jingdezhen",
  reference: null,
  note: null,
  state: "SENT",
  outcome: null,
  currency: "CNY",
  creditedMinor: 0,
  openedAt: 1,
  openedBy: "clerk",
  sentAt: 2,
  closedAt: null,
  lines: [line("1"), line("2")],
};
type Told = [line: string, outcome: ClaimOutcome, creditedMinor: number | null];

const answered = (outcome: ClaimOutcome, creditedMinor: number | null, ...lines: Told[]) => {
  const told: Settlement = {
    outcome,
    creditedMinor,
    currency: null,
    lines: lines.map(([line, outcome, creditedMinor]) => ({ line, outcome, creditedMinor })),
  };
  const next = settle(sent, told, 3);
  return "code" in next
    ? [next.code, next.errors.map(({ field }) => field)]
    : [next.outcome, next.creditedMinor, next.lines.map((one) => [one.held, one.outcome, one.creditedMinor])];
};

describe("a claim that is settled", () => {
  test("as a whole or line by line lets its pieces go, and its credit is what was said as a whole, else the sum", () => {
    expect(answered("CREDITED", 700)).toEqual([
      "CREDITED",
      700,
      [
        [0, "CREDITED", null],
        [0, "CREDITED", null],
      ],
    ]);
    expect(answered("REJECTED", null, ["2", "CREDITED", 600])).toEqual([
      "MIXED",
      600,
      [
        [0, "REJECTED", null],
        [0, "CREDITED", 600],
      ],
    ]);
    expect(answered("CREDITED", 900, ["1", "CREDITED", 400]).slice(0, 2)).toEqual(["CREDITED", 900]);
    const both = answered("CREDITED", 900, ["1", "CREDITED", 400], ["2", "CREDITED", 500]);
    expect(both.slice(0, 2)).toEqual(["CREDITED", 900]);
  });

  test.each<[string, string, unknown[]]>([
    [
      "a rejected line has no amount, whatever the others have",
      "lines[1].creditedMinor",
      ["REPLACED", null, ["1", "CREDITED", 400], ["2", "REJECTED", 300]],
    ],
    [
      "a credited line has one, whatever the others have",
      "lines[1].creditedMinor",
      ["REPLACED", null, ["1", "CREDITED", 400], ["2", "CREDITED", null]],
    ],
    [
      "so has one that is credited like all that are not named",
      "creditedMinor",
      ["CREDITED", null, ["1", "CREDITED", 400]],
    ],
    ["the whole is no less than its lines", "creditedMinor", ["CREDITED", 300, ["1", "CREDITED", 400]]],
    [
      "the whole is the sum of its lines where each has an amount",
      "creditedMinor",
      ["REJECTED", 500, ["1", "CREDITED", 400]],
    ],
  ])("with amounts that contradict its lines is refused: %s", (_why, field, told) => {
    expect(answered(...(told as Parameters<typeof answered>))).toEqual(["CLAIM_AMOUNT", [field]]);
  });
});

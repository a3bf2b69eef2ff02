import { compareToBp, type Ratio } from "./ratio.js";
import type { Scorecard } from "./scorecard.js";
import type { Metric, SettlementRule } from "./terms.js";

/** What one rule of the contract came to. */
export interface SettledRule {
  readonly metric: Metric;
  readonly ratio: Ratio;
  /** The value of the tier that was reached, basis points; null where none was, or nothing was measured. */
  readonly reachedBp: number | null;
  /** Basis points of the amount; 0 where nothing was measured. */
  readonly adjustmentBp: number;
}

/** Reward or penalty of a period. */
export interface Settlement {
  readonly rules: readonly SettledRule[];
  /** The sum of the rules, basis points of the amount. */
  readonly adjustmentBp: number;
}

/** What the contract says of a scorecard. Tiers are compared with the exact share, not with its rounded figure. */
export function settlementOf(rules: readonly SettlementRule[], { ratios }: Pick<Scorecard, "ratios">): Settlement {
  const settled = rules.map((rule) => settledRule(rule, ratios[rule.metric]));
  return { rules: settled, adjustmentBp: settled.reduce((total, { adjustmentBp }) => total + adjustmentBp, 0) };
}

function settledRule({ metric, tiers, elseBp }: SettlementRule, ratio: Ratio): SettledRule {
  if (ratio.of === 0) return { metric, ratio, reachedBp: null, adjustmentBp: 0 };
  const better = metric === "SHORTAGE_RATE" ? -1 : 1;
  const tier = tiers.find(({ fromBp }) => compareToBp(ratio, fromBp) * better >= 0);
  return { metric, ratio, reachedBp: tier?.fromBp ?? null, adjustmentBp: tier?.adjustmentBp ?? elseBp };
}

/** So many basis points of an amount in minor units, rounded half away from 0. Exact up to 2^53 minor units. */
export function adjustmentMinor(amountMinor: number, adjustmentBp: number): number {
  const product = BigInt(amountMinor) * BigInt(adjustmentBp);
  const rounded = ((product < 0n ? -product : product) + 5_000n) / 10_000n;
  return Number(product < 0n ? -rounded : rounded);
}

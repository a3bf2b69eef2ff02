import { dailySales } from "@septet/stock-contracts";
import { TIERS, type Tier, type TierRule } from "./terms.js";

const MINUTE_MS = 60_000;

/** What puts a supplier's SKU into a tier. */
export interface TierFacts {
  /** Our sales of it at this supplier in 28 days, pieces. */
  readonly soldPieces: number;
  /** What may still be sold of it there, pieces. */
  readonly offered: number;
}

/** The tier by limits that are stretched by `slack` in favour of the faster one. */
function tierWithin(rule: TierRule, { soldPieces, offered }: TierFacts, slack: number): Tier {
  const perDay = dailySales(soldPieces);
  const nearlySoldOut = perDay > 0 && offered <= rule.hotCoverDays * perDay * (1 + slack);
  if (nearlySoldOut || perDay >= rule.hotDailySales * (1 - slack)) return "HOT";
  return perDay < rule.longTailDailySales * (1 - slack) ? "LONG_TAIL" : "MIDDLE";
}

/**
 * The tier of a SKU at a supplier. It gets into a faster one as soon as it reaches its limit, and into a slower one only
 * when it is past the limit by the hysteresis: what sells now a little more and now a little less stays where it is.
 * @param current its tier so far; null for a new one.
 * @param override what an operator has set; null where the figures decide.
 */
export function tierOf(rule: TierRule, facts: TierFacts, current: Tier | null, override: Tier | null = null): Tier {
  if (override !== null) return override;
  const slowest = TIERS.indexOf(tierWithin(rule, facts, 0));
  if (current === null) return TIERS[slowest]!;
  const fastest = TIERS.indexOf(tierWithin(rule, facts, rule.hysteresisPercent / 100));
  return TIERS[Math.min(Math.max(TIERS.indexOf(current), fastest), slowest)]!;
}

/**
 * When the next look at a tier is due: never later than its interval after the last one, and up to the jitter earlier.
 * @param spread from 0 to below 1, where in the jitter it falls.
 */
export function nextLookAt(rule: TierRule, tier: Tier, lastAt: number, spread: number): number {
  const intervalMs = rule.everyMinutes[tier] * MINUTE_MS;
  return lastAt + Math.round(intervalMs * (1 - (rule.jitterPercent / 100) * spread));
}

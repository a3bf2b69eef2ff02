import type { FreshnessRule } from "./terms.js";

const MINUTE_MS = 60_000;

/** What a report is still worth at an instant. */
export interface Freshness {
  /** The share of the offer that stands beyond what is kept: `worth` of `of`, whole numbers. */
  readonly worth: number;
  readonly of: number;
  /** Whether what is kept for us is still offered: until the second limit. */
  readonly keptStands: boolean;
  /** Epoch ms of the first instant at which this is otherwise; null when nothing is left to fade. */
  readonly changesAt: number | null;
}

/** No report at all, or a stopped supplier: nothing stands and nothing will without a report. */
export const WORTHLESS: Freshness = { worth: 0, of: 1, keptStands: false, changesAt: null };

/**
 * What a report of `asOf` is worth at `nowMs` (epoch ms). Up to the first limit all of it; past it one step less, and one
 * more after each further part of the way to the second limit, so that during the last part only what is kept stands; past
 * the second limit nothing. With 4 steps: ¾, ½, ¼, 0, nothing. A report from the future is fresh.
 */
export function freshnessOf(rule: FreshnessRule, asOf: number, nowMs: number): Freshness {
  const { steps } = rule;
  const fadeAt = asOf + rule.fadeAfterMinutes * MINUTE_MS;
  const zeroAt = asOf + rule.zeroAfterMinutes * MINUTE_MS;
  if (nowMs > zeroAt) return { ...WORTHLESS, of: steps };
  /** The last instant before so many steps are lost. */
  const lastBefore = (lost: number) => fadeAt + Math.floor(((lost - 1) * (zeroAt - fadeAt)) / steps);
  let lost = 0;
  while (lost < steps && nowMs > lastBefore(lost + 1)) lost++;
  const standsUntil = lost < steps ? lastBefore(lost + 1) : zeroAt;
  return { worth: steps - lost, of: steps, keptStands: true, changesAt: standsUntil + 1 };
}

/** Pieces after fading, whole ones only. */
export function faded(pieces: number, { worth, of }: Freshness): number {
  return Math.floor((pieces * worth) / of);
}

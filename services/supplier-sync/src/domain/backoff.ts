/** How long to wait before the next try. */
export interface BackoffRule {
  /** After the first failure. */
  readonly firstMs: number;
  /** The wait never exceeds this. */
  readonly longestMs: number;
  /** By up to this share each wait is shortened, so that those who failed together do not come back together; percent. */
  readonly jitterPercent: number;
}

/** A second, then twice as long each time up to 15 minutes. */
export const DEFAULT_BACKOFF: BackoffRule = { firstMs: 1_000, longestMs: 15 * 60_000, jitterPercent: 50 };

/**
 * The wait after so many failures in a row, ms: doubled with each, bounded, jittered.
 * @param failures at least 1.
 * @param spread from 0 to below 1, where in the jitter it falls.
 * @param askedMs what the other side asked for (`Retry-After`): no less is waited, and no more than the longest wait.
 */
export function waitMs(rule: BackoffRule, failures: number, spread: number, askedMs = 0): number {
  const whole = Math.min(rule.firstMs * 2 ** (failures - 1), rule.longestMs);
  const jittered = Math.round(whole * (1 - (rule.jitterPercent / 100) * spread));
  return Math.max(jittered, Math.min(askedMs, rule.longestMs));
}

import { type BackoffRule, waitMs } from "./backoff.js";
import { ask, type Circuit, type CircuitRule, CLOSED, failed } from "./circuit-breaker.js";
import type { Tier, TierRule } from "./terms.js";
import { nextLookAt } from "./tiers.js";

/** How the pulls of a connector went so far. */
export interface PullState {
  /** Epoch ms: when it is due next. */
  readonly nextAt: number;
  /** In a row. */
  readonly failures: number;
  readonly circuit: Circuit;
}

/** A connector that was never pulled is due at once. */
export const neverPulled = (nowMs: number): PullState => ({ nextAt: nowMs, failures: 0, circuit: CLOSED });

/** After a pull that worked: due again as its tier says. */
export function pulled(rule: TierRule, tier: Tier, nowMs: number, spread: number): PullState {
  return { nextAt: nextLookAt(rule, tier, nowMs, spread), failures: 0, circuit: CLOSED };
}

/** After a pull that failed: due again when the wait is over and the circuit lets it. */
export function pullFailed(
  state: PullState,
  rules: { readonly backoff: BackoffRule; readonly circuit: CircuitRule },
  nowMs: number,
  spread: number,
  askedMs: number,
): PullState {
  const failures = state.failures + 1;
  const circuit = failed(rules.circuit, ask(rules.circuit, state.circuit, nowMs).circuit, nowMs);
  const waitUntil = nowMs + waitMs(rules.backoff, failures, spread, askedMs);
  return { nextAt: circuit.state === "OPEN" ? Math.max(waitUntil, circuit.until) : waitUntil, failures, circuit };
}

/** A pull that nobody finished was broken off with whoever made it; another may make it from then on. */
export const CLAIM_MS = 15 * 60_000;

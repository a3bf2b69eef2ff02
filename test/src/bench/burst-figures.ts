import { percentile } from "../platform/percentile.js";

/** Who orders beside a burst: at the checkout (HTTP) or by events, other SKUs or the hot one. */
export type CustomerKind = "others-checkout" | "others-events" | "hot-checkout" | "hot-events";

/** Milliseconds from when an order was due to its outcome. */
export interface Spread {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

export const spreadOf = (ms: readonly number[]): Spread => ({
  count: ms.length,
  p50Ms: percentile(ms, 50),
  p95Ms: percentile(ms, 95),
  p99Ms: percentile(ms, 99),
});

export interface CustomersFigure {
  readonly kind: CustomerKind;
  readonly perSecond: number;
  readonly quiet: Spread;
  readonly burst: Spread;
}

export interface BurstRun {
  /** Seconds over which the burst's orders arrived; 0: as fast as the broker took them. */
  readonly seconds: number;
  readonly orders: number;
  /** From the burst's first order published to its last outcome. */
  readonly tookSeconds: number;
  readonly taken: number;
  /** Orders by why they were refused. */
  readonly refused: ReadonlyMap<string, number>;
  /** Paid orders that came during the burst, all of them served. */
  readonly paidBeside: number;
  readonly customers: readonly CustomersFigure[];
  /** From when the clock passed the holds' time until every unpaid piece was sellable again. */
  readonly backSeconds: number;
}

/** Everything measured, burst by burst. */
export interface BurstFigures {
  readonly runs: readonly BurstRun[];
  readonly machine: readonly string[];
  readonly settings: string;
  /** ISO date of the run. */
  readonly date: string;
}

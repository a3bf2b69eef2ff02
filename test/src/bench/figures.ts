import type { FloorRate } from "./floor.js";
import type { LatencyFigure, RateFigure } from "./measure.js";
import type { LoadKind } from "./order-load.js";
import type { MemoryFigure } from "./processes.js";

/** Everything measured, round by round. */
export interface BenchFigures {
  readonly rates: ReadonlyMap<LoadKind, readonly RateFigure[]>;
  readonly latencies: ReadonlyMap<LoadKind, readonly LatencyFigure[]>;
  /** Floors on one hot SKU and on 1,000 SKUs. */
  readonly floors: ReadonlyMap<"hot" | "skus", readonly FloorRate[]>;
  readonly memory: ReadonlyMap<string, MemoryFigure>;
  readonly machine: readonly string[];
  readonly settings: string;
  /** ISO date of the run. */
  readonly date: string;
}

/** The middle of the values; of an even number the mean of the two middle ones; 0 of none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (!Number.isInteger(middle)) return sorted[Math.floor(middle)]!;
  return (sorted[middle - 1]! + sorted[middle]!) / 2;
}

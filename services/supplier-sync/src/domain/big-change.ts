import type { SupplierTerms } from "./terms.js";

const MINUTE_MS = 60_000;

/** How a reported change came about. */
export interface ReportedChange {
  /** Recorded before, pieces. */
  readonly before: number;
  /** Reported now, pieces. */
  readonly after: number;
  /** When the supplier says that it was so, epoch ms; null where the report does not say. */
  readonly asOf: number | null;
  /** Epoch ms. */
  readonly receivedAt: number;
  /** Whether it came in a report of a fixed time of day, and not by itself. */
  readonly scheduled: boolean;
}

/** What the contract says of a change: no big one, a big one that came at once, or a big one that came late. */
export type ChangeMark = "ORDINARY" | "BIG" | "BIG_AND_LATE";

/**
 * A change is big when it is more than `bigChangePercent` of what was recorded; from 0 every change is. A big one is late
 * when it arrives more than `lateAfterMinutes` after its as-of, or in a scheduled report that states none.
 */
export function markOf(
  change: ReportedChange,
  { bigChangePercent, lateAfterMinutes }: Pick<SupplierTerms, "bigChangePercent" | "lateAfterMinutes">,
): ChangeMark {
  const { before, after, asOf, receivedAt, scheduled } = change;
  if (Math.abs(after - before) * 100 <= bigChangePercent * before) return "ORDINARY";
  const late = asOf === null ? scheduled : receivedAt - asOf > lateAfterMinutes * MINUTE_MS;
  return late ? "BIG_AND_LATE" : "BIG";
}

import type { SupplierClock } from "./batches.js";
import { occurrencesBetween } from "./clock.js";
import { type LocalDay, type LocalTime, termsOn } from "./terms.js";

/** The longest time between two deadlines that is looked back over for the one before: one per day is the fewest. */
const LOOK_BACK_MS = 3 * 86_400_000;

/** A report that was due: by `dueAt`, and after the deadline before it. */
export interface ReportDue {
  readonly day: LocalDay;
  readonly time: LocalTime;
  /** Epoch ms of the deadline before: a report of that moment was for that one. */
  readonly afterAt: number;
  /** Epoch ms; a report of that very moment is in time. */
  readonly dueAt: number;
}

/** The reports that fell due after `afterMs` and up to `untilMs` (epoch ms), in order, each by the terms of its day. */
export function* reportsDueBetween(clock: SupplierClock, afterMs: number, untilMs: number): Generator<ReportDue> {
  const times = (day: LocalDay) => termsOn(clock.versions, day).terms.updateDeadlines;
  let previousAt = afterMs - LOOK_BACK_MS;
  for (const { day, time, at } of occurrencesBetween(clock.zone, times, afterMs - LOOK_BACK_MS, untilMs)) {
    // Two deadlines that the clock jumps over together are one.
    if (at === previousAt) continue;
    if (at > afterMs) yield { day, time, afterAt: previousAt, dueAt: at };
    previousAt = at;
  }
}

/**
 * Of the reports due, those that nobody sent in time.
 * @param receivedAt when reports of the supplier arrived, epoch ms, in any order.
 */
export function missedOf(due: Iterable<ReportDue>, receivedAt: readonly number[]): ReportDue[] {
  const sorted = [...receivedAt].sort((a, b) => a - b);
  let next = 0;
  const missed: ReportDue[] = [];
  for (const report of due) {
    while (next < sorted.length && sorted[next]! <= report.afterAt) next++;
    const first = sorted[next];
    if (first === undefined || first > report.dueAt) missed.push(report);
  }
  return missed;
}

import type { PhysicalEntry, WhenBooked } from "./physical-log.js";
import type { Count } from "./stocktake.js";

/** What happened after a count: pieces that came and went, and whether the book was corrected meanwhile. */
export interface AfterCount {
  readonly total: number;
  readonly unsellable: number;
  readonly corrected: boolean;
}

/** Pieces by which the book is put right. */
export interface Difference {
  readonly total: number;
  readonly unsellable: number;
}

/**
 * Did it happen after the count? What the warehouse books as it happens: by sequence. What is told later than it happens,
 * as all that others book is: by its moment.
 */
export const isAfter = (entry: WhenBooked, count: Pick<Count, "countedAt" | "sequence">): boolean =>
  entry.toldLater ? entry.occurredAt > count.countedAt : entry.sequence > count.sequence;

/** Does the entry concern what the count judged? Unsellable goods only where they were counted by themselves. */
export const concerns = (entry: PhysicalEntry, count: Pick<Count, "unsellable">): boolean =>
  entry.total !== 0 || (entry.unsellable !== 0 && count.unsellable !== null);

/** Sums up the entries of the count's SKU and location that are after the count. A reversal corrects the book, too. */
export function afterCount(entries: readonly PhysicalEntry[], count: Count): AfterCount {
  let [total, unsellable, corrected] = [0, 0, false];
  for (const entry of entries) {
    if (!isAfter(entry, count)) continue;
    if (entry.correctsBook || entry.reverses !== null) corrected ||= concerns(entry, count);
    else {
      total += entry.total;
      unsellable += entry.unsellable;
    }
  }
  return { total, unsellable, corrected };
}

/**
 * What is to be booked so that the book says what is there:
 *
 *     counted (shelf + picked) + physical movements of total after the count − total now
 *
 * and the same for unsellable goods where they were counted by themselves. Where they were not, the count says only that no
 * more of them were there than lay on the shelf. No book holds less than none of them.
 */
export function difference(
  count: Pick<Count, "shelf" | "picked" | "unsellable">,
  after: Pick<AfterCount, "total" | "unsellable">,
  now: { readonly total: number; readonly unsellable: number },
): Difference {
  const total = count.shelf + count.picked + after.total;
  const unsellable = (count.unsellable ?? Math.min(count.shelf, now.unsellable - after.unsellable)) + after.unsellable;
  return { total: total - now.total, unsellable: Math.max(0, unsellable) - now.unsellable };
}

import { type Refusal, refuse } from "./refusal.js";
import type { ReportKind } from "./report.js";

/** How far ahead of ours a supplier's clock may be, ms. */
const MAX_AHEAD_MS = 5 * 60_000;

/** What a report says of itself before its lines are looked at. */
export interface ToldReport {
  readonly kind: ReportKind;
  /** The supplier's own number of it; null where it does not count. */
  readonly sequence: number | null;
  /** Epoch ms; null where it does not say. */
  readonly asOf: number | null;
}

/** Where the supplier's reports stand. */
export interface FeedState {
  readonly sequence: number | null;
  /** What the last report with a number was as of, epoch ms. */
  readonly asOf: number | null;
  /** Epoch ms. */
  readonly brokenSince: number | null;
  /** Whether the lines of the last report were all applied. */
  readonly lastIsDone: boolean;
}

export interface TakenIn {
  readonly outcome: "TAKEN_IN";
  readonly sequence: number | null;
  readonly brokenSince: number | null;
  /** Epoch ms. */
  readonly asOf: number;
}

/** A report that is older than what was applied changes nothing. */
export interface Outdated {
  readonly outcome: "OUTDATED";
}

/** A change cannot be applied to figures that are not known: from now on the supplier's offers age until a snapshot comes. */
export interface Broken {
  readonly outcome: "BROKEN";
  readonly refusal: Refusal;
}

/** Whether a report can be applied to what came before it; times in epoch ms. Changes only in the unbroken sequence. */
export function takeIn(feed: FeedState, told: ToldReport, now: number): TakenIn | Outdated | Broken | Refusal {
  const { kind, sequence } = told;
  if (told.asOf !== null && told.asOf > now + MAX_AHEAD_MS) {
    return refuse("AS_OF_AHEAD", "the report is as of a time to come: look at the clock it was made by", [
      { field: "asOf", reason: "is more than five minutes ahead" },
    ]);
  }
  const asOf = Math.min(told.asOf ?? now, now);
  if (sequence !== null && feed.sequence !== null && sequence <= feed.sequence) return { outcome: "OUTDATED" };
  if (kind === "SNAPSHOT") return { outcome: "TAKEN_IN", sequence: sequence ?? feed.sequence, brokenSince: null, asOf };
  if (sequence === null) {
    return refuse("SEQUENCE_MISSING", "changes are applied in their sequence only", [
      { field: "sequence", reason: "is missing" },
    ]);
  }
  const inOrder = feed.brokenSince === null && feed.lastIsDone && feed.sequence === sequence - 1;
  // The sequence is the supplier's word for what came later; its clock may say otherwise.
  if (inOrder) return { outcome: "TAKEN_IN", sequence, brokenSince: null, asOf: Math.max(asOf, feed.asOf ?? asOf) };
  const detail = "a change is missing before this one: send a snapshot with a sequence, then go on from it";
  return { outcome: "BROKEN", refusal: refuse("SEQUENCE_GAP", detail) };
}

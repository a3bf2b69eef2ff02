import { bytewise } from "@septet/stock-contracts";
import { dayAfter } from "./clock.js";
import type { LocalDay } from "./terms.js";

/** Why what a supplier counted differs from what is recorded. */
export const DIFFERENCE_CAUSES = ["SYNC_LATE", "DAMAGE", "LOSS", "UNKNOWN"] as const;
export type DifferenceCause = (typeof DIFFERENCE_CAUSES)[number];

/** What is to be done about a difference, by whom and until when. */
export interface FollowUp {
  readonly owner: string;
  readonly dueOn: LocalDay;
  readonly note: string | null;
  /** Whether it has been seen to. */
  readonly done: boolean;
}

/** A SKU that is compared. */
export interface ReconciledLine {
  readonly sku: string;
  /** What the supplier counted, pieces. */
  readonly counted: number;
  /** What was recorded of it when it was counted, pieces. */
  readonly recorded: number;
  /** Only where the two differ. */
  readonly cause: DifferenceCause | null;
  readonly followUp: FollowUp | null;
}

/** A comparison of what a supplier counts with what is recorded. */
export interface Reconciliation {
  readonly state: "OPEN" | "APPROVED" | "CANCELLED";
  readonly lines: readonly ReconciledLine[];
}

/** Why a step was not taken; nothing was changed. */
export interface Refused {
  readonly outcome: "REFUSED";
  readonly code: "NOT_OPEN" | "UNKNOWN_LINE" | "NO_DIFFERENCE" | "NOT_EXPLAINED";
  /** The SKUs that it is about. */
  readonly skus: readonly string[];
}

/** How much of each SKU is to be added to what is recorded (with a minus, taken from it). */
export interface Adjustment {
  readonly sku: string;
  readonly delta: number;
}

const refused = (code: Refused["code"], skus: readonly string[] = []): Refused => ({ outcome: "REFUSED", code, skus });

/** Counted − recorded, pieces. */
export const differenceOf = ({ counted, recorded }: Pick<ReconciledLine, "counted" | "recorded">): number =>
  counted - recorded;

/** Opens a comparison, lines by SKU. @throws Error when a SKU is named twice: the caller's check let it through. */
export function openReconciliation(
  lines: Iterable<Pick<ReconciledLine, "sku" | "counted" | "recorded">>,
): Reconciliation {
  const sorted = [...lines].sort((a, b) => bytewise(a.sku, b.sku));
  const twice = sorted.find(({ sku }, i) => sorted[i + 1]?.sku === sku);
  if (twice !== undefined) throw new Error(`${twice.sku} is counted twice`);
  const opened = sorted.map(({ sku, counted, recorded }) => ({ sku, counted, recorded, cause: null, followUp: null }));
  return { state: "OPEN", lines: opened };
}

/** Says why a line differs and what is done about it; said again, it replaces what was said before. */
export function explain(
  reconciliation: Reconciliation,
  sku: string,
  why: { readonly cause: DifferenceCause; readonly followUp: Omit<FollowUp, "done"> },
): Reconciliation | Refused {
  if (reconciliation.state !== "OPEN") return refused("NOT_OPEN");
  const line = reconciliation.lines.find((one) => one.sku === sku);
  if (line === undefined) return refused("UNKNOWN_LINE", [sku]);
  if (differenceOf(line) === 0) return refused("NO_DIFFERENCE", [sku]);
  const explained = { ...line, cause: why.cause, followUp: { ...why.followUp, done: false } };
  return { ...reconciliation, lines: reconciliation.lines.map((one) => (one === line ? explained : one)) };
}

/**
 * Approves a comparison whose every difference has its cause and its follow-up. The adjustments are differences and no
 * figures: what was reported and sold since the count is kept.
 */
export function approve(
  reconciliation: Reconciliation,
): { readonly approved: Reconciliation; readonly adjustments: readonly Adjustment[] } | Refused {
  if (reconciliation.state !== "OPEN") return refused("NOT_OPEN");
  const differing = reconciliation.lines.filter((line) => differenceOf(line) !== 0);
  const unexplained = differing.filter(({ cause, followUp }) => cause === null || followUp === null);
  if (unexplained.length > 0) {
    return refused(
      "NOT_EXPLAINED",
      unexplained.map(({ sku }) => sku),
    );
  }
  return {
    approved: { ...reconciliation, state: "APPROVED" },
    adjustments: differing.map((line) => ({ sku: line.sku, delta: differenceOf(line) })),
  };
}

/** Gives up a comparison; what is recorded stays as it is. */
export function cancel(reconciliation: Reconciliation): Reconciliation | Refused {
  return reconciliation.state === "OPEN" ? { ...reconciliation, state: "CANCELLED" } : refused("NOT_OPEN");
}

/** Marks the follow-up of a line as seen to, before or after the approval. */
export function followedUp(reconciliation: Reconciliation, sku: string): Reconciliation | Refused {
  const line = reconciliation.lines.find((one) => one.sku === sku);
  if (line?.followUp == null) return refused("UNKNOWN_LINE", [sku]);
  const done = { ...line, followUp: { ...line.followUp, done: true } };
  return { ...reconciliation, lines: reconciliation.lines.map((one) => (one === line ? done : one)) };
}

/** The lines whose follow-up was due before `today` and is not done. */
export function overdueFollowUps({ state, lines }: Reconciliation, today: LocalDay): readonly ReconciledLine[] {
  if (state === "CANCELLED") return [];
  return lines.filter(({ followUp }) => followUp !== null && !followUp.done && followUp.dueOn < today);
}

/** The day on which the next comparison is due: one or two weeks after the last, or after the terms took effect. */
export const nextReconciliationOn = (last: LocalDay, everyWeeks: number): LocalDay => dayAfter(last, 7 * everyWeeks);

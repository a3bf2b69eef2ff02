import type { OfferRow } from "./offer-row.js";

/** What a report is: figures, or changes of figures. */
export const REPORT_KINDS = { SNAPSHOT: "quantities as they are", DELTA: "changes since the report before" } as const;
export type ReportKind = keyof typeof REPORT_KINDS;

/** Where a report came from. */
export const REPORT_SOURCES = {
  API: "the supplier's own system sent it",
  PORTAL: "somebody of the supplier's entered it",
  SHEET: "a sheet was uploaded",
  OPERATOR: "an operator entered it for the supplier",
} as const;
export type ReportSource = keyof typeof REPORT_SOURCES;

/** What every line of a report has in common. */
export interface ReportHead {
  readonly reportId: string;
  readonly kind: ReportKind;
  readonly source: ReportSource;
  /** Its place among all of the supplier's reports, in the order in which they were taken in. */
  readonly ordinal: number;
  /** Epoch ms: when it was so; the time of arrival where the report does not say. */
  readonly asOf: number;
  readonly statesAsOf: boolean;
  /** Epoch ms. */
  readonly receivedAt: number;
  /** Whether it came at a fixed time of day, and not by itself. */
  readonly scheduled: boolean;
}

/** A line whose SKU is known. */
export interface ReportLine {
  readonly row: number;
  readonly sku: string;
  /** The figure of a snapshot, or the change of a delta. */
  readonly quantity: number;
  readonly kept: number | null;
}

/** What became of a line. */
export type LineOutcome =
  | { readonly row: number; readonly outcome: "CHANGED"; readonly before: number | null; readonly after: number }
  | { readonly row: number; readonly outcome: "UNCHANGED" }
  /** Something newer was applied before. */
  | { readonly row: number; readonly outcome: "STALE" }
  /** This very line was applied before. */
  | { readonly row: number; readonly outcome: "REPEATED" }
  | { readonly row: number; readonly outcome: "REJECTED"; readonly code: LineFault };

/** Why a line cannot be applied although it is well formed. */
export const LINE_FAULTS = {
  NO_BASE: "changes a figure that no report has stated: send a snapshot first",
  BELOW_ZERO: "takes away more than was reported: send a snapshot",
} as const;
export type LineFault = keyof typeof LINE_FAULTS;

/**
 * Whether a report may speak of a SKU at all: news is what is as of later than what was applied, of two as of the same
 * moment the one that arrived later.
 */
export function isNews(row: Pick<OfferRow, "asOf" | "ordinal">, head: Pick<ReportHead, "asOf" | "ordinal">): boolean {
  if (row.asOf === null || head.asOf > row.asOf) return true;
  return head.asOf === row.asOf && head.ordinal > row.ordinal;
}

/** The figure that a line leaves, or why it leaves none. */
export function figureOf(
  reported: number | null,
  kind: ReportKind,
  quantity: number,
): { readonly figure: number } | { readonly fault: LineFault } {
  if (kind === "SNAPSHOT") return { figure: quantity };
  if (reported === null) return { fault: "NO_BASE" };
  return reported + quantity < 0 ? { fault: "BELOW_ZERO" } : { figure: reported + quantity };
}

import type { LineOutcome } from "./report.js";

export interface ReportApplied {
  readonly outcome: "REPORT_APPLIED";
  /** One per line, in the order given. */
  readonly lines: readonly LineOutcome[];
}

/** Facts from the topics, clocks and switches: taken in. */
export interface Taken {
  readonly outcome: "TAKEN";
}

export type Outcome = ReportApplied | Taken;

import type { SupplierOrder } from "./order.js";
import type { Refusal } from "./refusal.js";
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

/** An order as a step left it. */
export interface OrderChanged {
  readonly outcome: "ORDER_CHANGED";
  readonly order: SupplierOrder;
}

/** A fulfilment that was requested before with other content. */
export interface Contradiction {
  readonly outcome: "CONTRADICTION";
  readonly code: "FULFILMENT_CONFLICT";
  readonly message: string;
}

export type Outcome = ReportApplied | Taken | OrderChanged | Contradiction | Refusal;

import type { WireLeg } from "@septet/stock-contracts";
import type { OfferKey } from "./offer-row.js";
import type { ReportHead, ReportLine } from "./report.js";

/** At most 1,000 lines of a report, each by itself; a SKU is named once. */
export interface ApplyReport {
  readonly type: "APPLY_REPORT";
  readonly supplierId: string;
  readonly head: ReportHead;
  readonly lines: readonly ReportLine[];
}

/** Time, terms or the supplier's state may have changed what is offered of these. */
export interface LookAgain {
  readonly type: "LOOK_AGAIN";
  readonly offers: readonly OfferKey[];
  readonly why: "FRESHNESS" | "SUPPLIER";
}

/** Stops a SKU at a supplier's, or with null goes on with it. */
export interface StopSku extends OfferKey {
  readonly type: "STOP_SKU";
  readonly reason: string | null;
  readonly actor: string | null;
}

/** What a supplier reported under a code that did not mean this SKU is worth nothing. */
export interface ForgetReported extends OfferKey {
  readonly type: "FORGET_REPORTED";
}

/** Another service's movement, seen for the first time. */
export interface ApplyMovement {
  readonly type: "APPLY_MOVEMENT";
  readonly sku: string;
  readonly legs: readonly WireLeg[];
}

export type Command = ApplyReport | LookAgain | StopSku | ForgetReported | ApplyMovement;

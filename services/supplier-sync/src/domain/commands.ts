import type { WireLeg } from "@septet/stock-contracts";
import type { OfferKey } from "./offer-row.js";
import type { CancelAsked, LinePart } from "./order.js";
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

/** What was counted corrects what was reported, by differences: what was reported since the count stands. */
export interface AdjustReported {
  readonly type: "ADJUST_REPORTED";
  readonly supplierId: string;
  readonly lines: readonly { readonly sku: string; readonly delta: number }[];
  readonly actor: string | null;
}

/** Another service's movement, seen for the first time. */
export interface ApplyMovement {
  readonly type: "APPLY_MOVEMENT";
  readonly sku: string;
  readonly legs: readonly WireLeg[];
}

/** order-reservation wants pieces of an order shipped by a supplier. */
export interface RequestOrder {
  readonly type: "REQUEST_ORDER";
  readonly fulfilmentId: string;
  readonly orderId: string;
  readonly supplierId: string;
  readonly deliverBy: number | null;
  readonly lines: readonly LinePart[];
}

export interface CancelOrder {
  readonly type: "CANCEL_ORDER";
  readonly supplierId: string;
  readonly asked: CancelAsked;
}

/** Pieces of a line; without a SKU the line has one only. */
export interface NamedPart {
  readonly lineId: string;
  readonly sku: string | null;
  readonly quantity: number;
}

interface Step {
  readonly supplierId: string;
  readonly fulfilmentId: string;
  readonly actor: string | null;
}

export interface SendOrder extends Step {
  readonly type: "SEND_ORDER";
}

export interface ConfirmOrder extends Step {
  readonly type: "CONFIRM_ORDER";
  /** Null = all that the supplier has not answered for. */
  readonly lines: readonly NamedPart[] | null;
}

export interface ShortOrder extends Step {
  readonly type: "SHORT_ORDER";
  /** Null = all that is open. */
  readonly lines: readonly NamedPart[] | null;
  readonly reason: string | null;
}

export interface ShipOrder extends Step {
  readonly type: "SHIP_ORDER";
  /** Null = all that is open. */
  readonly lines: readonly NamedPart[] | null;
  readonly tracking: string | null;
}

export interface AnswerCancel extends Step {
  readonly type: "ANSWER_CANCEL";
  /** What the supplier gives back; null = all that was asked for, empty = nothing. */
  readonly lines: readonly NamedPart[] | null;
}

/** The supplier has stopped for good reason: whatever is open of an order is short, sent or not. */
export interface SettleOrder extends Step {
  readonly type: "SETTLE_ORDER";
}

/** Goods of a supplier's are in a warehouse of ours; each SKU is named once. */
export interface BringIn {
  readonly type: "BRING_IN";
  readonly supplierId: string;
  readonly inboundId: string;
  readonly warehouse: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly actor: string | null;
}

/** What suppliers and operators do with an order. */
export type OrderStep = SendOrder | ConfirmOrder | ShortOrder | ShipOrder | AnswerCancel | SettleOrder;

export type Command =
  | ApplyReport
  | AdjustReported
  | LookAgain
  | StopSku
  | ForgetReported
  | ApplyMovement
  | BringIn
  | RequestOrder
  | CancelOrder
  | OrderStep;

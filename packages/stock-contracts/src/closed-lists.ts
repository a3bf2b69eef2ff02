/**
 * Closed lists: the values of the records' text fields, each with its meaning. They are text on the wire because an
 * Avro enum cannot grow; a consumer must survive a value that it does not know yet. Why outcomes are as they are is in
 * `outcome-reasons.ts`.
 */

/** What may be done about a shorted line. */
export const REMEDY_KINDS = {
  REFUND: "the money back",
  EXCHANGE: "another SKU of the same substitution group",
} as const;
export type RemedyKind = keyof typeof REMEDY_KINDS;

/** Who settled a shortage. */
export const SETTLED_BY = {
  CUSTOMER: "the shopper chose",
  OPERATOR: "an operator chose",
  DEFAULT: "nobody chose in time",
} as const;
export type SettledBy = keyof typeof SETTLED_BY;

/** What alerts are about. */
export const ALERT_CODES = {
  PAYMENT_FOR_CANCELLED_ORDER: "money came for a cancelled order",
  PAID_ORDER_REJECTED: "a paid order was refused for another reason than lack of stock",
  SELLABLE_BELOW_ZERO: "more is promised at a location than is there",
  TOTAL_BELOW_ZERO: "more has left a location than was booked into it",
  STOCK_SHORTAGE: "an order was shorted and waits for its remedy",
  SHORTAGE_NOT_HANDLED: "nobody has handled a shortage within the hour",
  MOVEMENT_GAP: "sequences of a stream are missing",
  STREAM_FORKED: "one sequence came with two movementIds: a database was restored",
  BALANCE_DRIFT: "a service's balance is not what the movements say",
  IDENTITY_BROKEN: "the identity does not hold for a SKU at a location",
  DEAD_LETTER: "a message could not be handled",
  LOW_STOCK: "a SKU is at or below its alert line",
  LOCK_INCOMPLETE: "less is set aside from a promotion than was asked for",
  PROMOTION_STOCK_RELEASED: "stock set aside from a promotion goes back to sale",
  TRANSFER_OVERDUE: "a transfer has not arrived in time",
  OFFER_STALE: "a supplier's report is past its freshness limit",
  REPORT_LATE: "a supplier missed a reporting deadline",
  CONFIRMATION_LATE: "a supplier missed a confirmation deadline",
  IMPLAUSIBLE_REPORT: "a report changes a figure beyond the plausible and waits for confirmation",
  SUPPLIER_SHORTAGE_KEPT_STOCK: "a supplier was short within what it keeps for us",
} as const;
export type AlertCode = keyof typeof ALERT_CODES;

export const ALERT_SEVERITIES = {
  INFO: "good to know",
  WARNING: "somebody should look today",
  CRITICAL: "somebody must look now",
} as const;
export type AlertSeverity = keyof typeof ALERT_SEVERITIES;

export const LOCATION_KINDS = {
  WAREHOUSE: "holds our own goods",
  SUPPLIER: "a supplier holds the goods, we sell them; total is 0",
} as const;
export type LocationKind = keyof typeof LOCATION_KINDS;

export const ORDER_STATES = {
  UNPLACED: "facts came before the placement",
  AWAITING_PAYMENT: "reserves when the payment arrives",
  RESERVED: "held, unpaid",
  CONFIRMED: "held for good, paid",
  REJECTED: "nothing is held",
  SHORTED: "paid, and nothing could be held",
  CANCELLED: "called off, nothing is held",
  EXPIRED: "its time ran out unpaid",
  FULFILLED: "nothing is open, something was shipped",
} as const;
export type OrderState = keyof typeof ORDER_STATES;

export const FULFILMENT_STATES = {
  REQUESTED: "waits for picking",
  PICKING: "somebody is picking it",
  SHIPPED: "nothing is open, something was shipped",
  SHORT: "nothing is open, nothing was shipped: something was not found",
  DAMAGED: "nothing is open, nothing was shipped: all that was found was damaged",
  CANCELLED: "nothing is open, nothing was shipped: cancelled",
} as const;
export type FulfilmentState = keyof typeof FULFILMENT_STATES;

/** States of a transfer's lines; the transfer itself has the same, over all its lines together. */
export const TRANSFER_LINE_STATES = {
  DRAFT: "written down, nothing is asked for yet",
  REQUESTED: "waits for its reservation, or for the rest of it",
  RESERVED: "promised at the source, whole or in part; the rest was refused",
  REJECTED: "the source cannot spare it",
  DISPATCHED: "on the way, whole or in part",
  RETURNING: "on the way back to its source",
  RECEIVED: "all that was dispatched has arrived or is lost, more can be dispatched",
  CANCELLED: "called off before dispatch",
  CLOSED: "nothing is open any more: dispatched, or lost from the shelf before",
} as const;
export type TransferLineState = keyof typeof TRANSFER_LINE_STATES;

export const PAYMENT_STATES = { PENDING: "the money is not here yet", PAID: "the money is here" } as const;
export type PaymentState = keyof typeof PAYMENT_STATES;

/** What was wrong with promised goods at picking. */
export const PICK_CAUSES = { NOT_FOUND: "not where it should be", DAMAGED: "there, but unfit" } as const;
export type PickCause = keyof typeof PICK_CAUSES;

/** When stock set aside from a promotion goes back to sale. */
export const LOCK_RELEASE_POLICIES = {
  AT_ZERO: "when what may be sold reaches 0 everywhere",
  ON_PROMOTION_ENDED: "when the promotion is over, plus a grace time",
} as const;
export type LockReleasePolicy = keyof typeof LOCK_RELEASE_POLICIES;

export const AVAILABILITY_LEVELS = {
  IN_STOCK: "可购买: can be bought",
  LOW_STOCK: "库存紧张: can be bought, not for long",
  OUT_OF_STOCK: "无货: cannot be bought, can be subscribed to",
} as const;
export type AvailabilityLevel = keyof typeof AVAILABILITY_LEVELS;

/** What a movement's reference names. */
export const REFERENCE_TYPES = {
  order: "an order and its line",
  cart: "a cart",
  receipt: "a receipt and its line",
  return: "a return and its line",
  damage: "a damage report and its line",
  restoration: "a restoration and its line",
  disposal: "a disposal and its line",
  adjustment: "an adjustment or stocktake and its line",
  transfer: "a transfer and its line",
  "supplier-order": "an order sent to a supplier and its line",
  report: "a supplier's stock report",
  lock: "a promotion lock",
  correction: "a correction of a stream, made by an engineer",
} as const;
export type ReferenceType = keyof typeof REFERENCE_TYPES;

// Generated from schemas/*.avsc by `npm run generate -w @septet/stock-contracts`. Change the schema, not this file.

/** Pieces were put into a cart. */
export interface CartItemAdded {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly cartId: string;
  readonly customerId: string | null;
  readonly channel: string;
  readonly region: string | null;
  readonly sku: string;
  /** Pieces added (a delta). */
  readonly quantity: number;
}

/** Pieces were taken out of a cart. */
export interface CartItemRemoved {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly cartId: string;
  readonly customerId: string | null;
  readonly channel: string;
  readonly region: string | null;
  readonly sku: string;
  /** Pieces removed (a delta, above 0). */
  readonly quantity: number;
}

/** Pieces of a line that are cancelled. */
export interface OrderCancelledLine {
  readonly lineId: string;
  /** Pieces to take off the line (a delta). */
  readonly quantity: number;
}

/** An order was cancelled, whole or by line. */
export interface OrderCancelled {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly orderId: string;
  /** null cancels the whole order. */
  readonly lines: readonly OrderCancelledLine[] | null;
  readonly reason: string | null;
}

/** One line of an order. */
export interface OrderPlacedLine {
  /** Unique within the order. */
  readonly lineId: string;
  readonly sku: string;
  /** Pieces, 1 to 1,000,000. */
  readonly quantity: number;
  /** In minor units of the order's currency. */
  readonly unitPriceMinor: number | null;
}

/** A shopper placed an order. */
export interface OrderPlaced {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly orderId: string;
  readonly customerId: string | null;
  readonly customerClass: string | null;
  /** 团长: who gathered this order. */
  readonly groupLeaderId: string | null;
  readonly channel: string;
  readonly region: string | null;
  readonly deviceId: string | null;
  readonly ipAddress: string | null;
  /** The cart whose hold this order uses up. */
  readonly cartId: string | null;
  readonly promotionId: string | null;
  /** PENDING or PAID. */
  readonly payment: string;
  /** Reserve what there is instead of all lines or none. */
  readonly allowPartial: boolean;
  /** Epoch milliseconds. */
  readonly deliverBy: number | null;
  readonly lines: readonly OrderPlacedLine[];
  /** ISO 4217. */
  readonly currency: string | null;
  /** The language in which the shopper is told, as a BCP 47 tag (zh-CN, en …). */
  readonly language: string | null;
}

/** A payment was tried and failed; the hold stays until its time. */
export interface PaymentFailed {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly orderId: string;
  readonly paymentId: string | null;
  readonly reason: string | null;
}

/** The money for an order has arrived. */
export interface PaymentSucceeded {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly orderId: string;
  readonly paymentId: string | null;
}

/** A promotion is over. */
export interface PromotionEnded {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly promotionId: string;
}

/** Stock of a SKU kept out of the promotion at a location. */
export interface PromotionItem {
  readonly sku: string;
  readonly location: string;
  readonly lockedQuantity: number;
  /** AT_ZERO or ON_PROMOTION_ENDED. */
  readonly releasePolicy: string;
}

/** A promotion with stock that is set aside from it. */
export interface PromotionScheduled {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly promotionId: string;
  /** Epoch milliseconds. */
  readonly startsAt: number;
  /** Epoch milliseconds. */
  readonly endsAt: number;
  readonly items: readonly PromotionItem[];
}

/** The choice for one shorted line. */
export interface ShortageChoice {
  readonly lineId: string;
  /** REFUND or EXCHANGE. */
  readonly kind: string;
  /** The replacement, for EXCHANGE. */
  readonly sku: string | null;
}

/** The shopper chose what shall happen to the shorted lines. */
export interface ShortageChoiceMade {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly orderId: string;
  readonly shortageId: string;
  readonly choices: readonly ShortageChoice[];
}

/** A part of a bundle. */
export interface BundlePart {
  readonly sku: string;
  /** Pieces of the part in one bundle. */
  readonly quantity: number;
}

/** A SKU as the catalogue sells it; the last one counts. */
export interface SkuListed {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly sku: string;
  readonly name: string;
  readonly unitPriceMinor: number | null;
  /** ISO 4217. */
  readonly currency: string | null;
  /** SKUs of one group may replace each other in a shortage. */
  readonly substitutionGroup: string | null;
  /** Set for a bundle: selling it reserves its parts. */
  readonly parts: readonly BundlePart[] | null;
  /** false: no longer sold. */
  readonly active: boolean;
}

/** What shoppers are told about a SKU, on crossings only. */
export interface AvailabilityChanged {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly sku: string;
  readonly channel: string;
  readonly region: string;
  /** One of AVAILABILITY_LEVELS. */
  readonly level: string;
  /** Readers keep the highest. */
  readonly version: number;
}

/** Sequences applied ahead of a gap. */
export interface RepairPositionRange {
  readonly from: number;
  readonly to: number;
}

/** How far a stream was folded when the drift was seen. */
export interface RepairPosition {
  readonly recordedBy: string;
  readonly contiguous: number;
  readonly ahead: readonly RepairPositionRange[];
}

/** The owner shall mend a balance by the difference, once per repairId. */
export interface BalanceRepairRequested {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly repairId: string;
  /** The owner of the bucket. */
  readonly service: string;
  readonly sku: string;
  readonly location: string;
  /** One of ACCOUNTS. */
  readonly bucket: string;
  readonly positions: readonly RepairPosition[];
  /** What the owner's row said. */
  readonly expectedQuantity: number;
  /** What the fold says. */
  readonly correctQuantity: number;
  /** The two audits that showed the same difference. */
  readonly evidence: string;
  readonly actor: string;
}

/** The owner mended its row. */
export interface BalanceRepaired {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly repairId: string;
  readonly service: string;
  readonly sku: string;
  readonly location: string;
  /** One of ACCOUNTS. */
  readonly bucket: string;
  /** Added to the row: correct minus expected. */
  readonly difference: number;
  readonly quantityAfter: number;
  readonly actor: string;
}

/** Stock is held for a cart. */
export interface CartHeld {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly cartId: string;
  readonly customerId: string | null;
  readonly sku: string;
  /** Pieces held for this cart and SKU now. */
  readonly quantity: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** No stock is held for what was put into the cart. */
export interface CartHoldRejected {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly cartId: string;
  readonly customerId: string | null;
  readonly sku: string;
  /** One of OUTCOME_REASONS.REJECTED. */
  readonly code: string;
}

/** Stock held for a cart went back to sellable. */
export interface CartHoldReleased {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly cartId: string;
  readonly customerId: string | null;
  readonly sku: string;
  readonly quantity: number;
  /** One of OUTCOME_REASONS.RELEASED. */
  readonly reason: string;
}

/** Pieces asked back. */
export interface FulfilmentCancelRequestedLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

/** Do not ship these pieces, if they have not left yet. */
export interface FulfilmentCancelRequested {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly fulfilmentId: string;
  readonly orderId: string;
  readonly location: string;
  readonly lines: readonly FulfilmentCancelRequestedLine[];
}

/** Pieces really cancelled. */
export interface FulfilmentCancelledLine {
  readonly lineId: string;
  readonly sku: string;
  /** 0: too late. */
  readonly quantity: number;
}

/** The answer to a cancel request: what really stays here. */
export interface FulfilmentCancelled {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly fulfilmentId: string;
  readonly orderId: string;
  readonly location: string;
  readonly lines: readonly FulfilmentCancelledLine[];
}

/** Pieces to ship. */
export interface FulfilmentRequestedLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

/** Pick and ship this from one location. */
export interface FulfilmentRequested {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly fulfilmentId: string;
  readonly orderId: string;
  readonly location: string;
  readonly lines: readonly FulfilmentRequestedLine[];
  /** Epoch milliseconds. */
  readonly deliverBy: number | null;
}

/** Pieces shipped. */
export interface FulfilmentShippedLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly reason: string | null;
}

/** Pieces left; the SHIP movements carry the quantities, this one the tracking. */
export interface FulfilmentShipped {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly fulfilmentId: string;
  readonly orderId: string;
  readonly location: string;
  readonly lines: readonly FulfilmentShippedLine[];
  /** Nothing of the fulfilment is open any more. */
  readonly final: boolean;
  readonly tracking: string | null;
}

/** Pieces missing or damaged. */
export interface FulfilmentShortLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  /** NOT_FOUND or DAMAGED. */
  readonly reason: string | null;
}

/** Pieces could not be picked; the PICK_ movements carry the quantities, this one the reasons. */
export interface FulfilmentShort {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly fulfilmentId: string;
  readonly orderId: string;
  readonly location: string;
  readonly lines: readonly FulfilmentShortLine[];
  /** Nothing of the fulfilment is open any more. */
  readonly final: boolean;
  readonly tracking: string | null;
}

/** A shortage that waits to be settled; OrderShorted tells the rest of it. */
export interface NoticedShortage {
  readonly orderId: string;
  readonly shortageId: string;
  /** Unanswered until then, the default remedy is carried out. Epoch milliseconds. */
  readonly decideBy: number;
}

/** Orders that a group leader (团长) gathered were shorted: one notice per batch. */
export interface GroupLeaderNotified {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly groupLeaderId: string;
  readonly shortages: readonly NoticedShortage[];
}

/** A warehouse or supplier location as it stands now. */
export interface LocationDefined {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly location: string;
  /** WAREHOUSE or SUPPLIER. */
  readonly kind: string;
  readonly name: string;
  readonly region: string | null;
  /** The warehouse a supplier location belongs to. */
  readonly attachedTo: string | null;
  readonly active: boolean;
  /** Readers keep the highest. */
  readonly version: number;
}

/** Pieces of a line that are reserved when the payment arrives. */
export interface WaitingLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

/** Something the sender should know about a waiting order. */
export interface AwaitingWarning {
  /** One of OUTCOME_REASONS.WARNED. */
  readonly code: string;
  /** The other order that the warning is about. */
  readonly orderId: string | null;
  /** For the customer, in the order's language; never a quantity. */
  readonly text: string | null;
}

/** The order reserves when its payment arrives (policy ON_PAYMENT). */
export interface OrderAwaitingPayment {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly orderId: string;
  /** What waits; the order's other lines are reserved now. */
  readonly lines: readonly WaitingLine[];
  readonly warnings: readonly AwaitingWarning[];
}

/** What was shipped of a line. */
export interface FulfilledLine {
  readonly lineId: string;
  readonly sku: string;
  /** Pieces shipped, 0 when none of the line was. */
  readonly quantity: number;
}

/** Nothing of the order is open any more and something was shipped. */
export interface OrderFulfilled {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly orderId: string;
  readonly lines: readonly FulfilledLine[];
}

/** Why, for a line or for the whole order. */
export interface RejectionReason {
  readonly lineId: string | null;
  readonly sku: string | null;
  /** One of OUTCOME_REASONS.REJECTED. */
  readonly code: string;
  /** The other order that the reason is about. */
  readonly orderId: string | null;
  /** For the customer, in the order's language; never a quantity. */
  readonly text: string | null;
}

/** Nothing is held for the order; never carries a quantity. */
export interface OrderReservationRejected {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly orderId: string;
  readonly reasons: readonly RejectionReason[];
}

/** Pieces given back. */
export interface ReleasedLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly location: string | null;
}

/** Held stock went back to sellable. */
export interface OrderReservationReleased {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly orderId: string;
  /** One of OUTCOME_REASONS.RELEASED. */
  readonly reason: string;
  readonly lines: readonly ReleasedLine[];
  /** For the customer, in the order's language; never a quantity. */
  readonly text: string | null;
}

/** Pieces held at a location. */
export interface ReservedAllocation {
  readonly location: string;
  /** Pieces of the part, where the line is a bundle. */
  readonly quantity: number;
  /** The part, where the line is a bundle; null: the line's own SKU. */
  readonly sku: string | null;
}

/** What is held for a line. */
export interface ReservedLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly allocations: readonly ReservedAllocation[];
}

/** Something the sender should know about a reserved order. */
export interface ReservationWarning {
  /** One of OUTCOME_REASONS.WARNED. */
  readonly code: string;
  /** The other order that the warning is about. */
  readonly orderId: string | null;
  /** For the customer, in the order's language; never a quantity. */
  readonly text: string | null;
}

/** Stock is held for an order. */
export interface OrderReserved {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly orderId: string;
  /** null: permanent. Epoch milliseconds. */
  readonly expiresAt: number | null;
  readonly lines: readonly ReservedLine[];
  readonly warnings: readonly ReservationWarning[];
}

/** What was done for a shorted line. */
export interface SettledLine {
  readonly lineId: string;
  /** REFUND or EXCHANGE. */
  readonly kind: string;
  readonly sku: string | null;
  readonly refundMinor: number | null;
  readonly couponMinor: number | null;
  /** What was done, for the customer, in the order's language; null: written before there was one. */
  readonly text: string | null;
}

/** A shortage is settled. */
export interface OrderShortageSettled {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly orderId: string;
  readonly shortageId: string;
  readonly lines: readonly SettledLine[];
  /** CUSTOMER, OPERATOR or DEFAULT. */
  readonly by: string;
  /** For the customer, with an apology, in the order's language; null: written before there was one. */
  readonly text: string | null;
}

/** What the shopper may choose. */
export interface ShortageRemedy {
  /** REFUND or EXCHANGE. */
  readonly kind: string;
  /** The replacement, for EXCHANGE. */
  readonly sku: string | null;
  readonly refundMinor: number | null;
  readonly couponMinor: number | null;
}

/** The missing pieces of a line. */
export interface ShortedLine {
  readonly lineId: string;
  readonly sku: string;
  readonly shortQuantity: number;
  readonly remedies: readonly ShortageRemedy[];
}

/** Pieces of a paid or partial order cannot be served; with remedies. */
export interface OrderShorted {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly orderId: string;
  readonly shortageId: string;
  /** One of OUTCOME_REASONS.SHORTED. */
  readonly cause: string;
  /** Unanswered until then, the default remedy is carried out. Epoch milliseconds. */
  readonly decideBy: number;
  readonly groupLeaderId: string | null;
  readonly lines: readonly ShortedLine[];
  /** For the customer, in the order's language: what happened, with an apology; never what is left in stock. */
  readonly text: string | null;
}

/** The policy of a scope as it stands now. */
export interface PolicyChanged {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  /** default, channel:<c>, region:<r>, sku:<s> … */
  readonly scope: string;
  /** JSON. */
  readonly policy: string;
  readonly actor: string | null;
  /** Readers keep the highest. */
  readonly version: number;
}

/** The judgement on one line. */
export interface ReturnedLine {
  readonly lineId: string | null;
  readonly sku: string;
  readonly sellable: number;
  readonly unsellable: number;
  readonly missing: number;
}

/** Goods came back and were judged. */
export interface ReturnReceived {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly returnId: string;
  readonly orderId: string | null;
  readonly location: string;
  readonly lines: readonly ReturnedLine[];
}

/** What the shopper may still choose. */
export interface RemedyLeft {
  /** REFUND or EXCHANGE. */
  readonly kind: string;
  /** The replacement, for EXCHANGE. */
  readonly sku: string | null;
  readonly refundMinor: number | null;
  readonly couponMinor: number | null;
}

/** A line that waits for a choice. */
export interface UnsettledLine {
  readonly lineId: string;
  readonly sku: string;
  readonly remedies: readonly RemedyLeft[];
}

/** Nothing of a ShortageChoiceMade was carried out; never carries what is left in stock. */
export interface ShortageChoiceRejected {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly orderId: string;
  readonly shortageId: string;
  /** The line that it failed at. */
  readonly lineId: string | null;
  /** One of OUTCOME_REASONS.NOT_CHOSEN. */
  readonly code: string;
  /** For the customer, in the order's language; never a quantity. */
  readonly text: string | null;
  /** What can still be chosen, for the lines that are not settled. */
  readonly lines: readonly UnsettledLine[];
}

/** An alert is over. */
export interface StockAlertCleared {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly alertId: string;
  /** One of ALERT_CODES. */
  readonly code: string;
  readonly service: string;
  readonly sku: string | null;
  readonly location: string | null;
  readonly supplierId: string | null;
  readonly orderId: string | null;
  readonly message: string | null;
}

/** Somebody should look at this. */
export interface StockAlertRaised {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  /** The same for raise and clear. */
  readonly alertId: string;
  /** One of ALERT_CODES. */
  readonly code: string;
  /** One of ALERT_SEVERITIES. */
  readonly severity: string;
  /** Who raised it. */
  readonly service: string;
  readonly sku: string | null;
  readonly location: string | null;
  readonly supplierId: string | null;
  readonly orderId: string | null;
  readonly message: string;
  readonly details: { readonly [key: string]: string } | null;
}

/** The document and line the movement belongs to. */
export interface MovementReference {
  /** One of REFERENCE_TYPES. */
  readonly type: string;
  readonly id: string;
  readonly line: string | null;
}

/** A signed change of one bucket (or total) at one location. */
export interface MovementLeg {
  readonly location: string;
  /** One of ACCOUNTS. */
  readonly bucket: string;
  /** Pieces, signed, never 0. */
  readonly delta: number;
}

/** Stock of one SKU moved between buckets; immutable, balanced at every location it touches. */
export interface StockMovement {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly movementId: string;
  readonly sku: string;
  /** One of MOVEMENT_KINDS; consumers apply balanced legs of a kind they do not know. */
  readonly kind: string;
  /** Unbroken per recorder and SKU, from 1. */
  readonly sequence: number;
  /** The service whose stream the sequence belongs to. */
  readonly recordedBy: string;
  readonly reference: MovementReference;
  /** movementId of the movement this one undoes. */
  readonly reverses: string | null;
  readonly reason: string | null;
  /** Who caused it. */
  readonly actor: string | null;
  readonly legs: readonly MovementLeg[];
}

/** A transfer line as it stands now. */
export interface TransferLineChanged {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly transferId: string;
  readonly lineId: string;
  readonly sku: string;
  readonly source: string;
  readonly destination: string;
  /** One of TRANSFER_LINE_STATES. */
  readonly state: string;
  readonly requested: number;
  readonly reserved: number;
  readonly dispatched: number;
  /** Sellable and damaged together. */
  readonly received: number;
  readonly damaged: number;
  readonly lost: number;
  readonly cancelled: number;
  /** Epoch milliseconds. */
  readonly expectedAt: number | null;
  /** Readers keep the highest. */
  readonly version: number;
  /** Refused at the source. */
  readonly rejected: number;
  /** Not found before dispatch. */
  readonly short: number;
  readonly damagedBeforeDispatch: number;
  /** Those of received that came back to the source. */
  readonly returned: number;
  /** Arrived beyond what was under way; booked as receipts. */
  readonly surplus: number;
  /** Called off and not answered yet by the source. */
  readonly withdrawn: number;
}

/** The source cannot spare these pieces. */
export interface TransferReservationRejected {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly transferId: string;
  readonly lineId: string;
  readonly sku: string;
  readonly source: string;
  /** Pieces refused; the rest, if any, was reserved by movement. */
  readonly quantity: number;
  /** One of OUTCOME_REASONS.REJECTED. */
  readonly code: string;
}

/** Reserve this at the source for a transfer. */
export interface TransferReservationRequested {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly transferId: string;
  readonly lineId: string;
  readonly sku: string;
  readonly source: string;
  readonly destination: string;
  readonly quantity: number;
  /** Reserve what there is. */
  readonly allowPartial: boolean;
}

/** More arrived with a transfer than was under way: the warehouse books it as a receipt. */
export interface TransferSurplusArrived {
  /** Unique for ever; who sees it twice drops the second. */
  readonly eventId: string;
  /** When it happened, by its sender's clock, UTC. Epoch milliseconds. */
  readonly occurredAt: number;
  readonly transferId: string;
  readonly arrivalId: string;
  readonly lineId: string;
  readonly sku: string;
  /** Where it arrived. */
  readonly location: string;
  /** Sellable and unsellable together. */
  readonly quantity: number;
  readonly unsellable: number;
  readonly actor: string | null;
}

/** Every record by its short name. */
export interface Records {
  CartItemAdded: CartItemAdded;
  CartItemRemoved: CartItemRemoved;
  OrderCancelled: OrderCancelled;
  OrderPlaced: OrderPlaced;
  PaymentFailed: PaymentFailed;
  PaymentSucceeded: PaymentSucceeded;
  PromotionEnded: PromotionEnded;
  PromotionScheduled: PromotionScheduled;
  ShortageChoiceMade: ShortageChoiceMade;
  SkuListed: SkuListed;
  AvailabilityChanged: AvailabilityChanged;
  BalanceRepairRequested: BalanceRepairRequested;
  BalanceRepaired: BalanceRepaired;
  CartHeld: CartHeld;
  CartHoldRejected: CartHoldRejected;
  CartHoldReleased: CartHoldReleased;
  FulfilmentCancelRequested: FulfilmentCancelRequested;
  FulfilmentCancelled: FulfilmentCancelled;
  FulfilmentRequested: FulfilmentRequested;
  FulfilmentShipped: FulfilmentShipped;
  FulfilmentShort: FulfilmentShort;
  GroupLeaderNotified: GroupLeaderNotified;
  LocationDefined: LocationDefined;
  OrderAwaitingPayment: OrderAwaitingPayment;
  OrderFulfilled: OrderFulfilled;
  OrderReservationRejected: OrderReservationRejected;
  OrderReservationReleased: OrderReservationReleased;
  OrderReserved: OrderReserved;
  OrderShortageSettled: OrderShortageSettled;
  OrderShorted: OrderShorted;
  PolicyChanged: PolicyChanged;
  ReturnReceived: ReturnReceived;
  ShortageChoiceRejected: ShortageChoiceRejected;
  StockAlertCleared: StockAlertCleared;
  StockAlertRaised: StockAlertRaised;
  StockMovement: StockMovement;
  TransferLineChanged: TransferLineChanged;
  TransferReservationRejected: TransferReservationRejected;
  TransferReservationRequested: TransferReservationRequested;
  TransferSurplusArrived: TransferSurplusArrived;
}

/** Canonical schemas (no docs, keys in one order), by short name; what is registered and released. */
export const SCHEMAS: { readonly [N in keyof Records]: object } = {
  CartItemAdded: {"type":"record","name":"CartItemAdded","namespace":"septet.upstream","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"cartId"},{"type":["null","string"],"name":"customerId","default":null},{"type":"string","name":"channel"},{"type":["null","string"],"name":"region","default":null},{"type":"string","name":"sku"},{"type":"int","name":"quantity"}]},
  CartItemRemoved: {"type":"record","name":"CartItemRemoved","namespace":"septet.upstream","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"cartId"},{"type":["null","string"],"name":"customerId","default":null},{"type":"string","name":"channel"},{"type":["null","string"],"name":"region","default":null},{"type":"string","name":"sku"},{"type":"int","name":"quantity"}]},
  OrderCancelled: {"type":"record","name":"OrderCancelled","namespace":"septet.upstream","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"orderId"},{"type":["null",{"type":"array","items":{"type":"record","name":"OrderCancelledLine","fields":[{"type":"string","name":"lineId"},{"type":"int","name":"quantity"}]}}],"name":"lines","default":null},{"type":["null","string"],"name":"reason","default":null}]},
  OrderPlaced: {"type":"record","name":"OrderPlaced","namespace":"septet.upstream","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"orderId"},{"type":["null","string"],"name":"customerId","default":null},{"type":["null","string"],"name":"customerClass","default":null},{"type":["null","string"],"name":"groupLeaderId","default":null},{"type":"string","name":"channel"},{"type":["null","string"],"name":"region","default":null},{"type":["null","string"],"name":"deviceId","default":null},{"type":["null","string"],"name":"ipAddress","default":null},{"type":["null","string"],"name":"cartId","default":null},{"type":["null","string"],"name":"promotionId","default":null},{"type":"string","name":"payment"},{"type":"boolean","name":"allowPartial","default":false},{"type":["null",{"type":"long","logicalType":"timestamp-millis"}],"name":"deliverBy","default":null},{"type":{"type":"array","items":{"type":"record","name":"OrderPlacedLine","fields":[{"type":"string","name":"lineId"},{"type":"string","name":"sku"},{"type":"int","name":"quantity"},{"type":["null","long"],"name":"unitPriceMinor","default":null}]}},"name":"lines"},{"type":["null","string"],"name":"currency","default":null},{"type":["null","string"],"name":"language","default":null}]},
  PaymentFailed: {"type":"record","name":"PaymentFailed","namespace":"septet.upstream","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"orderId"},{"type":["null","string"],"name":"paymentId","default":null},{"type":["null","string"],"name":"reason","default":null}]},
  PaymentSucceeded: {"type":"record","name":"PaymentSucceeded","namespace":"septet.upstream","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"orderId"},{"type":["null","string"],"name":"paymentId","default":null}]},
  PromotionEnded: {"type":"record","name":"PromotionEnded","namespace":"septet.upstream","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"promotionId"}]},
  PromotionScheduled: {"type":"record","name":"PromotionScheduled","namespace":"septet.upstream","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"promotionId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"startsAt"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"endsAt"},{"type":{"type":"array","items":{"type":"record","name":"PromotionItem","fields":[{"type":"string","name":"sku"},{"type":"string","name":"location"},{"type":"int","name":"lockedQuantity"},{"type":"string","name":"releasePolicy"}]}},"name":"items"}]},
  ShortageChoiceMade: {"type":"record","name":"ShortageChoiceMade","namespace":"septet.upstream","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"orderId"},{"type":"string","name":"shortageId"},{"type":{"type":"array","items":{"type":"record","name":"ShortageChoice","fields":[{"type":"string","name":"lineId"},{"type":"string","name":"kind"},{"type":["null","string"],"name":"sku","default":null}]}},"name":"choices"}]},
  SkuListed: {"type":"record","name":"SkuListed","namespace":"septet.upstream","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"sku"},{"type":"string","name":"name"},{"type":["null","long"],"name":"unitPriceMinor","default":null},{"type":["null","string"],"name":"currency","default":null},{"type":["null","string"],"name":"substitutionGroup","default":null},{"type":["null",{"type":"array","items":{"type":"record","name":"BundlePart","fields":[{"type":"string","name":"sku"},{"type":"int","name":"quantity"}]}}],"name":"parts","default":null},{"type":"boolean","name":"active","default":true}]},
  AvailabilityChanged: {"type":"record","name":"AvailabilityChanged","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"sku"},{"type":"string","name":"channel"},{"type":"string","name":"region"},{"type":"string","name":"level"},{"type":"long","name":"version"}]},
  BalanceRepairRequested: {"type":"record","name":"BalanceRepairRequested","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"repairId"},{"type":"string","name":"service"},{"type":"string","name":"sku"},{"type":"string","name":"location"},{"type":"string","name":"bucket"},{"type":{"type":"array","items":{"type":"record","name":"RepairPosition","fields":[{"type":"string","name":"recordedBy"},{"type":"long","name":"contiguous"},{"type":{"type":"array","items":{"type":"record","name":"RepairPositionRange","fields":[{"type":"long","name":"from"},{"type":"long","name":"to"}]}},"name":"ahead"}]}},"name":"positions"},{"type":"long","name":"expectedQuantity"},{"type":"long","name":"correctQuantity"},{"type":"string","name":"evidence"},{"type":"string","name":"actor"}]},
  BalanceRepaired: {"type":"record","name":"BalanceRepaired","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"repairId"},{"type":"string","name":"service"},{"type":"string","name":"sku"},{"type":"string","name":"location"},{"type":"string","name":"bucket"},{"type":"long","name":"difference"},{"type":"long","name":"quantityAfter"},{"type":"string","name":"actor"}]},
  CartHeld: {"type":"record","name":"CartHeld","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"cartId"},{"type":["null","string"],"name":"customerId","default":null},{"type":"string","name":"sku"},{"type":"int","name":"quantity"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"expiresAt"}]},
  CartHoldRejected: {"type":"record","name":"CartHoldRejected","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"cartId"},{"type":["null","string"],"name":"customerId","default":null},{"type":"string","name":"sku"},{"type":"string","name":"code"}]},
  CartHoldReleased: {"type":"record","name":"CartHoldReleased","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"cartId"},{"type":["null","string"],"name":"customerId","default":null},{"type":"string","name":"sku"},{"type":"int","name":"quantity"},{"type":"string","name":"reason"}]},
  FulfilmentCancelRequested: {"type":"record","name":"FulfilmentCancelRequested","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"fulfilmentId"},{"type":"string","name":"orderId"},{"type":"string","name":"location"},{"type":{"type":"array","items":{"type":"record","name":"FulfilmentCancelRequestedLine","fields":[{"type":"string","name":"lineId"},{"type":"string","name":"sku"},{"type":"int","name":"quantity"}]}},"name":"lines"}]},
  FulfilmentCancelled: {"type":"record","name":"FulfilmentCancelled","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"fulfilmentId"},{"type":"string","name":"orderId"},{"type":"string","name":"location"},{"type":{"type":"array","items":{"type":"record","name":"FulfilmentCancelledLine","fields":[{"type":"string","name":"lineId"},{"type":"string","name":"sku"},{"type":"int","name":"quantity"}]}},"name":"lines"}]},
  FulfilmentRequested: {"type":"record","name":"FulfilmentRequested","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"fulfilmentId"},{"type":"string","name":"orderId"},{"type":"string","name":"location"},{"type":{"type":"array","items":{"type":"record","name":"FulfilmentRequestedLine","fields":[{"type":"string","name":"lineId"},{"type":"string","name":"sku"},{"type":"int","name":"quantity"}]}},"name":"lines"},{"type":["null",{"type":"long","logicalType":"timestamp-millis"}],"name":"deliverBy","default":null}]},
  FulfilmentShipped: {"type":"record","name":"FulfilmentShipped","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"fulfilmentId"},{"type":"string","name":"orderId"},{"type":"string","name":"location"},{"type":{"type":"array","items":{"type":"record","name":"FulfilmentShippedLine","fields":[{"type":"string","name":"lineId"},{"type":"string","name":"sku"},{"type":"int","name":"quantity"},{"type":["null","string"],"name":"reason","default":null}]}},"name":"lines"},{"type":"boolean","name":"final"},{"type":["null","string"],"name":"tracking","default":null}]},
  FulfilmentShort: {"type":"record","name":"FulfilmentShort","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"fulfilmentId"},{"type":"string","name":"orderId"},{"type":"string","name":"location"},{"type":{"type":"array","items":{"type":"record","name":"FulfilmentShortLine","fields":[{"type":"string","name":"lineId"},{"type":"string","name":"sku"},{"type":"int","name":"quantity"},{"type":["null","string"],"name":"reason","default":null}]}},"name":"lines"},{"type":"boolean","name":"final"},{"type":["null","string"],"name":"tracking","default":null}]},
  GroupLeaderNotified: {"type":"record","name":"GroupLeaderNotified","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"groupLeaderId"},{"type":{"type":"array","items":{"type":"record","name":"NoticedShortage","fields":[{"type":"string","name":"orderId"},{"type":"string","name":"shortageId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"decideBy"}]}},"name":"shortages"}]},
  LocationDefined: {"type":"record","name":"LocationDefined","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"location"},{"type":"string","name":"kind"},{"type":"string","name":"name"},{"type":["null","string"],"name":"region","default":null},{"type":["null","string"],"name":"attachedTo","default":null},{"type":"boolean","name":"active"},{"type":"long","name":"version"}]},
  OrderAwaitingPayment: {"type":"record","name":"OrderAwaitingPayment","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"orderId"},{"type":{"type":"array","items":{"type":"record","name":"WaitingLine","fields":[{"type":"string","name":"lineId"},{"type":"string","name":"sku"},{"type":"int","name":"quantity"}]}},"name":"lines","default":[]},{"type":{"type":"array","items":{"type":"record","name":"AwaitingWarning","fields":[{"type":"string","name":"code"},{"type":["null","string"],"name":"orderId","default":null},{"type":["null","string"],"name":"text","default":null}]}},"name":"warnings","default":[]}]},
  OrderFulfilled: {"type":"record","name":"OrderFulfilled","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"orderId"},{"type":{"type":"array","items":{"type":"record","name":"FulfilledLine","fields":[{"type":"string","name":"lineId"},{"type":"string","name":"sku"},{"type":"int","name":"quantity"}]}},"name":"lines"}]},
  OrderReservationRejected: {"type":"record","name":"OrderReservationRejected","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"orderId"},{"type":{"type":"array","items":{"type":"record","name":"RejectionReason","fields":[{"type":["null","string"],"name":"lineId","default":null},{"type":["null","string"],"name":"sku","default":null},{"type":"string","name":"code"},{"type":["null","string"],"name":"orderId","default":null},{"type":["null","string"],"name":"text","default":null}]}},"name":"reasons"}]},
  OrderReservationReleased: {"type":"record","name":"OrderReservationReleased","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"orderId"},{"type":"string","name":"reason"},{"type":{"type":"array","items":{"type":"record","name":"ReleasedLine","fields":[{"type":"string","name":"lineId"},{"type":"string","name":"sku"},{"type":"int","name":"quantity"},{"type":["null","string"],"name":"location","default":null}]}},"name":"lines"},{"type":["null","string"],"name":"text","default":null}]},
  OrderReserved: {"type":"record","name":"OrderReserved","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"orderId"},{"type":["null",{"type":"long","logicalType":"timestamp-millis"}],"name":"expiresAt","default":null},{"type":{"type":"array","items":{"type":"record","name":"ReservedLine","fields":[{"type":"string","name":"lineId"},{"type":"string","name":"sku"},{"type":"int","name":"quantity"},{"type":{"type":"array","items":{"type":"record","name":"ReservedAllocation","fields":[{"type":"string","name":"location"},{"type":"int","name":"quantity"},{"type":["null","string"],"name":"sku","default":null}]}},"name":"allocations"}]}},"name":"lines"},{"type":{"type":"array","items":{"type":"record","name":"ReservationWarning","fields":[{"type":"string","name":"code"},{"type":["null","string"],"name":"orderId","default":null},{"type":["null","string"],"name":"text","default":null}]}},"name":"warnings","default":[]}]},
  OrderShortageSettled: {"type":"record","name":"OrderShortageSettled","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"orderId"},{"type":"string","name":"shortageId"},{"type":{"type":"array","items":{"type":"record","name":"SettledLine","fields":[{"type":"string","name":"lineId"},{"type":"string","name":"kind"},{"type":["null","string"],"name":"sku","default":null},{"type":["null","long"],"name":"refundMinor","default":null},{"type":["null","long"],"name":"couponMinor","default":null},{"type":["null","string"],"name":"text","default":null}]}},"name":"lines"},{"type":"string","name":"by"},{"type":["null","string"],"name":"text","default":null}]},
  OrderShorted: {"type":"record","name":"OrderShorted","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"orderId"},{"type":"string","name":"shortageId"},{"type":"string","name":"cause"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"decideBy"},{"type":["null","string"],"name":"groupLeaderId","default":null},{"type":{"type":"array","items":{"type":"record","name":"ShortedLine","fields":[{"type":"string","name":"lineId"},{"type":"string","name":"sku"},{"type":"int","name":"shortQuantity"},{"type":{"type":"array","items":{"type":"record","name":"ShortageRemedy","fields":[{"type":"string","name":"kind"},{"type":["null","string"],"name":"sku","default":null},{"type":["null","long"],"name":"refundMinor","default":null},{"type":["null","long"],"name":"couponMinor","default":null}]}},"name":"remedies"}]}},"name":"lines"},{"type":["null","string"],"name":"text","default":null}]},
  PolicyChanged: {"type":"record","name":"PolicyChanged","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"scope"},{"type":"string","name":"policy"},{"type":["null","string"],"name":"actor","default":null},{"type":"long","name":"version"}]},
  ReturnReceived: {"type":"record","name":"ReturnReceived","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"returnId"},{"type":["null","string"],"name":"orderId","default":null},{"type":"string","name":"location"},{"type":{"type":"array","items":{"type":"record","name":"ReturnedLine","fields":[{"type":["null","string"],"name":"lineId","default":null},{"type":"string","name":"sku"},{"type":"int","name":"sellable"},{"type":"int","name":"unsellable"},{"type":"int","name":"missing"}]}},"name":"lines"}]},
  ShortageChoiceRejected: {"type":"record","name":"ShortageChoiceRejected","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"orderId"},{"type":"string","name":"shortageId"},{"type":["null","string"],"name":"lineId","default":null},{"type":"string","name":"code"},{"type":["null","string"],"name":"text","default":null},{"type":{"type":"array","items":{"type":"record","name":"UnsettledLine","fields":[{"type":"string","name":"lineId"},{"type":"string","name":"sku"},{"type":{"type":"array","items":{"type":"record","name":"RemedyLeft","fields":[{"type":"string","name":"kind"},{"type":["null","string"],"name":"sku","default":null},{"type":["null","long"],"name":"refundMinor","default":null},{"type":["null","long"],"name":"couponMinor","default":null}]}},"name":"remedies"}]}},"name":"lines","default":[]}]},
  StockAlertCleared: {"type":"record","name":"StockAlertCleared","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"alertId"},{"type":"string","name":"code"},{"type":"string","name":"service"},{"type":["null","string"],"name":"sku","default":null},{"type":["null","string"],"name":"location","default":null},{"type":["null","string"],"name":"supplierId","default":null},{"type":["null","string"],"name":"orderId","default":null},{"type":["null","string"],"name":"message","default":null}]},
  StockAlertRaised: {"type":"record","name":"StockAlertRaised","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"alertId"},{"type":"string","name":"code"},{"type":"string","name":"severity"},{"type":"string","name":"service"},{"type":["null","string"],"name":"sku","default":null},{"type":["null","string"],"name":"location","default":null},{"type":["null","string"],"name":"supplierId","default":null},{"type":["null","string"],"name":"orderId","default":null},{"type":"string","name":"message"},{"type":["null",{"type":"map","values":"string"}],"name":"details","default":null}]},
  StockMovement: {"type":"record","name":"StockMovement","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"movementId"},{"type":"string","name":"sku"},{"type":"string","name":"kind"},{"type":"long","name":"sequence"},{"type":"string","name":"recordedBy"},{"type":{"type":"record","name":"MovementReference","fields":[{"type":"string","name":"type"},{"type":"string","name":"id"},{"type":["null","string"],"name":"line","default":null}]},"name":"reference"},{"type":["null","string"],"name":"reverses","default":null},{"type":["null","string"],"name":"reason","default":null},{"type":["null","string"],"name":"actor","default":null},{"type":{"type":"array","items":{"type":"record","name":"MovementLeg","fields":[{"type":"string","name":"location"},{"type":"string","name":"bucket"},{"type":"long","name":"delta"}]}},"name":"legs"}]},
  TransferLineChanged: {"type":"record","name":"TransferLineChanged","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"transferId"},{"type":"string","name":"lineId"},{"type":"string","name":"sku"},{"type":"string","name":"source"},{"type":"string","name":"destination"},{"type":"string","name":"state"},{"type":"int","name":"requested"},{"type":"int","name":"reserved"},{"type":"int","name":"dispatched"},{"type":"int","name":"received"},{"type":"int","name":"damaged"},{"type":"int","name":"lost"},{"type":"int","name":"cancelled"},{"type":["null",{"type":"long","logicalType":"timestamp-millis"}],"name":"expectedAt","default":null},{"type":"long","name":"version"},{"type":"int","name":"rejected","default":0},{"type":"int","name":"short","default":0},{"type":"int","name":"damagedBeforeDispatch","default":0},{"type":"int","name":"returned","default":0},{"type":"int","name":"surplus","default":0},{"type":"int","name":"withdrawn","default":0}]},
  TransferReservationRejected: {"type":"record","name":"TransferReservationRejected","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"transferId"},{"type":"string","name":"lineId"},{"type":"string","name":"sku"},{"type":"string","name":"source"},{"type":"int","name":"quantity"},{"type":"string","name":"code"}]},
  TransferReservationRequested: {"type":"record","name":"TransferReservationRequested","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"transferId"},{"type":"string","name":"lineId"},{"type":"string","name":"sku"},{"type":"string","name":"source"},{"type":"string","name":"destination"},{"type":"int","name":"quantity"},{"type":"boolean","name":"allowPartial","default":true}]},
  TransferSurplusArrived: {"type":"record","name":"TransferSurplusArrived","namespace":"septet.stock","fields":[{"type":"string","name":"eventId"},{"type":{"type":"long","logicalType":"timestamp-millis"},"name":"occurredAt"},{"type":"string","name":"transferId"},{"type":"string","name":"arrivalId"},{"type":"string","name":"lineId"},{"type":"string","name":"sku"},{"type":"string","name":"location"},{"type":"int","name":"quantity"},{"type":"int","name":"unsellable","default":0},{"type":["null","string"],"name":"actor","default":null}]},
};

import type { RecordName, RecordOf } from "./records.js";

type KeyRules = { readonly [N in RecordName]: (value: RecordOf<N>) => string };

const byOrder = (value: { readonly orderId: string }) => value.orderId;
const bySku = (value: { readonly sku: string }) => value.sku;
const byCart = (value: { readonly cartId: string }) => value.cartId;
const byPromotion = (value: { readonly promotionId: string }) => value.promotionId;

/** A SKU's alerts stay in order, else a supplier's, else an order's, else those of one code. */
const byAlertSubject = (alert: RecordOf<"StockAlertRaised" | "StockAlertCleared">) =>
  alert.sku ?? alert.supplierId ?? alert.orderId ?? alert.code;

const KEY_RULES: KeyRules = {
  OrderPlaced: byOrder,
  OrderCancelled: byOrder,
  ShortageChoiceMade: byOrder,
  PaymentSucceeded: byOrder,
  PaymentFailed: byOrder,
  CartItemAdded: byCart,
  CartItemRemoved: byCart,
  SkuListed: bySku,
  PromotionScheduled: byPromotion,
  PromotionEnded: byPromotion,
  StockMovement: bySku,
  OrderReserved: byOrder,
  OrderAwaitingPayment: byOrder,
  OrderReservationRejected: byOrder,
  OrderReservationReleased: byOrder,
  OrderShorted: byOrder,
  OrderShortageSettled: byOrder,
  ShortageChoiceRejected: byOrder,
  GroupLeaderNotified: (value) => value.groupLeaderId,
  OrderFulfilled: byOrder,
  CartHeld: byCart,
  CartHoldRejected: byCart,
  CartHoldReleased: byCart,
  FulfilmentRequested: byOrder,
  FulfilmentCancelRequested: byOrder,
  FulfilmentCancelled: byOrder,
  FulfilmentShipped: byOrder,
  FulfilmentShort: byOrder,
  ReturnReceived: (value) => value.orderId ?? value.returnId,
  TransferReservationRequested: bySku,
  TransferReservationRejected: bySku,
  TransferLineChanged: bySku,
  TransferSurplusArrived: bySku,
  LocationDefined: (value) => value.location,
  PolicyChanged: (value) => value.scope,
  // A JSON array, because any separator may be part of a SKU.
  AvailabilityChanged: (value) => JSON.stringify([value.sku, value.channel, value.region]),
  BalanceRepairRequested: bySku,
  BalanceRepaired: bySku,
  StockAlertRaised: byAlertSubject,
  StockAlertCleared: byAlertSubject,
};

/** The Kafka key of a record: what must stay in order with it. */
export function keyOf<N extends RecordName>(name: N, value: RecordOf<N>): string {
  return KEY_RULES[name](value);
}

import type { Records } from "./generated/records.js";
import { SERVICES, type ServiceName } from "./services.js";

/** Which records travel on which topic; a record travels on one. */
export const TOPIC_RECORDS = {
  "upstream.orders.v1": ["OrderPlaced", "OrderCancelled", "ShortageChoiceMade"],
  "upstream.payments.v1": ["PaymentSucceeded", "PaymentFailed"],
  "upstream.carts.v1": ["CartItemAdded", "CartItemRemoved"],
  "upstream.catalogue.v1": ["SkuListed"],
  "upstream.promotions.v1": ["PromotionScheduled", "PromotionEnded"],
  "stock.movements.v1": ["StockMovement"],
  "stock.reservations.v1": [
    "OrderReserved",
    "OrderAwaitingPayment",
    "OrderReservationRejected",
    "OrderReservationReleased",
    "OrderShorted",
    "OrderShortageSettled",
    "ShortageChoiceRejected",
    "GroupLeaderNotified",
    "OrderFulfilled",
  ],
  "stock.carts.v1": ["CartHeld", "CartHoldRejected", "CartHoldReleased"],
  "stock.fulfilments.v1": [
    "FulfilmentRequested",
    "FulfilmentCancelRequested",
    "FulfilmentCancelled",
    "FulfilmentShipped",
    "FulfilmentShort",
    "ReturnReceived",
  ],
  "stock.transfers.v1": [
    "TransferReservationRequested",
    "TransferReservationRejected",
    "TransferLineChanged",
    "TransferSurplusArrived",
  ],
  "stock.locations.v1": ["LocationDefined"],
  "stock.policies.v1": ["PolicyChanged"],
  "stock.availability.v1": ["AvailabilityChanged"],
  "stock.corrections.v1": ["BalanceRepairRequested", "BalanceRepaired"],
  "stock.alerts.v1": ["StockAlertRaised", "StockAlertCleared"],
} as const satisfies { readonly [topic: string]: readonly (keyof Records)[] };

export type RecordTopic = keyof typeof TOPIC_RECORDS;
export type DeadLetterTopic = `${ServiceName}.dead-letters.v1`;
export type TopicName = RecordTopic | DeadLetterTopic;

/** Where a service puts the messages that it cannot handle. */
export function deadLetterTopic(service: ServiceName): DeadLetterTopic {
  return `${service}.dead-letters.v1`;
}

export const RECORD_TOPICS = Object.keys(TOPIC_RECORDS) as readonly RecordTopic[];
export const DEAD_LETTER_TOPICS: readonly DeadLetterTopic[] = SERVICES.map(deadLetterTopic);

/** The topic of each record. */
export const TOPIC_OF = Object.fromEntries(
  RECORD_TOPICS.flatMap((topic) => TOPIC_RECORDS[topic].map((name) => [name, topic])),
) as { readonly [N in keyof Records]: RecordTopic };

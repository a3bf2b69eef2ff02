import type { Language, RecordOf } from "@septet/stock-contracts";
import type { MoveLine } from "./moving.js";
import type { LockName, Schedule } from "./promotion-scheduling.js";
import type { Choice } from "./settling-shortages.js";
import type { SkuListing } from "./world.js";

export interface PlacedLine {
  lineId: string;
  sku: string;
  quantity: number;
  /** Minor units of the order's currency; null or left out: nobody said. */
  unitPriceMinor?: number | null;
}

/** What of `OrderPlaced` decides the reservation. */
export interface Placement {
  orderId: string;
  customerId: string | null;
  customerClass: string | null;
  groupLeaderId: string | null;
  channel: string | null;
  region: string | null;
  payment: "PENDING" | "PAID";
  allowPartial: boolean;
  deliverBy: number | null;
  cartId: string | null;
  promotionId: string | null;
  /** ISO 4217, of the prices. */
  currency: string | null;
  /** In which the shopper is told; null: the order names none that we speak. */
  language: Language | null;
  /** In memory only: what is kept of both are keyed hashes. */
  deviceId: string | null;
  ipAddress: string | null;
  lines: readonly PlacedLine[];
}

/** What of another service's movement is applied; by its id one finds a movement that it takes back. */
export type Movement = Pick<RecordOf<"StockMovement">, "sku" | "kind" | "reference" | "legs" | "reverses"> &
  Partial<Pick<RecordOf<"StockMovement">, "movementId">>;

/** What of `TransferReservationRequested` decides the reservation. */
export interface TransferRequest {
  transferId: string;
  lineId: string;
  sku: string;
  source: string;
  destination: string;
  quantity: number;
  allowPartial: boolean;
}

/** What is put into or taken out of a cart: a fact changes it by a number, a wish to a number. */
export interface CartWish {
  cartId: string;
  sku: string;
  customerId: string | null;
  customerClass: string | null;
  channel: string | null;
  region: string | null;
  change: { by: number } | { to: number };
}

/** One fact or wish, in arrival order. Whatever was handled before is filtered by the shell or recognised by its own identity. */
export type Command =
  | { type: "PlaceOrder"; placement: Placement }
  /** The placement breaks the contract, but says which order it is, and whether money was taken for it. */
  | { type: "RefuseInvalidOrder"; orderId: string; paid: boolean; language: Language | null }
  /** `lines` null: the whole order. Who waits for an answer (`asks`) is told of a line that a placed order does not have. */
  | {
      type: "CancelOrder";
      orderId: string;
      lines: readonly { lineId: string; quantity: number }[] | null;
      asks?: boolean;
    }
  | { type: "PaymentSucceeded"; orderId: string }
  | { type: "PaymentFailed"; orderId: string }
  /** From the sweeper: give an order's hold back if its time has passed. */
  | { type: "ExpireHold"; orderId: string }
  /** An unpaid order gets more time. */
  | { type: "ExtendHold"; orderId: string; seconds: number }
  | { type: "HoldCart"; wish: CartWish }
  /** From the sweeper: give a cart's hold back if its time has passed. */
  | { type: "ExpireCart"; cartId: string; sku: string }
  /** A cart's hold of a bundle gives up a part that is missing where its pieces are promised, before any order is shorted. */
  | {
      type: "YieldCart";
      cartId: string;
      sku: string;
      missing: { sku: string; location: string; pieces: number };
    }
  /** A movement another service recorded. */
  | { type: "ApplyMovement"; movement: Movement }
  | {
      type: "FulfilmentCancelled";
      orderId: string;
      fulfilmentId: string;
      lines: readonly { lineId: string; sku: string; quantity: number }[];
    }
  | { type: "FulfilmentShipped"; orderId: string; fulfilmentId: string; tracking: string | null }
  /** An operator holds pieces of an order elsewhere. */
  | { type: "MoveReservation"; orderId: string; moves: readonly MoveLine[] }
  /** Another warehouse wants pieces. */
  | { type: "ReserveTransfer"; request: TransferRequest }
  /** From the sweeper: look again whether promises at a location exceed what is there. */
  | { type: "ExamineDeficit"; sku: string; location: string }
  /** A promotion is scheduled or changed: pieces are kept out of it. */
  | { type: "SchedulePromotion"; schedule: Schedule }
  | { type: "EndPromotion"; promotionId: string }
  /** An operator gives a lock back, whole (`quantity` null) or in part. */
  | { type: "ReleaseLock"; lock: LockName; quantity: number | null }
  /** From the sweeper: time may have begun or ended what is kept out of promotions. */
  | { type: "TendLocks"; sku: string }
  | ({ type: "ListSku" } & SkuListing)
  /** A shopper, or an operator for one, chooses what shall happen to shorted lines. */
  | {
      type: "ChooseRemedies";
      orderId: string;
      shortageId: string;
      choices: readonly Choice[];
      by: "CUSTOMER" | "OPERATOR";
      /** Who chose by a message is told by one when nothing comes of it. */
      answerByEvent: boolean;
    }
  /** An operator sees to a shortage, which is not settled by that. */
  | { type: "AcknowledgeShortage"; orderId: string; shortageId: string; by: string }
  /** From the sweeper: give parts of bundles back that no whole piece needs any more. */
  | { type: "DropSpares"; orderId: string }
  /** From the sweeper: carry out the default of shortages whose time is over, and tell of those that nobody handles. */
  | { type: "SettleOverdue"; orderId: string }
  | { type: "DefineLocation"; location: string; kind: string; active: boolean; version: number }
  /** Read an order under the locks, for answers that must follow what went before. */
  | { type: "ShowOrder"; orderId: string };

import type {
  ChoiceRefusalCode,
  LockRefusalCode,
  MovementDraft,
  MoveRefusalCode,
  RecordName,
  RejectionReasonCode,
  SettledBy,
} from "@septet/stock-contracts";
import type { CartChange, CartHold } from "./cart-hold.js";
import type { Order } from "./order.js";
import type { Promotion, PromotionOfSku } from "./promotion.js";
import type { PromotionChange } from "./promotion-book.js";
import type { RemediesLeft } from "./settling-shortages.js";
import type { Warning } from "./unpaid-orders.js";
import type { Refusals } from "./velocity.js";
import type { Location, SkuListing, SubstitutesAsked } from "./world.js";

/** What became of one command; the order is as this command left it. */
export type Outcome =
  /** The order's first and only first outcome: reserved, in part and shorted, shorted, or rejected. */
  | { type: "DECIDED"; order: Order; warnings?: readonly Warning[] }
  /** The same order again: the same answer, nothing new published. */
  | { type: "SAME_AGAIN"; order: Order }
  /** Another order came under an id that is decided already. */
  | { type: "ORDER_CONFLICT"; order: Order }
  /** The fact changed something or is kept for the placement. */
  | { type: "RECORDED"; order: Order }
  /** Nothing to do: known already, or too late. */
  | { type: "NOTHING"; order: Order | undefined }
  /** A balance or a rule changed; no order is its subject. */
  | { type: "APPLIED" }
  | MoveRefused
  /** Lines of a shortage are settled. */
  | { type: "SHORTAGE_SETTLED"; order: Order; shortageId: string; by: SettledBy }
  /** Nothing of a choice was carried out; `lines` is what can still be chosen. */
  | {
      type: "CHOICE_REFUSED";
      order: Order | undefined;
      code: ChoiceRefusalCode;
      lineId: string | null;
      lines: readonly RemediesLeft[];
    }
  /** Nothing was cancelled: the order, `order`, has no line as the one of this index. */
  | { type: "LINE_UNKNOWN"; order: Order; index: number }
  /** The hold cannot be extended: it is over, or `latest` (epoch ms) is the latest that it may be extended to. */
  | { type: "EXTENSION_REFUSED"; order: Order | undefined; latest: number | null }
  /** A cart's hold is as `hold` says, undefined when nothing is known about it; `code` says why it is not what was asked. */
  | { type: "CART_DECIDED"; hold: CartHold | undefined; code: RejectionReasonCode | null }
  /** A transfer got so many pieces of what it asked for; `code` says why not all, null when all. */
  | { type: "TRANSFER_DECIDED"; reserved: number; code: RejectionReasonCode | null }
  /** What is kept out of a promotion, as this command left it: of all its SKUs, or of the one asked about. */
  | { type: "LOCKS_DECIDED"; promotionId: string; skus: readonly PromotionOfSku[] }
  /** Nothing of a wish about locks was done; `index` is the item that could not be. */
  | { type: "LOCK_REFUSED"; code: LockRefusalCode; index: number | null };

/** Nothing of a move was carried out; `index` is the wish that could not be. */
export interface MoveRefused {
  type: "MOVE_REFUSED";
  code: MoveRefusalCode;
  index: number | null;
  order: Order | undefined;
}

/** Movements and events in the order in which they were decided; `by` is the index of the command that caused it. */
export type Effect =
  | { kind: "movement"; by: number; draft: MovementDraft }
  | { kind: "event"; by: number; name: RecordName; value: Record<string, unknown> };

export interface StockChange {
  sku: string;
  location: string;
  isNew: boolean;
  sellable: number;
  orderReserved: number;
  locked: number;
}

export interface OrderChange {
  before: Order | undefined;
  after: Order;
}

export interface Decided {
  type: "DECIDED";
  outcomes: Outcome[];
  effects: Effect[];
  /** Differences to add to the balances. */
  stock: StockChange[];
  orders: OrderChange[];
  listings: SkuListing[];
  locations: Location[];
  carts: CartChange[];
  promotions: PromotionChange<Promotion>[];
  promotedSkus: PromotionChange<PromotionOfSku>[];
  promotionGraceMs: number;
  /** Where new unpaid orders came from. */
  sightings: { source: string; orderId: string }[];
  /** Sources of which orders were refused. */
  refusals: Refusals[];
  /** Orders that no longer count against where they came from. */
  forgotten: string[];
}

/** The outcome depends on victims that are not loaded yet; lock and load them, then decide again. */
export interface Needs {
  type: "NEEDS";
  expiredHoldsOf: string[];
  reservationsAt: { sku: string; location: string; missing: number }[];
  substitutesOf: SubstitutesAsked[];
}

export type Decision = Decided | Needs;

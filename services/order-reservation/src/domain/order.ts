import type { Language, Part, RejectionReasonCode } from "@septet/stock-contracts";
import type { Shortage } from "./shortage.js";

/**
 * An order as order-reservation knows it: what was asked for, what is promised where, and how far it got.
 *
 * UNPLACED (a payment or cancellation came before the placement) → RESERVED (unpaid hold) | AWAITING_PAYMENT (reserves
 * when the payment arrives) | CONFIRMED (paid, permanent) | REJECTED | SHORTED (nothing is reserved) | CANCELLED;
 * RESERVED, AWAITING_PAYMENT → CONFIRMED | EXPIRED | CANCELLED;
 * CONFIRMED → FULFILLED | CANCELLED | SHORTED.
 */
export type OrderState =
  | "UNPLACED"
  | "AWAITING_PAYMENT"
  | "RESERVED"
  | "CONFIRMED"
  | "REJECTED"
  | "SHORTED"
  | "CANCELLED"
  | "EXPIRED"
  | "FULFILLED";

export interface OrderLine {
  lineId: string;
  sku: string;
  /** Pieces ordered. */
  quantity: number;
  /** Pieces the shopper no longer wants. */
  cancelled: number;
  /** Pieces we said we cannot deliver. */
  shorted: number;
  /** Open pieces the shopper has cancelled that are not given back yet, asked for or refused: never sourced again. */
  unwanted: number;
  /** What a piece costs, minor units of the order's currency; null: nobody said. */
  unitPriceMinor: number | null;
  /** The shorted line that this one makes up for; null: it was ordered. */
  replaces: string | null;
  /** What a piece was made of when the order was placed, where it is a bundle; null: of itself. */
  parts: readonly Part[] | null;
}

/**
 * A request to the warehouse to give pieces back, not answered yet; answers come in the order of the requests. For whom
 * they are is decided when they come: the shopper's cancellation goes before a physical deficit.
 */
export interface CancelAsk {
  quantity: number;
}

/** Pieces of one line promised from one location. */
export interface Allocation {
  lineId: string;
  /** The line's, or that of a part of it. */
  sku: string;
  location: string;
  /** Promised and not shipped: this allocation's part of `orderReserved`. */
  open: number;
  shipped: number;
  /** Null until fulfilment is requested; until then the promise can be moved. */
  fulfilmentId: string | null;
  asks: readonly CancelAsk[];
  /** The warehouse gave back less than it was asked for, so it has nothing left of it: it is not asked again. */
  tooLate: boolean;
}

export interface RejectionReason {
  lineId: string | null;
  sku: string | null;
  code: RejectionReasonCode;
  /** The other order that the reason is about. */
  orderId?: string;
}

export interface Order {
  orderId: string;
  state: OrderState;
  paid: boolean;
  /** The whole order was cancelled by its shopper (perhaps before it was placed). */
  cancelAsked: boolean;
  /** Null until a placement that keeps the contract is seen. */
  placedAt: number | null;
  /** When the hold ends (epoch ms); null when there is no hold to end. */
  expiresAt: number | null;
  customerId: string | null;
  groupLeaderId: string | null;
  channel: string | null;
  region: string | null;
  allowPartial: boolean;
  deliverBy: number | null;
  /** The cart whose hold the order uses up. */
  cartId: string | null;
  /** The promotion that the order names. */
  promotionId: string | null;
  /** ISO 4217, of the prices. */
  currency: string | null;
  /** In which its shopper is told; null: none was named. */
  language: Language | null;
  /** Where it came from is remembered, until it is paid or cancelled. */
  watched: boolean;
  reasons: readonly RejectionReason[];
  /** Pieces per line that were cancelled before the placement was seen. */
  earlyCancels: Readonly<Record<string, number>>;
  fulfilments: number;
  shortages: number;
  /** What was told to be short, settled or not; of an unpaid order what it was told after it was first answered. */
  shortageList: readonly Shortage[];
  tracking: readonly string[];
  /** Shipments (movementIds) that were taken back before they came: lost on the way, they come later. */
  undone: readonly string[];
  lines: OrderLine[];
  allocations: Allocation[];
  /** Parts of bundles are held that no whole piece needs any more: the sweeper gives them back. */
  hasSpares: boolean;
}

/** A row for an order of which only a fact about it is known. */
export const unplacedOrder = (orderId: string): Order => ({
  orderId,
  state: "UNPLACED",
  paid: false,
  cancelAsked: false,
  placedAt: null,
  expiresAt: null,
  customerId: null,
  groupLeaderId: null,
  channel: null,
  region: null,
  allowPartial: false,
  deliverBy: null,
  cartId: null,
  promotionId: null,
  currency: null,
  language: null,
  watched: false,
  reasons: [],
  earlyCancels: {},
  fulfilments: 0,
  shortages: 0,
  shortageList: [],
  tracking: [],
  undone: [],
  lines: [],
  allocations: [],
  hasSpares: false,
});

/** A copy whose lines and allocations can be changed without the original noticing. */
export const copyOfOrder = (order: Order): Order => ({
  ...order,
  lines: order.lines.map((line) => ({ ...line })),
  allocations: order.allocations.map((allocation) => ({ ...allocation })),
});

/** Two placements are the same when their lines are, whatever their order. */
export function hasSameLines(
  order: Order,
  lines: readonly { lineId: string; sku: string; quantity: number }[],
): boolean {
  const ordered = order.lines.filter((line) => line.replaces === null);
  if (order.placedAt === null || ordered.length !== lines.length) return false;
  const placed = new Map(ordered.map((line) => [line.lineId, line]));
  return lines.every(({ lineId, sku, quantity }) => {
    const line = placed.get(lineId);
    return line !== undefined && line.sku === sku && line.quantity === quantity;
  });
}

export const hasOpen = (order: Order): boolean => order.allocations.some((allocation) => allocation.open > 0);

/** Pieces of an allocation that the warehouse has been asked to give back and has not answered for. */
export function askedOf(allocation: Allocation): number {
  let pieces = 0;
  for (const ask of allocation.asks) pieces += ask.quantity;
  return pieces;
}

/** Pieces of a line cancelled before the placement came. Lines may have names that every object answers to. */
export const earlyCancelOf = ({ earlyCancels }: Order, lineId: string): number =>
  Object.hasOwn(earlyCancels, lineId) ? (earlyCancels[lineId] ?? 0) : 0;

/** SKUs whose streams a change of the order may move: those of its lines, and of their parts. */
export function skusOf(order: Order): string[] {
  const [first] = order.lines;
  if (order.lines.length === 1 && first !== undefined && first.parts === null) return [first.sku];
  return [...new Set(order.lines.flatMap(({ sku, parts }) => [sku, ...(parts ?? []).map((part) => part.sku)]))];
}

import { type Order, skusOf } from "./order.js";
import { narrowed, type Policies, type Policy, policyFor, type Rules, skuScope, type Velocity } from "./policies.js";
import type { Sightings, Source } from "./velocity.js";

/** Policies by scope, however they are kept. */
export type PolicyBook = Pick<Policies, "get"> & { values(): Iterable<Policy> };

/** What of an order says which counters it is judged by. */
export interface Buyer {
  orderId: string;
  customerId: string | null;
  channel: string | null;
  region: string | null;
  promotionId: string | null;
  skus: readonly string[];
}

/** Pieces of a SKU that a customer bought within a window, or within a promotion. */
export interface Purchases {
  customerId: string;
  sku: string;
  /** Null: in any order of the window. */
  promotionId: string | null;
  windowSeconds: number;
}

/**
 * What was counted under the counters' locks, for the limits. Orders of the slice itself are left out: what becomes of them
 * while it is decided, `decide` sees for itself, so that a burst in one slice counts too.
 */
export interface Counts {
  /** Orders that are left out of all counts. */
  own: ReadonlySet<string>;
  /** Pieces by `purchasesKey`. */
  purchases: ReadonlyMap<string, number>;
  /** An unpaid order of a customer. */
  unpaidOrders: ReadonlyMap<string, string>;
  /** Where the slice's new unpaid orders come from, by order. */
  sourcesOf: ReadonlyMap<string, readonly Source[]>;
  /** By the newest hash of a source. */
  sightings: ReadonlyMap<string, Sightings>;
}

export const NO_COUNTS: Counts = {
  own: new Set(),
  purchases: new Map(),
  unpaidOrders: new Map(),
  sourcesOf: new Map(),
  sightings: new Map(),
};

/** Channels may count over windows of their own: each is a count of its own. */
export const purchasesKey = ({ customerId, sku, promotionId, windowSeconds }: Purchases): string =>
  JSON.stringify([customerId, sku, promotionId, windowSeconds]);

export const buyerOf = (order: Order): Buyer => ({ ...order, skus: skusOf(order) });

/** Is anything counted under these policies? Where not, a slice locks and reads nothing for it. */
export function countsAnything(policies: PolicyBook): boolean {
  for (const { limit, unpaidOrder, velocity } of policies.values()) {
    if (limit?.perCustomerPieces != null || unpaidOrder === "REJECT" || velocity != null) return true;
  }
  return false;
}

/** The rule about devices and addresses, if there is one. */
export const velocityOf = (policies: PolicyBook): Velocity | null => policies.get("default")?.velocity ?? null;

/** Does anybody want to know of unpaid orders? By default everybody. */
export function asksForUnpaid(policies: PolicyBook): boolean {
  if ((policies.get("default")?.unpaidOrder ?? "WARN") !== "ALLOW") return true;
  for (const { unpaidOrder } of policies.values())
    if (unpaidOrder !== undefined && unpaidOrder !== "ALLOW") return true;
  return false;
}

const rulesOf = (policies: PolicyBook, { channel, region }: Pick<Buyer, "channel" | "region">): Rules =>
  policyFor(policies, channel, region);

/** Purchases that decide about a buyer's order. */
export function purchasesAsked(policies: PolicyBook, buyer: Buyer): Purchases[] {
  const { customerId } = buyer;
  if (customerId === null) return [];
  const rules = rulesOf(policies, buyer);
  return buyer.skus.flatMap((sku) => {
    const { limit } = narrowed(rules, policies.get(skuScope(sku)));
    if (limit?.perCustomerPieces == null) return [];
    const promotionId = limit.over === "PROMOTION" ? buyer.promotionId : null;
    return [{ customerId, sku, promotionId, windowSeconds: limit.windowSeconds }];
  });
}

/** The customer whose counter an order is judged under, if it is. */
export function countedCustomer(policies: PolicyBook, buyer: Buyer): string | undefined {
  if (buyer.customerId === null) return undefined;
  const counted = rulesOf(policies, buyer).unpaidOrder === "REJECT" || purchasesAsked(policies, buyer).length > 0;
  return counted ? buyer.customerId : undefined;
}

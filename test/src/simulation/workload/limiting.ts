import { CART_IDS } from "./buyer.js";
import type { OutsideWorld } from "./outside-world.js";
import type { Drawn, Shop } from "./shop.js";

export interface SkuLimit {
  readonly perOrderPieces: number;
  readonly perCustomerPieces: number;
}

/** What is put into carts, and how single SKUs are sold. */
export type LimitingMove =
  /** By a message so many pieces more or fewer; by request so many in all. */
  | {
      readonly do: "cart";
      readonly via: "topic" | "http";
      readonly cartId: string;
      readonly sku: string;
      readonly pieces: number;
    }
  | {
      readonly do: "sellBy";
      readonly sku: string;
      readonly reserveAt: "ON_CART" | "ON_ORDER" | "ON_PAYMENT";
      readonly cartHoldSeconds: number;
      readonly limit: SkuLimit | null;
    };

export const LIMITING: Readonly<Record<string, Drawn>> = {
  cart: {
    weight: 5,
    ample: true,
    moves: ({ random, skus }) => {
      const via = random.chance(0.4) ? "http" : "topic";
      const pieces = via === "http" ? random.between(0, 4) : random.pick([-2, -1, 1, 1, 2, 3]);
      return [{ do: "cart", via, cartId: random.pick(CART_IDS), sku: random.pick(skus), pieces }];
    },
  },
  sellBy: {
    weight: 0.7,
    moves: (shop) => [sellBy(shop, shop.random.pick(shop.skus))],
  },
};

/** Half of the days begin with SKUs that are sold in other ways; a limit is for the whole day, and not where there is enough. */
export function openingLimits(shop: Shop): LimitingMove[] {
  const { random, skus, ample, rules } = shop;
  if (random.chance(0.5)) return [];
  for (const sku of skus) {
    const perOrderPieces = random.between(2, 6);
    const perCustomerPieces = random.between(perOrderPieces, 8);
    if (!ample && random.chance(0.5)) rules.limits.set(sku, { perOrderPieces, perCustomerPieces });
  }
  return skus.map((sku) => sellBy(shop, sku));
}

function sellBy({ random, rules }: Shop, sku: string): LimitingMove {
  const reserveAt = random.pick(["ON_CART", "ON_CART", "ON_ORDER", "ON_PAYMENT"] as const);
  const cartHoldSeconds = random.pick([3, 60, 900]);
  return { do: "sellBy", sku, reserveAt, cartHoldSeconds, limit: rules.limits.get(sku) ?? null };
}

export const limitingDone = {
  cart: (outside: OutsideWorld, move: Extract<LimitingMove, { do: "cart" }>) => {
    const { cartId, sku, pieces } = move;
    const about = { cartId, sku, quantity: Math.abs(pieces), customerId: null, channel: "web", region: null };
    if (move.via === "topic") outside.send(pieces > 0 ? "CartItemAdded" : "CartItemRemoved", about);
    else outside.request(move, "order-reservation", { method: "POST", path: "/v1/cart-holds", body: about });
  },
  sellBy: (outside: OutsideWorld, { do: _do, sku, limit, ...rules }: Extract<LimitingMove, { do: "sellBy" }>) => {
    const body = { ...rules, ...(limit === null ? {} : { limit: { ...limit, windowSeconds: 7 * 86_400 } }) };
    const path = `/v1/policies/${encodeURIComponent(`sku:${sku}`)}`;
    outside.request({ do: "sellBy", sku, limit, ...rules }, "order-reservation", { method: "PUT", path, body });
  },
};

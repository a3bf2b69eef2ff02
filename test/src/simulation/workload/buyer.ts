/** Who places an order, from what, out of which cart: it follows from its number, so that everybody knows. */
export interface Buyer {
  readonly customerId: string | null;
  readonly deviceId: string | null;
  readonly cartId: string | null;
}

const CUSTOMERS = [null, "ann", "bob", "ann"] as const;
const DEVICES = ["phone", "tablet", null] as const;
const CARTS = ["cart-1", "cart-2", null, "cart-1", "cart-3"] as const;

/** Few of each, so that they meet; orders of other names than `o<n>` have none. */
export function buyerOf(orderId: string): Buyer {
  const n = /^o(\d+)$/.exec(orderId)?.[1];
  if (n === undefined) return { customerId: null, deviceId: null, cartId: null };
  const one = <T>(list: readonly T[]): T => list[Number(n) % list.length]!;
  return { customerId: one(CUSTOMERS), deviceId: one(DEVICES), cartId: one(CARTS) };
}

/** Carts that facts come about. */
export const CART_IDS = ["cart-1", "cart-2", "cart-3"] as const;

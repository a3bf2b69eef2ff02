/** Who places an order, from what, out of which cart: it follows from its number, so that everybody knows. */
export interface Buyer {
  readonly customerId: string | null;
  readonly deviceId: string | null;
  readonly ipAddress: string | null;
  readonly cartId: string | null;
}

const CUSTOMERS = [null, "ann", "bob", "ann"] as const;
const DEVICES = ["phone", "tablet", null] as const;
/** The second and the third are of one household. */
const ADDRESSES = ["198.51.100.7", "2001:db8:1:1::5", "2001:db8:1:1:ffff::9", null] as const;
const CARTS = ["cart-1", "cart-2", null, "cart-1", "cart-3"] as const;

/** Few of each, so that they meet; orders of other names than `o<n>` have none. */
export function buyerOf(orderId: string): Buyer {
  const n = /^o(\d+)$/.exec(orderId)?.[1];
  if (n === undefined) return { customerId: null, deviceId: null, ipAddress: null, cartId: null };
  const one = <T>(list: readonly T[]): T => list[Number(n) % list.length]!;
  const ipAddress = ADDRESSES[Math.floor(Number(n) / 2) % ADDRESSES.length]!;
  return { customerId: one(CUSTOMERS), deviceId: one(DEVICES), ipAddress, cartId: one(CARTS) };
}

/** A household has all addresses that begin as an IPv6 address of its does. */
export const householdOf = (address: string): string =>
  address.includes(":") ? address.split(":").slice(0, 4).join(":") : address;

/** Carts that facts come about. */
export const CART_IDS = ["cart-1", "cart-2", "cart-3"] as const;

import { ACCOUNTS, type Account } from "./buckets.js";

/** A signed change of one account at one location; delta in pieces, whole, never 0. */
export interface Leg {
  readonly location: string;
  readonly bucket: Account;
  readonly delta: number;
}

/** A leg as it comes over the wire, where the bucket is text. */
export interface WireLeg {
  readonly location: string;
  readonly bucket: string;
  readonly delta: number;
}

/**
 * The sign of each account in
 *
 *     total − sellable − orderReserved − unsellable − locked − transferReserved + inTransit + virtual = 0
 */
const SIGN: { readonly [A in Account]: 1 | -1 } = {
  total: 1,
  sellable: -1,
  orderReserved: -1,
  unsellable: -1,
  locked: -1,
  transferReserved: -1,
  inTransit: 1,
  virtual: 1,
};

/** total minus what the identity says it should be; 0 when it holds. */
export function identityDifference(balance: { readonly [A in Account]: number }): number {
  return ACCOUNTS.reduce((sum, account) => sum + SIGN[account] * balance[account], 0);
}

/**
 * Where legs break the identity and by how much (total side minus bucket side), in order of location.
 * Every location is looked at by itself: two faults that cancel out between locations are still two faults.
 * A leg of an unknown bucket throws, because nobody can say what side it stands on.
 */
export function imbalances(legs: readonly WireLeg[]): { location: string; difference: number }[] {
  const differences = new Map<string, number>();
  for (const { location, bucket, delta } of legs) {
    const sign = SIGN[bucket as Account] as number | undefined;
    if (sign === undefined) throw new RangeError(`unknown bucket "${bucket}": use one of ${ACCOUNTS.join(", ")}`);
    differences.set(location, (differences.get(location) ?? 0) + sign * delta);
  }
  return [...differences]
    .filter(([, difference]) => difference !== 0)
    .map(([location, difference]) => ({ location, difference }))
    .sort((a, b) => (a.location < b.location ? -1 : 1));
}

/** Whether legs keep the identity at every location they touch; no legs keep it too. */
export function isBalanced(legs: readonly WireLeg[]): boolean {
  return imbalances(legs).length === 0;
}

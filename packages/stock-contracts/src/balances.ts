import { ACCOUNTS, type Account, isAccount } from "./buckets.js";
import { identityDifference, type WireLeg } from "./identity.js";

/** Pieces in each account of one SKU at one location. */
export type Balance = { readonly [A in Account]: number };

/** The balances of one SKU by location; a location that is not there has 0 in everything. */
export type Balances = ReadonlyMap<string, Balance>;

export const EMPTY_BALANCE: Balance = {
  total: 0,
  sellable: 0,
  orderReserved: 0,
  unsellable: 0,
  locked: 0,
  transferReserved: 0,
  inTransit: 0,
  virtual: 0,
};

/**
 * The balances of a SKU after one more movement of it; the given ones are left as they are. Additions commute, so
 * movements may come in any order, each once (the caller drops duplicates by position). Throws on an unknown bucket.
 */
export function foldMovement(balances: Balances, movement: { readonly legs: readonly WireLeg[] }): Balances {
  const after = new Map(balances);
  for (const { location, bucket, delta } of movement.legs) {
    if (!isAccount(bucket)) throw new RangeError(`unknown bucket "${bucket}" at ${location}`);
    const before = after.get(location) ?? EMPTY_BALANCE;
    after.set(location, { ...before, [bucket]: before[bucket] + delta });
  }
  return after;
}

/** The sum over locations: a region's balance, or the network's. */
export function sumOfBalances(balances: Iterable<Balance>): Balance {
  const sum = { ...EMPTY_BALANCE } as { [A in Account]: number };
  for (const balance of balances) for (const account of ACCOUNTS) sum[account] += balance[account];
  return sum;
}

/** What the retailer still owns on paper at the source: total + inTransit. */
export function bookTotal(balance: Balance): number {
  return balance.total + balance.inTransit;
}

/** Whether total is what the buckets say it should be. */
export function identityHolds(balance: Balance): boolean {
  return identityDifference(balance) === 0;
}

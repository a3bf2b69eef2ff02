import {
  ACCOUNTS,
  type Balance,
  bookTotal,
  identityHolds,
  locationKindOf,
  sumOfBalances,
} from "@septet/stock-contracts";
import { z } from "zod";
import type { LocationStock } from "../store/stock.js";

const pieces = z.number().int();
const account = Object.fromEntries(ACCOUNTS.map((name) => [name, pieces])) as Record<
  (typeof ACCOUNTS)[number],
  typeof pieces
>;

export const BALANCE_BODY = { ...account, bookTotal: pieces };

const LOCATION_BODY = z.object({ location: z.string(), kind: z.string(), ...BALANCE_BODY });

/** The body of GET /v1/stock/{sku}. */
export const STOCK_BODY = z.object({
  sku: z.string(),
  identityHolds: z.boolean(),
  network: z.object(BALANCE_BODY),
  locations: z.array(LOCATION_BODY),
});

/** A balance as it is shown: the eight accounts, and what the retailer still owns on paper. */
export function shown(balance: Balance) {
  const { total, ...buckets } = balance;
  return { total, bookTotal: bookTotal(balance), ...buckets };
}

/** A location as it is shown; one that nobody has defined is what its name says. */
export function shownAt({ location, kind, balances }: Pick<LocationStock, "location" | "kind" | "balances">) {
  return { location, kind: kind ?? locationKindOf(location), ...shown(balances) };
}

/** A SKU's stock: the network's sums and every location. */
export function stockBody(sku: string, locations: readonly LocationStock[]): z.output<typeof STOCK_BODY> {
  const balances = locations.map((location) => location.balances);
  return {
    sku,
    identityHolds: balances.every(identityHolds),
    network: shown(sumOfBalances(balances)),
    locations: locations.map(shownAt),
  };
}

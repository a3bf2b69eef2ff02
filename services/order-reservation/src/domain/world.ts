import type { Part } from "@septet/stock-contracts";
import type { CartHold } from "./cart-hold.js";
import type { Counts } from "./counts.js";
import type { Order } from "./order.js";
import type { Policies } from "./policies.js";
import type { Promotions } from "./promotion.js";

/** What order-reservation owns of a SKU at a location, in pieces. Only `sellable` may be below 0. */
export interface StockRow {
  sku: string;
  location: string;
  sellable: number;
  orderReserved: number;
  locked: number;
}

export interface Location {
  location: string;
  kind: "WAREHOUSE" | "SUPPLIER";
  active: boolean;
  /** The highest version wins; a late older definition changes nothing. */
  version: number;
}

/** What the catalogue says of a SKU; what is left out, it does not say. */
export interface SkuListing {
  sku: string;
  active: boolean;
  unitPriceMinor?: number | null;
  currency?: string | null;
  /** SKUs of one group may replace each other in a shortage. */
  substitutionGroup?: string | null;
  /** What a piece is made of, where it is a bundle: each part once. */
  parts?: readonly Part[] | null;
}

/** What a bundle takes from stock: a part that is a bundle itself is taken apart once, equal parts count together. */
export function leafParts(
  parts: readonly Part[],
  partsOf: (sku: string) => readonly Part[] | null | undefined,
): readonly Part[] {
  const leaves = new Map<string, number>();
  for (const part of parts) {
    for (const { sku, quantity } of partsOf(part.sku) ?? [{ sku: part.sku, quantity: 1 }]) {
      leaves.set(sku, (leaves.get(sku) ?? 0) + quantity * part.quantity);
    }
  }
  return [...leaves].map(([sku, quantity]) => ({ sku, quantity }));
}

/** Which SKUs may replace one: of this group and currency, at this price or above. */
export interface SubstitutesAsked {
  group: string;
  currency: string;
  fromMinor: number;
}

export const substitutesKey = ({ group, currency, fromMinor }: SubstitutesAsked): string =>
  JSON.stringify([group, currency, fromMinor]);

/**
 * Everything a slice of commands is decided on. `decide` never changes it.
 * The shell loads it under the locks of the slice, so that nothing in it can change meanwhile.
 */
export interface World {
  /** The database's clock, epoch ms. */
  now: number;
  /** Holds whose time is at or before this may be released: payments have been read up to here. */
  holdsReleasableUpTo: number;
  /** Rows of the SKUs concerned, by SKU. */
  stock: ReadonlyMap<string, readonly StockRow[]>;
  listings: ReadonlyMap<string, SkuListing>;
  locations: ReadonlyMap<string, Location>;
  policies: Policies;
  orders: ReadonlyMap<string, Order>;
  /** Holds of the carts concerned, and those that are victims, by `cartKey`. */
  carts: ReadonlyMap<string, CartHold>;
  counts: Counts;
  /** What channels with a share hold of the SKUs concerned, by `channelKey`; undefined: no channel has one. */
  channelHolds?: ReadonlyMap<string, number> | undefined;
  /** SKUs that may replace one that is shorted, by `substitutesKey`, the cheapest first; not locked, for offers only. */
  substitutes: ReadonlyMap<string, readonly string[]>;
  promotions: Promotions;
  /** SKUs whose stream is locked: only their balances may be changed. */
  heldSkus: ReadonlySet<string>;
  /** Which victims are among the orders already, so that they are not asked for again. */
  victims: Victims;
}

export interface Victims {
  /** SKUs whose expired holds are loaded. */
  expiredHoldsOf: ReadonlySet<string>;
  /** `placeKey` → how many missing pieces its reservations were loaded for. */
  reservationsAt: ReadonlyMap<string, number>;
}

export const NO_VICTIMS: Victims = { expiredHoldsOf: new Set(), reservationsAt: new Map() };

/** One key for a SKU at a location; a SKU cannot contain the separator. */
export const placeKey = (sku: string, location: string): string => `${sku}\u0000${location}`;

/** A location nobody has defined counts as an active warehouse, unless its name says supplier. */
export const locationOf = (locations: ReadonlyMap<string, Location>, location: string): Location =>
  locations.get(location) ?? {
    location,
    kind: location.startsWith("supplier:") ? "SUPPLIER" : "WAREHOUSE",
    active: true,
    version: 0,
  };

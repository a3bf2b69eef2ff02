import type { Draft, SalesRules } from "./draft.js";
import { forSale, type Terms, termsOfOthers } from "./sale-terms.js";
import type { StockRow } from "./world.js";

/** Pieces at a location that a buyer has just given up to take others, or the same: they are still there for that buyer. */
export type Freed = ReadonlyMap<string, number>;

/**
 * What a sale may take of a SKU at a location, in pieces.
 * @param freed what the buyer has just given back there: no policy takes away what is held already
 */
export function saleableAt(draft: Draft, row: StockRow, rules: SalesRules, freed = 0): number {
  const terms = rules.termsAt(row.location);
  if (terms === null) return Math.max(0, row.sellable);
  return within(row, terms, heldIn(draft, rules, row, terms), freed);
}

/**
 * The same as it will be when the buyer has given back `given` pieces there (below 0: taken more).
 * @param channel the channel in which they are held
 */
export function saleableAfter(
  draft: Draft,
  row: StockRow,
  rules: SalesRules,
  given: number,
  channel: string | null = rules.channel,
): number {
  const after = { ...row, sellable: row.sellable + given, orderReserved: row.orderReserved - given };
  const terms = rules.termsAt(row.location);
  if (terms === null) return Math.max(0, after.sellable);
  const held = heldIn(draft, rules, row, terms) - (channel === rules.channel ? given : 0);
  return within(after, terms, held, given);
}

/** What is there for whoever does not sell it, a transfer: from a closed location everything. */
export function transferableAt(draft: Draft, row: StockRow): number {
  if (!draft.location(row.location).active) return Math.max(0, row.sellable);
  return forSale(row, termsOfOthers(draft.world.policies, row.location), 0);
}

const heldIn = (draft: Draft, { channel }: SalesRules, { sku, location }: StockRow, { sharePercent }: Terms): number =>
  sharePercent === null ? 0 : draft.channelHolds.of(channel, sku, location);

const within = (row: StockRow, terms: Terms, held: number, freed: number): number =>
  Math.max(forSale(row, terms, held), Math.min(freed, row.sellable), 0);

import { dailySales, LIMITS, locationKindOf } from "@septet/stock-contracts";
import { comparableCover, coverDaysOf, givableOf, piecesForDays, stockOf, type WarehouseStock } from "./cover.js";

/** When a transfer is worth proposing, and how much of it. */
export interface SuggestionPolicy {
  /** Covers that differ by less are even enough, days ≥ 0. */
  readonly minDifferenceDays: number;
  /** Fewer are not worth the way, pieces ≥ 1. */
  readonly minPieces: number;
  /** Quantities are whole packs of this many, pieces ≥ 1. */
  readonly packPieces: number;
  /** A source never falls below this many days of its own sales by what it gives, days ≥ 0. */
  readonly sourceKeepsDays: number;
  /** A warehouse with this much cover needs nothing, and from a source that sells nothing none is filled beyond it; days. */
  readonly enoughDays: number;
}

/** One end of a suggestion: what there is, and the cover before and after. `null` cover: nothing was sold, no end to it. */
export interface SuggestionEnd extends WarehouseStock {
  /** Pieces a day. */
  readonly dailySales: number;
  readonly coverDaysBefore: number | null;
  readonly coverDaysAfter: number | null;
}

/** Why the quantity is what it is: covers evened out, or what held it back. */
export type SuggestionBasis =
  /** Both ends have the same cover afterwards, but for whole pieces and packs. */
  | "EVENS_OUT"
  /** The source gives what is above its own need or in hand, which is less than would even out. */
  | "SOURCE_KEEPS_ITS_OWN"
  /** The source sold nothing in 28 days: there is no cover to even out, the destination gets what it needs. */
  | "SOURCE_SELLS_NOTHING";

/** A transfer worth making, with the figures it rests on. It is a proposal and moves nothing. */
export interface Suggestion {
  readonly sku: string;
  readonly quantity: number;
  readonly basis: SuggestionBasis;
  /** How far the covers are apart before, days; each counted up to COVER_CAP_DAYS. */
  readonly differenceDays: number;
  readonly source: SuggestionEnd;
  readonly destination: SuggestionEnd;
}

/**
 * Proposes transfers of one SKU between its warehouses: for each that runs short, one from the warehouse whose cover is
 * furthest above and that can give, of the quantity that evens the two out. Supplier locations take no part.
 *
 * Each suggestion stands by itself on the present figures. Where two take from the same source, making one changes what
 * is left of the other: suggest again. Where nothing was sold cover has no end, so such a warehouse is a source, never a
 * destination; nor is one that was closed. What open transfers bring counts as there, so that the same is not proposed twice.
 * @param stocks one entry per location
 * @returns furthest apart first
 */
export function suggest(sku: string, stocks: readonly WarehouseStock[], policy: SuggestionPolicy): Suggestion[] {
  const places = stocks.filter(({ location }) => locationKindOf(location) === "WAREHOUSE").map(placeOf);
  const sources = places.filter(({ at }) => givableOf(at) > 0).sort(furthestAboveFirst);
  return places
    .flatMap((destination) => best(sku, sources, destination, policy) ?? [])
    .sort((a, b) => b.differenceDays - a.differenceDays || (a.destination.location < b.destination.location ? -1 : 1));
}

interface Place {
  readonly at: WarehouseStock;
  readonly coverDays: number | null;
  readonly comparable: number;
}

function placeOf(at: WarehouseStock): Place {
  const coverDays = coverDaysOf(stockOf(at), at.soldPieces);
  return { at, coverDays, comparable: comparableCover(coverDays) };
}

/** Among equal covers the one that has more to give, then by name, so that the same figures make the same suggestion. */
function furthestAboveFirst(a: Place, b: Place): number {
  return b.comparable - a.comparable || givableOf(b.at) - givableOf(a.at) || (a.at.location < b.at.location ? -1 : 1);
}

function best(
  sku: string,
  sources: readonly Place[],
  destination: Place,
  policy: SuggestionPolicy,
): Suggestion | undefined {
  if (destination.at.closed || destination.coverDays === null) return undefined;
  if (destination.coverDays >= policy.enoughDays) return undefined;
  for (const source of sources) {
    const differenceDays = source.comparable - destination.comparable;
    if (differenceDays < policy.minDifferenceDays || differenceDays <= 0) return undefined;
    const { quantity, basis } = quantityOf(source.at, destination.at, policy);
    if (quantity < policy.minPieces || quantity < 1) continue;
    return {
      sku,
      quantity,
      basis,
      differenceDays,
      source: endOf(source, -quantity),
      destination: endOf(destination, quantity),
    };
  }
  return undefined;
}

/** May come to less than is worth it; the caller looks. */
function quantityOf(
  source: WarehouseStock,
  destination: WarehouseStock,
  policy: SuggestionPolicy,
): { quantity: number; basis: SuggestionBasis } {
  const wanted = wantedOf(source, destination, policy);
  const spare = givableOf(source) - piecesForDays(policy.sourceKeepsDays, source.soldPieces);
  const bounded = Math.max(0, Math.min(wanted.quantity, spare, LIMITS.MAX_QUANTITY_PIECES));
  const quantity = bounded - (bounded % policy.packPieces);
  return { quantity, basis: spare < wanted.quantity ? "SOURCE_KEEPS_ITS_OWN" : wanted.basis };
}

/**
 * The pieces after which both ends have the same cover: (stock_s − q) ÷ sold_s = (stock_d + q) ÷ sold_d, solved for q.
 * In whole pieces rounded down, so that the source never ends below the destination.
 */
function wantedOf(
  source: WarehouseStock,
  destination: WarehouseStock,
  policy: SuggestionPolicy,
): { quantity: number; basis: SuggestionBasis } {
  if (source.soldPieces <= 0) {
    const quantity = piecesForDays(policy.enoughDays, destination.soldPieces) - stockOf(destination);
    return { quantity, basis: "SOURCE_SELLS_NOTHING" };
  }
  const tooMuch = stockOf(source) * destination.soldPieces - stockOf(destination) * source.soldPieces;
  return { quantity: Math.floor(tooMuch / (source.soldPieces + destination.soldPieces)), basis: "EVENS_OUT" };
}

function endOf({ at, coverDays }: Place, change: number): SuggestionEnd {
  return {
    ...at,
    dailySales: dailySales(at.soldPieces),
    coverDaysBefore: coverDays,
    coverDaysAfter: coverDaysOf(stockOf(at) + change, at.soldPieces),
  };
}

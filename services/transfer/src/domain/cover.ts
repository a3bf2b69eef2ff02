import { DAILY_SALES_WINDOW_DAYS } from "@septet/stock-contracts";

/**
 * What one warehouse has of a SKU, what is under way to it, and what it sold: the figures that a suggestion rests on, all
 * in whole pieces.
 */
export interface WarehouseStock {
  readonly location: string;
  /** Nothing is brought there any more. */
  readonly closed: boolean;
  /** The copy folded from the movements; below 0 while facts have overtaken promises. */
  readonly sellable: number;
  /** What open transfers want from here and have not reserved yet: still in `sellable`, but spoken for. */
  readonly spokenFor: number;
  /** What open transfers bring here and nothing is reserved for yet: drafts, and requests without an answer. */
  readonly plannedIn: number;
  /** What is reserved elsewhere for here and has not left yet. */
  readonly reservedIn: number;
  /** What is on the truck to here. */
  readonly inTransitIn: number;
  /** Sold in the 28 days; below 0 when more was reversed than sold. */
  readonly soldPieces: number;
}

/** Cover beyond this counts like this, days: a year's stock and three years' are both "enough", and so is stock that does not sell. */
export const COVER_CAP_DAYS = 365;

/** What the warehouse will be able to sell when everything under way has left or arrived, pieces; may be below 0. */
export function stockOf(at: WarehouseStock): number {
  return at.sellable - at.spokenFor + at.plannedIn + at.reservedIn + at.inTransitIn;
}

/** What can leave the warehouse now without taking from a promise, pieces, never below 0. What is under way cannot. */
export function givableOf(at: WarehouseStock): number {
  return Math.max(0, at.sellable - at.spokenFor);
}

/**
 * How many days `stock` pieces last at the pace of the window: stock ÷ daily sales. Below 0 when pieces are missing;
 * `null` where nothing was sold, because then there is no end to it.
 */
export function coverDaysOf(stock: number, soldPieces: number): number | null {
  return soldPieces > 0 ? (stock * DAILY_SALES_WINDOW_DAYS) / soldPieces : null;
}

/** Cover to compare by, days: capped, and the cap where nothing was sold. */
export function comparableCover(coverDays: number | null): number {
  return coverDays === null ? COVER_CAP_DAYS : Math.min(coverDays, COVER_CAP_DAYS);
}

/** The pieces that `days` of cover take at the pace of the window, rounded up. */
export function piecesForDays(days: number, soldPieces: number): number {
  return Math.ceil((days * Math.max(0, soldPieces)) / DAILY_SALES_WINDOW_DAYS);
}

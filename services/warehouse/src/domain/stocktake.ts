import type { CountCause, RecountReason, StocktakeLineState } from "@septet/stock-contracts";

/** A stocktake: which location is counted, and whether its counters are kept from the book. */
export interface Stocktake {
  readonly stocktakeId: string;
  readonly location: string;
  /** ALL: everything that lies there, also what the book does not know of; SKUS: the named ones. */
  readonly scope: "ALL" | "SKUS";
  /** A counter does not see what the book says before the line is counted. */
  readonly blind: boolean;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly createdBy: string | null;
}

/** What somebody found, in pieces, and when in terms of the book. */
export interface Count {
  /** On the shelves, unsellable ones included. */
  readonly shelf: number;
  /** Taken from the shelves for orders or transfers and not left yet. */
  readonly picked: number;
  /** Of `shelf`; null = not counted by themselves. */
  readonly unsellable: number | null;
  /** Epoch ms: movements told later are before or after the count by it. */
  readonly countedAt: number;
  /** The last sequence of the SKU's own stream that the count has seen: own movements are after it by theirs. */
  readonly sequence: number;
  readonly countedBy: string | null;
  /** Pieces that were counted more than the book said (below 0: less) when the count was told. */
  readonly variance: number;
  readonly unsellableVariance: number | null;
}

export interface Approval {
  /** Null where the book was right. */
  readonly cause: CountCause | null;
  readonly note: string | null;
  /** What was booked, in pieces. */
  readonly total: number;
  readonly unsellable: number;
  /** Epoch ms. */
  readonly approvedAt: number;
  readonly approvedBy: string | null;
}

/** One SKU of a stocktake. */
export interface StocktakeLine {
  readonly stocktakeId: string;
  readonly sku: string;
  readonly location: string;
  readonly state: StocktakeLineState;
  /** Why it is to be counted again; null in all other states. */
  readonly why: RecountReason | null;
  /** How often it was counted. */
  readonly attempts: number;
  /** The last count. */
  readonly count: Count | null;
  /** The last approval. */
  readonly approval: Approval | null;
  /** Of all counts of this SKU at this location, this is the one whose approval the book rests on. */
  readonly standing: boolean;
}

/** A count that is older is not compared with the book any more, days. */
export const COUNT_VALID_DAYS = 14;
export const COUNT_VALID_MS = COUNT_VALID_DAYS * 86_400_000;

export const openLine = (stocktake: Pick<Stocktake, "stocktakeId" | "location">, sku: string): StocktakeLine => ({
  stocktakeId: stocktake.stocktakeId,
  sku,
  location: stocktake.location,
  state: "OPEN",
  why: null,
  attempts: 0,
  count: null,
  approval: null,
  standing: false,
});

/** May the line be counted now? A counted one only when it is asked to be, so that nobody counts until the figure pleases. */
export const isCountable = ({ state }: StocktakeLine): boolean =>
  state === "OPEN" || state === "RECOUNT_NEEDED" || state === "REOPENED";

export const counted = (line: StocktakeLine, count: Count): StocktakeLine => ({
  ...line,
  state: "COUNTED",
  why: null,
  attempts: line.attempts + 1,
  count,
});

/** COUNTED → RECOUNT_NEEDED. */
export const toBeRecounted = (line: StocktakeLine, why: RecountReason): StocktakeLine => ({
  ...line,
  state: "RECOUNT_NEEDED",
  why,
});

/** COUNTED → APPROVED; the book rests on it from here on. */
export const approved = (line: StocktakeLine, approval: Approval): StocktakeLine => ({
  ...line,
  state: "APPROVED",
  why: null,
  approval,
  standing: true,
});

/** APPROVED → REOPENED. */
export const reopened = (line: StocktakeLine, why: RecountReason): StocktakeLine => ({
  ...line,
  state: "REOPENED",
  why,
});

/** Another count of the same goods is the one that the book rests on now; there is nothing left to count again. */
export const superseded = (line: StocktakeLine): StocktakeLine => ({
  ...line,
  state: line.state === "REOPENED" ? "SUPERSEDED" : line.state,
  why: line.state === "REOPENED" ? null : line.why,
  standing: false,
});

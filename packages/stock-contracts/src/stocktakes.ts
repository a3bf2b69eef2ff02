/** Closed lists of counting, each value with its meaning. */

/** What becomes of one line of a stocktake: one SKU at one location. */
export const STOCKTAKE_LINE_STATES = {
  OPEN: "waits to be counted",
  COUNTED: "counted, waits for its approval",
  RECOUNT_NEEDED: "counted, and to be counted again before it can be approved",
  APPROVED: "the book says what was counted",
  REOPENED: "approved, and something came that the count may have seen: to be counted again",
  SUPERSEDED: "reopened, and a later count of the same goods was approved elsewhere",
  CANCELLED: "nobody will count it",
} as const;
export type StocktakeLineState = keyof typeof STOCKTAKE_LINE_STATES;

/** Why the shelf was not what the book said. */
export const COUNT_CAUSES = {
  SYNC_LATE: "the book was told too late",
  DAMAGE: "goods broke and nobody told",
  LOSS: "goods are gone: stolen, thrown away, never arrived",
  MISPLACEMENT: "goods lay where nobody looked, or lie there still",
  MISCOUNT: "an earlier count or receipt was wrong",
  UNKNOWN: "nobody knows",
} as const;
export type CountCause = keyof typeof COUNT_CAUSES;

/** Why a line must be counted again. */
export const RECOUNT_REASONS = {
  ASKED: "somebody doubts the count",
  BOOK_CORRECTED: "the book was corrected after the count: whether the count had seen it already, nobody can say",
  COUNT_TOO_OLD: "the count is too old to be compared with the book",
  LATER_COUNT: "a later count of the same goods was approved",
  LATE_MOVEMENT: "goods that moved before the count came to the book after its approval",
  LATE_CORRECTION: "the book was corrected for something that happened before the approval",
  REVERSAL: "an entry of before the count was reversed after its approval",
} as const;
export type RecountReason = keyof typeof RECOUNT_REASONS;

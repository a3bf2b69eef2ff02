import type { MovementDraft } from "@septet/stock-contracts";
import type { BookedAdjustment } from "./adjusting.js";
import type { Fulfilment } from "./fulfilment.js";
import type { RecordedMovement } from "./recorded-movement.js";
import type { Refusal } from "./refusal.js";
import type { Stocktake, StocktakeLine } from "./stocktake.js";

/** The document stands as told; `again` when it already did, so that nothing was changed. */
export interface Booked {
  readonly outcome: "BOOKED";
  readonly again: boolean;
}

/** What became of each row of an upload, in the order given. */
export interface RowsBooked {
  readonly outcome: "ROWS_BOOKED";
  readonly rows: readonly RowOutcome[];
}

export type RowOutcome =
  | { readonly row: number; readonly outcome: "APPLIED" | "ALREADY_APPLIED" }
  | { readonly row: number; readonly outcome: "REJECTED"; readonly field: string; readonly reason: string };

/** The fulfilment as it is now. */
export interface FulfilmentChanged {
  readonly outcome: "FULFILMENT_CHANGED";
  readonly fulfilment: Fulfilment;
}

/** The adjustment stands as told; `again` when it already did. */
export interface Adjusted {
  readonly outcome: "ADJUSTED";
  readonly again: boolean;
  readonly lines: readonly BookedAdjustment[];
}

/** The named lines of a stocktake as they are now. */
export interface LinesChanged {
  readonly outcome: "LINES_CHANGED";
  readonly stocktake: Stocktake;
  readonly lines: readonly StocktakeLine[];
}

/** Facts from the topics: taken in, known already, kept until the request they speak of comes, or none of our business. */
export interface Taken {
  readonly outcome: "TAKEN" | "KNOWN" | "WAITING" | "NOT_OURS";
}

/** A movement was taken back by another, which gets its id when it is written. */
export interface Reversed {
  readonly outcome: "REVERSED";
  readonly reversed: RecordedMovement;
  readonly reversal: MovementDraft;
  readonly movementId?: string;
}

/** A message that says something else than what stands; it goes to the dead letters. */
export interface Contradiction {
  readonly outcome: "CONTRADICTION";
  readonly code: string;
  readonly message: string;
}

export type Outcome =
  | Adjusted
  | LinesChanged
  | Booked
  | RowsBooked
  | FulfilmentChanged
  | Taken
  | Reversed
  | Contradiction
  | Refusal;

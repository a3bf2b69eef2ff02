import type { Refusal } from "./refusal.js";
import type { Transfer } from "./transfer.js";

/** The transfer as it is now; `again` when it already was, so that nothing was changed. */
export interface TransferChanged {
  readonly outcome: "CREATED" | "CHANGED";
  readonly again: boolean;
  readonly transfer: Transfer;
}

/** Facts from the topics: taken in, or given back because nobody waits for them any more. */
export interface Taken {
  readonly outcome: "TAKEN" | "GIVEN_BACK";
}

export type Outcome = TransferChanged | Taken | Refusal;

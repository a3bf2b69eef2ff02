import type { BookedAdjustment } from "./adjusting.js";
import type { AlertLines } from "./alert-line.js";
import type { Claim } from "./claim.js";
import type { CancelFulfilment } from "./commands.js";
import type { Fulfilment } from "./fulfilment.js";
import type { Labelling } from "./labelling.js";
import type { OnHand } from "./on-hand.js";
import type { RecordedMovement } from "./recorded-movement.js";
import type { DocumentLine } from "./stock-document.js";
import type { StocktakeWorld } from "./stocktake-book.js";

/** What already stands of a document: whose it is, how many lines it has, and those of them that the commands name. */
export interface KnownDocument {
  /** The order of a return; null where none was told, and of documents that are not told as a whole. */
  readonly orderId: string | null;
  readonly lineCount: number;
  readonly lines: ReadonlyMap<string, DocumentLine>;
}

/** What already stands of an adjustment: how many lines it has (of uploads: of those named), and those that are named. */
export interface KnownAdjustment {
  readonly lineCount: number;
  readonly lines: ReadonlyMap<string, BookedAdjustment>;
}

/** Everything a slice of commands is decided on; loaded under its locks and never changed by the decision. */
export interface World {
  /** Epoch ms by the database's clock. */
  readonly now: number;
  /** The codes of those warehouses named by the commands that are defined. */
  readonly warehouses: ReadonlySet<string>;
  /** By warehouse; one without a labelling is missing. */
  readonly labellings: ReadonlyMap<string, Labelling>;
  /** Those of the codes with a suffix that the catalogue lists. */
  readonly listed: ReadonlySet<string>;
  /** By `onHandKey`. */
  readonly onHand: ReadonlyMap<string, OnHand>;
  readonly alertLines: AlertLines;
  /** Those that documents name. */
  readonly claims: ReadonlyMap<string, Claim>;
  readonly fulfilments: ReadonlyMap<string, Fulfilment>;
  /** By fulfilmentId: cancel requests that came before the fulfilment they speak of, oldest first. */
  readonly waitingCancellations: ReadonlyMap<string, readonly CancelFulfilment[]>;
  /** The last sequences of the streams of all SKUs whose count may change. */
  readonly sequences: ReadonlyMap<string, number>;
  /** By `adjustmentIdOf`. */
  readonly adjustments: ReadonlyMap<string, KnownAdjustment>;
  readonly stocktaking: StocktakeWorld;
  /** By `documentIdOf`. */
  readonly documents: ReadonlyMap<string, KnownDocument>;
  /** By movementId: movements of ours that commands take back. */
  readonly recorded: ReadonlyMap<string, RecordedMovement>;
}

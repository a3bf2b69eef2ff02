import type { MovementDraft, RecordOf } from "@septet/stock-contracts";
import type { AdjustmentHead, BookedAdjustment } from "./adjusting.js";
import type { LowChange } from "./alert-line.js";
import type { ClaimedChange, SentBack } from "./claim-book.js";
import type { CancelFulfilment } from "./commands.js";
import type { Fulfilment, FulfilmentLine } from "./fulfilment.js";
import type { BookedAs } from "./labelling.js";
import type { OnHandChange } from "./on-hand.js";
import type { Outcome } from "./outcomes.js";
import type { BookedMovement } from "./physical-log.js";
import type { LineDecision } from "./recorded-movement.js";
import type { DocumentHead, DocumentLine } from "./stock-document.js";
import type { StocktakeLine } from "./stocktake.js";

type EventName =
  | "FulfilmentShipped"
  | "FulfilmentShort"
  | "FulfilmentCancelled"
  | "ReturnReceived"
  | "StockAlertRaised"
  | "StockAlertCleared";

/** A record to publish; its identity and time are added where it is written. */
export type DomainEvent = {
  readonly [N in EventName]: { readonly name: N; readonly value: Omit<RecordOf<N>, "eventId" | "occurredAt"> };
}[EventName];

/** A fulfilment whose row changed, with those of its lines that did. */
export interface FulfilmentUpdate {
  readonly fulfilment: Fulfilment;
  readonly lines: readonly FulfilmentLine[];
}

/** A movement of ours; `toldLater` when it happened before it is booked: then that moment, epoch ms. */
export interface RecordedDraft extends MovementDraft {
  readonly toldLater?: number;
  /** The fulfilment that it hands over. */
  readonly fulfilmentId?: string;
  /** Of a loss at picking: how order-reservation went on with its line, if that is known already. */
  readonly decided?: LineDecision;
}

/** Pieces of a document's line that were taken back. */
export interface ReversedLine {
  readonly documentId: string;
  readonly line: string;
  readonly quantity: number;
  /** Of them, those that the line had brought as unsellable. */
  readonly unsellable: number;
}

/** Lines of an order with which order-reservation has gone on. */
export interface SettledLine {
  readonly orderId: string;
  readonly lineId: string;
  readonly decision: LineDecision;
}

/** A line as it was told, and what it was booked as. */
export interface NewDocumentLine {
  readonly documentId: string;
  readonly line: DocumentLine;
  readonly booked: BookedAs;
}

/** Everything that a slice of commands comes to. */
export interface Decision {
  /** One per command, in the order given. */
  readonly outcomes: readonly Outcome[];
  readonly onHand: readonly OnHandChange[];
  /** Rows of them that crossed their alert line. */
  readonly low: readonly LowChange[];
  /** Pieces that went back on claims, and what that changes of the pieces under claim. */
  readonly sentBack: readonly SentBack[];
  readonly claimed: readonly ClaimedChange[];
  readonly newFulfilments: readonly Fulfilment[];
  readonly changedFulfilments: readonly FulfilmentUpdate[];
  readonly newDocuments: readonly DocumentHead[];
  readonly newDocumentLines: readonly NewDocumentLine[];
  readonly newAdjustments: readonly AdjustmentHead[];
  readonly newAdjustmentLines: readonly { readonly documentId: string; readonly line: BookedAdjustment }[];
  /** Lines of stocktakes as they are now: new ones and changed ones. */
  readonly stocktakeLines: readonly StocktakeLine[];
  /** Lines as they were when they were counted, one per count. */
  readonly counts: readonly StocktakeLine[];
  readonly newWaitingCancellations: readonly CancelFulfilment[];
  /** requestIds of cancellations that were waiting and have been answered now. */
  readonly answeredCancellations: readonly string[];
  readonly movements: readonly RecordedDraft[];
  /** Movements of others that were applied. */
  readonly applied: readonly BookedMovement[];
  readonly reversedLines: readonly ReversedLine[];
  readonly settledLines: readonly SettledLine[];
  readonly events: readonly DomainEvent[];
}

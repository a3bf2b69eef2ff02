import type { PickCause } from "@septet/stock-contracts";
import type { Adjust, AdjustRows } from "./adjusting.js";
import type { ApproveRows, CountingCommand, CountRows, RecountRows } from "./counting.js";
import type { LineQuantity } from "./fulfilment.js";
import type { BookedMovement } from "./physical-log.js";
import type { LineDecision } from "./recorded-movement.js";
import type { DocumentHead, DocumentLine } from "./stock-document.js";

/** Books a whole document: every line or none. */
export interface BookDocument {
  readonly type: "BOOK_DOCUMENT";
  readonly head: DocumentHead;
  readonly lines: readonly DocumentLine[];
}

/** Books rows of an upload: each by itself, whatever becomes of the others. */
export interface BookRows {
  readonly type: "BOOK_ROWS";
  readonly rows: readonly DocumentRow[];
}

export interface DocumentRow {
  /** Where the row stands in the upload, counted from 1. */
  readonly row: number;
  readonly head: DocumentHead;
  readonly line: DocumentLine;
}

/** Books what arrived with a transfer beyond what was under way. */
export interface BookTransferSurplus {
  readonly type: "BOOK_TRANSFER_SURPLUS";
  readonly head: DocumentHead;
  readonly line: DocumentLine;
  /** Epoch ms. */
  readonly arrivedAt: number;
}

export interface RequestFulfilment {
  readonly type: "REQUEST_FULFILMENT";
  readonly fulfilmentId: string;
  readonly orderId: string;
  readonly location: string;
  readonly deliverBy: number | null;
  readonly lines: readonly LineQuantity[];
}

export interface CancelFulfilment {
  readonly type: "CANCEL_FULFILMENT";
  /** Names the request, so that it is answered exactly once. */
  readonly requestId: string;
  readonly fulfilmentId: string;
  readonly orderId: string;
  readonly location: string;
  readonly lines: readonly LineQuantity[];
}

export interface PickFulfilment {
  readonly type: "PICK_FULFILMENT";
  readonly fulfilmentId: string;
}

/** Pieces of a line as a clerk names them; `sku` is needed only where the line has several, the parts of a bundle. */
export interface NamedPieces {
  readonly lineId: string;
  readonly sku?: string | undefined;
  readonly quantity: number;
}

export interface ShipFulfilment {
  readonly type: "SHIP_FULFILMENT";
  readonly fulfilmentId: string;
  /** Null = every open piece. */
  readonly lines: readonly NamedPieces[] | null;
  readonly tracking: string | null;
  /** True demands that nothing stays open; null = whatever follows from the lines. */
  readonly final: boolean | null;
  readonly actor: string | null;
}

export interface ShortFulfilment {
  readonly type: "SHORT_FULFILMENT";
  readonly fulfilmentId: string;
  readonly lines: readonly (NamedPieces & { readonly cause: PickCause })[];
  readonly actor: string | null;
}

/** Another service's movement, seen for the first time. */
export interface ApplyMovement {
  readonly type: "APPLY_MOVEMENT";
  readonly movement: BookedMovement;
}

/** A movement of ours was recorded by mistake. */
export interface ReverseMovement {
  readonly type: "REVERSE_MOVEMENT";
  readonly movementId: string;
  readonly reason: string;
  readonly actor: string | null;
}

/** order-reservation has gone on with lines of an order. */
export interface LineSettled {
  readonly type: "LINE_SETTLED";
  readonly orderId: string;
  readonly lines: readonly { readonly lineId: string; readonly sku: string }[];
  readonly decision: LineDecision;
}

/** What an upload does with at most 1,000 of its rows, each by itself. */
export type RowsCommand = BookRows | AdjustRows | CountRows | RecountRows | ApproveRows;

export type Command =
  | BookDocument
  | BookRows
  | BookTransferSurplus
  | RequestFulfilment
  | CancelFulfilment
  | PickFulfilment
  | ShipFulfilment
  | ShortFulfilment
  | ApplyMovement
  | ReverseMovement
  | LineSettled
  | Adjust
  | AdjustRows
  | CountingCommand;

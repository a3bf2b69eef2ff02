import type { PickCause, WireLeg } from "@septet/stock-contracts";

/** Pieces of one line. */
export interface LinePieces {
  readonly lineId: string;
  readonly quantity: number;
}

export interface CreateTransfer {
  readonly type: "CREATE_TRANSFER";
  readonly transferId: string;
  readonly content: string;
  readonly source: string;
  readonly destination: string;
  readonly draft: boolean;
  readonly allowPartial: boolean;
  readonly expectedAt: number | null;
  readonly reason: string | null;
  readonly actor: string | null;
  readonly lines: readonly (LinePieces & { readonly sku: string })[];
}

/** Sends a draft: its reservation is asked for. */
export interface RequestTransfer {
  readonly type: "REQUEST_TRANSFER";
  readonly transferId: string;
}

export interface Dispatch {
  readonly type: "DISPATCH";
  readonly transferId: string;
  readonly shipmentId: string;
  readonly content: string;
  /** Null = everything that is promised and still there. */
  readonly lines: readonly LinePieces[] | null;
  /** Undefined = as the transfer says. */
  readonly expectedAt: number | null | undefined;
  readonly tracking: string | null;
  readonly actor: string | null;
}

export interface Receive {
  readonly type: "RECEIVE";
  readonly transferId: string;
  readonly arrivalId: string;
  /** Whether the clerk called it so; otherwise it is named after the key of the request. */
  readonly named: boolean;
  readonly content: string;
  /** The shipment that the goods are of, where known. */
  readonly shipmentId: string | null;
  /** Null = the destination, or the source of a transfer that was called back. */
  readonly location: string | null;
  /** Null = everything that is under way, sellable. */
  readonly lines: readonly ReceivedLine[] | null;
  readonly actor: string | null;
}

/** What was found of one line, in pieces. */
export interface ReceivedLine {
  readonly lineId: string;
  readonly sellable: number;
  readonly damaged: number;
  readonly lost: number;
}

/** Nobody expects the pieces any more. */
export interface Lose {
  readonly type: "LOSE";
  readonly transferId: string;
  readonly shipmentId: string | null;
  /** Null = everything that is under way. */
  readonly lines: readonly LinePieces[] | null;
  readonly reason: string | null;
  readonly actor: string | null;
}

/** Promised pieces were not found, or found damaged, before they left. */
export interface ReportShort {
  readonly type: "REPORT_SHORT";
  readonly transferId: string;
  readonly lines: readonly (LinePieces & { readonly cause: PickCause })[];
  readonly actor: string | null;
}

/** Gives back what has not left; of a whole transfer what is under way turns round. */
export interface CallOff {
  readonly type: "CALL_OFF";
  readonly transferId: string;
  /** Null = the whole transfer; a line without a quantity means all of it that has not left. */
  readonly lines: readonly { readonly lineId: string; readonly quantity: number | null }[] | null;
  /** A return: refused when nothing is under way. */
  readonly asReturn: boolean;
  readonly reason: string | null;
  readonly actor: string | null;
}

/** Moves the time of arrival of a shipment, or of the transfer with all its shipments under way. */
export interface Expect {
  readonly type: "EXPECT";
  readonly transferId: string;
  readonly shipmentId: string | null;
  readonly expectedAt: number | null;
  /** The version that the clerk saw. */
  readonly version: number;
}

/** The source has promised pieces: the movement is recorded, whatever became of the line meanwhile. */
export interface TakeReservation {
  readonly type: "TAKE_RESERVATION";
  readonly transferId: string;
  readonly lineId: string;
  readonly sku: string;
  readonly source: string;
  readonly quantity: number;
  readonly legs: readonly WireLeg[];
}

/** The source cannot spare pieces. */
export interface TakeRejection {
  readonly type: "TAKE_REJECTION";
  readonly transferId: string;
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

/** Another service's movement, seen for the first time. */
export interface ApplyMovement {
  readonly type: "APPLY_MOVEMENT";
  readonly sku: string;
  readonly legs: readonly WireLeg[];
}

/** What clerks ask for. */
export type ClerkCommand =
  | CreateTransfer
  | RequestTransfer
  | Dispatch
  | Receive
  | Lose
  | ReportShort
  | CallOff
  | Expect;
export type Command = ClerkCommand | TakeReservation | TakeRejection | ApplyMovement;

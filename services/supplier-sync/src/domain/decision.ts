import type { MovementDraft, RecordOf } from "@septet/stock-contracts";
import type { ChangeMark } from "./big-change.js";
import type { DepartedPieces } from "./offer.js";
import type { OfferKey, OfferRow } from "./offer-row.js";
import type { CancelAsked, SupplierOrder } from "./order.js";
import type { Outcome } from "./outcomes.js";
import type { LineEvent } from "./scorecard.js";

type EventName =
  | "StockAlertRaised"
  | "StockAlertCleared"
  | "FulfilmentShipped"
  | "FulfilmentShort"
  | "FulfilmentCancelled";

/** A record to publish; its identity and time are added where it is written. */
export type DomainEvent = {
  readonly [N in EventName]: { readonly name: N; readonly value: Omit<RecordOf<N>, "eventId" | "occurredAt"> };
}[EventName];

/** A reported change that the contract wants to hear of at once. */
export interface BigChange extends OfferKey {
  readonly ordinal: number;
  readonly before: number;
  readonly after: number;
  readonly mark: Exclude<ChangeMark, "ORDINARY">;
}

/** What became of pieces of an order, for the scorecard. */
export interface NotedEvent extends LineEvent {
  readonly fulfilmentId: string;
  readonly lineId: string;
  readonly sku: string;
  /** Of pieces that are short: those that the supplier kept for us. */
  readonly keptPieces: number;
}

/** Everything that a slice of commands comes to. */
export interface Decision {
  /** One per command, in the order given. */
  readonly outcomes: readonly Outcome[];
  /** Rows as they are to stand, each with how it stood. */
  readonly offers: readonly { readonly before: OfferRow | undefined; readonly after: OfferRow }[];
  readonly bigChanges: readonly BigChange[];
  readonly lineEvents: readonly NotedEvent[];
  /** What left since the last report of its SKU. */
  readonly departures: readonly (OfferKey & DepartedPieces)[];
  /** Reports that contain what left before them: as of when, epoch ms. */
  readonly caughtUp: readonly (OfferKey & { readonly asOf: number })[];
  /** Orders as they are to stand, each with how it stood. */
  readonly orders: readonly { readonly before: SupplierOrder | undefined; readonly after: SupplierOrder }[];
  /** Cancel requests to keep: those that wait for their order or for the supplier's answer. */
  readonly keptAsks: readonly CancelAsked[];
  /** Requests that were answered. */
  readonly answeredAsks: readonly string[];
  readonly movements: readonly MovementDraft[];
  readonly events: readonly DomainEvent[];
}

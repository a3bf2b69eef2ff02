import type { MovementDraft, RecordOf } from "@septet/stock-contracts";
import type { BalanceChange } from "./balances.js";
import type { Outcome } from "./outcomes.js";
import type { Arrival, Shipment, ShipmentLine, Transfer, TransferLine } from "./transfer.js";

type EventName =
  | "TransferReservationRequested"
  | "TransferLineChanged"
  | "TransferSurplusArrived"
  | "StockAlertRaised"
  | "StockAlertCleared";

/** A record to publish; its identity and time are added where it is written, unless the identity is given. */
export type DomainEvent = {
  readonly [N in EventName]: {
    readonly name: N;
    readonly value: Omit<RecordOf<N>, "eventId" | "occurredAt"> & { readonly eventId?: string };
  };
}[EventName];

/** Something that belongs to a transfer. */
export type Of<T> = { readonly transferId: string; readonly row: T };

/** Everything that a slice of commands comes to. */
export interface Decision {
  /** One per command, in the order given. */
  readonly outcomes: readonly Outcome[];
  readonly newTransfers: readonly Transfer[];
  readonly changedTransfers: readonly Transfer[];
  readonly newLines: readonly Of<TransferLine>[];
  readonly changedLines: readonly Of<TransferLine>[];
  readonly newShipments: readonly Of<Shipment>[];
  readonly changedShipments: readonly Of<Shipment>[];
  readonly newShipmentLines: readonly Of<ShipmentLine>[];
  readonly changedShipmentLines: readonly Of<ShipmentLine>[];
  readonly newArrivals: readonly Of<Arrival>[];
  readonly balances: readonly BalanceChange[];
  readonly movements: readonly MovementDraft[];
  readonly events: readonly DomainEvent[];
}

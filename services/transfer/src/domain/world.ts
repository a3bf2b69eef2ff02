import type { Shipment, ShipmentLine, Transfer, TransferLine } from "./transfer.js";

/** What stands of a transfer, as far as the commands speak of it. */
export interface KnownTransfer {
  readonly head: Transfer;
  /** By lineId: the lines that are named, or all when a command is about the whole. */
  readonly lines: ReadonlyMap<string, TransferLine>;
  /** By shipmentId, oldest first; empty when no command needs them. */
  readonly shipments: ReadonlyMap<string, Shipment>;
  /** By lineId: what is still under way of each shipment, oldest first. */
  readonly underWay: ReadonlyMap<string, readonly ShipmentLine[]>;
  /** By arrivalId: what the arrivals that are named were told with. */
  readonly arrivals: ReadonlyMap<string, string>;
}

/** Everything a slice of commands is decided on; loaded under its locks and never changed by the decision. */
export interface World {
  /** Epoch ms by the database's clock. */
  readonly now: number;
  readonly transfers: ReadonlyMap<string, KnownTransfer>;
}

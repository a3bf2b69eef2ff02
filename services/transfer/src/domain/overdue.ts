import type { AlertCode } from "@septet/stock-contracts";
import type { DomainEvent } from "./decision.js";
import type { Shipment, Transfer } from "./transfer.js";

const CODE: AlertCode = "TRANSFER_OVERDUE";

/** What is late now. */
export interface Lateness {
  /** Shipments that should have arrived, and by how long the latest of them, seconds. */
  readonly overdueShipments: number;
  readonly overdueSeconds: number;
  /** How long the oldest transfer has waited for its source to answer, seconds. */
  readonly unansweredSeconds: number;
}

/** True when the alert of a shipment's lateness is due and does not stand yet. */
export const isNewlyOverdue = (shipment: Shipment, now: number): boolean =>
  shipment.open > 0 && shipment.expectedAt !== null && shipment.expectedAt <= now && shipment.overdueSince === null;

/** A shipment has not arrived in time: one alert, however long it takes. */
export function overdueEvent(transfer: Transfer, shipment: Shipment): DomainEvent {
  const { transferId, source } = transfer;
  const where = placeOf(transfer);
  const expected = new Date(shipment.expectedAt ?? 0).toISOString();
  const message = `shipment ${shipment.shipmentId} of transfer ${transferId} from ${source} has not arrived whole at ${where} by ${expected}`;
  const details = { transferId, shipmentId: shipment.shipmentId, source, destination: where, expectedAt: expected };
  return { name: "StockAlertRaised", value: { ...about(transfer, shipment), severity: "WARNING", message, details } };
}

/** Nothing of it is under way any more, or it is expected later. */
export function arrivedEvent(transfer: Transfer, shipment: Shipment): DomainEvent {
  return { name: "StockAlertCleared", value: { ...about(transfer, shipment), message: null } };
}

const placeOf = (transfer: Transfer): string => (transfer.returning ? transfer.source : transfer.destination);

function about(transfer: Transfer, shipment: Shipment) {
  return {
    alertId: `${CODE}/${transfer.transferId}/${shipment.shipmentId}`,
    code: CODE,
    service: "transfer",
    sku: null,
    location: placeOf(transfer),
    supplierId: null,
    orderId: null,
  };
}

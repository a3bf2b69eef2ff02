import type { Inspector } from "../database/inspector.js";

/** What became of the pieces of a line. */
export interface TransferLineRow {
  transfer_id: string;
  line_id: string;
  sku: string;
  source: string;
  destination: string;
  draft: boolean;
  called_back: boolean;
  version: number;
  requested: number;
  reserved: number;
  rejected: number;
  withdrawn: number;
  cancelled: number;
  short: number;
  damaged_before: number;
  dispatched: number;
  received: number;
  damaged: number;
  returned: number;
  lost: number;
  surplus: number;
}
export interface TransferBalanceRow {
  sku: string;
  location: string;
  transfer_reserved: number;
  in_transit: number;
}
export interface ShipmentRow {
  transfer_id: string;
  shipment_id: string;
  expected_at: number | null;
  open: number;
  overdue: boolean;
}
export interface ShipmentLineRow {
  transfer_id: string;
  shipment_id: string;
  line_id: string;
  sku: string;
  source: string;
  quantity: number;
  open: number;
}
export interface ArrivalLineRow {
  transfer_id: string;
  arrival_id: string;
  location: string;
  line_id: string;
  sellable: number;
  damaged: number;
  lost: number;
  surplus: number;
}

/** The transfer service's own tables at rest. */
export interface TransferTables {
  readonly lines: readonly TransferLineRow[];
  readonly balances: readonly TransferBalanceRow[];
  readonly shipments: readonly ShipmentRow[];
  readonly shipmentLines: readonly ShipmentLineRow[];
  readonly arrivalLines: readonly ArrivalLineRow[];
}

/** Undefined when the service is not part of the run. */
export async function readTransfers(inspector: Inspector): Promise<TransferTables | undefined> {
  if (!inspector.services.includes("transfer")) return undefined;
  const rows = <T extends object>(sql: string) => inspector.query<T & Record<string, unknown>>("transfer", sql);
  return {
    lines: await rows<TransferLineRow>(
      `SELECT l.*, l.version::int AS version, l.surplus::int AS surplus, t.source, t.destination, t.draft, t.called_back
       FROM transfer_line l JOIN transfer t USING (transfer_id) ORDER BY transfer_id, line_id`,
    ),
    balances: await rows<TransferBalanceRow>(
      `SELECT sku, location, transfer_reserved::int, in_transit::int FROM transfer_balance ORDER BY sku, location`,
    ),
    shipments: await rows<ShipmentRow>(
      `SELECT transfer_id, shipment_id, (extract(epoch FROM expected_at) * 1000)::float8 AS expected_at, open::int,
              overdue_since IS NOT NULL AS overdue FROM shipment ORDER BY transfer_id, shipment_id`,
    ),
    shipmentLines: await rows<ShipmentLineRow>(
      `SELECT transfer_id, shipment_id, line_id, sku, source, quantity, open FROM shipment_line
       ORDER BY transfer_id, shipment_id, line_id`,
    ),
    arrivalLines: await rows<ArrivalLineRow>(
      `SELECT transfer_id, arrival_id, location, line_id, sellable, damaged, lost, surplus
       FROM arrival_line JOIN arrival USING (transfer_id, arrival_id) ORDER BY transfer_id, arrival_id, line_id`,
    ),
  };
}

import type { Session } from "@septet/messaging";
import type { Of } from "../domain/decision.js";
import type { Shipment, ShipmentLine, Transfer } from "../domain/transfer.js";
import { ms, time } from "./columns.js";
import type { AskedLine } from "./transfer-rows.js";

const LOAD = `SELECT s.transfer_id, s.shipment_id, s.content, s.tracking, s.actor, s.open::float8 AS open,
    ${ms("s.shipped_at", "shipped_at")}, ${ms("s.expected_at", "expected_at")}, ${ms("s.overdue_since", "overdue_since")}
  FROM shipment s WHERE s.transfer_id = ANY($1::text[]) ORDER BY s.transfer_id, s.shipped_at, s.shipment_id`;
const LINE_COLUMNS = "l.transfer_id, l.shipment_id, l.line_id, l.sku, l.quantity, l.open";
const LOAD_ALL_LINES = `SELECT ${LINE_COLUMNS} FROM shipment_line l WHERE l.transfer_id = ANY($1::text[]) AND l.open > 0
  ORDER BY l.transfer_id, l.shipped_at, l.shipment_id`;
const LOAD_LINES = `SELECT ${LINE_COLUMNS} FROM unnest($1::text[], $2::text[]) AS asked (transfer_id, line_id)
  JOIN shipment_line l ON l.transfer_id = asked.transfer_id AND l.line_id = asked.line_id
  WHERE l.open > 0 ORDER BY l.transfer_id, l.shipped_at, l.shipment_id`;
const CREATE = `INSERT INTO shipment (transfer_id, shipment_id, content, shipped_at, expected_at, tracking, actor, open)
  SELECT id, shipment_id, content, ${time("shipped_at")}, ${time("expected_at")}, tracking, actor, open
  FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::float8[], $6::text[], $7::text[], $8::bigint[])
    AS s (id, shipment_id, content, shipped_at, expected_at, tracking, actor, open)`;
const CREATE_LINES = `INSERT INTO shipment_line (transfer_id, shipment_id, line_id, sku, source, destination, shipped_at,
    quantity, open)
  SELECT id, shipment_id, line_id, sku, source, destination, ${time("shipped_at")}, quantity, open
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::int[], $9::int[])
    AS l (id, shipment_id, line_id, sku, source, destination, shipped_at, quantity, open)`;
const UPDATE = `UPDATE shipment s SET open = c.open, expected_at = ${time("c.expected_at")},
    overdue_since = ${time("c.overdue_since")}
  FROM unnest($1::text[], $2::text[], $3::bigint[], $4::float8[], $5::float8[])
    AS c (id, shipment_id, open, expected_at, overdue_since)
  WHERE s.transfer_id = c.id AND s.shipment_id = c.shipment_id`;
const UPDATE_LINES = `UPDATE shipment_line l SET open = c.open
  FROM unnest($1::text[], $2::text[], $3::text[], $4::int[]) AS c (id, shipment_id, line_id, open)
  WHERE l.transfer_id = c.id AND l.shipment_id = c.shipment_id AND l.line_id = c.line_id`;

interface ShipmentRow {
  transfer_id: string;
  shipment_id: string;
  content: string;
  tracking: string | null;
  actor: string | null;
  open: number;
  shipped_at: number;
  expected_at: number | null;
  overdue_since: number | null;
}

interface LineRow {
  transfer_id: string;
  shipment_id: string;
  line_id: string;
  sku: string;
  quantity: number;
  open: number;
}

/** All shipments of the transfers, by transfer and id, oldest first. */
export async function loadShipments(
  session: Session,
  transferIds: readonly string[],
): Promise<Map<string, Map<string, Shipment>>> {
  const found = new Map<string, Map<string, Shipment>>();
  if (transferIds.length === 0) return found;
  for (const row of await session.query<ShipmentRow>(LOAD, [transferIds])) {
    const shipments = found.get(row.transfer_id) ?? new Map<string, Shipment>();
    const { content, tracking, actor, open } = row;
    const times = { shippedAt: row.shipped_at, expectedAt: row.expected_at, overdueSince: row.overdue_since };
    const shipment = { shipmentId: row.shipment_id, content, tracking, actor, open, ...times };
    found.set(row.transfer_id, shipments.set(row.shipment_id, shipment));
  }
  return found;
}

/** What is still under way, of whole transfers and of named lines; by transfer and line, oldest shipment first. */
export async function loadUnderWay(
  session: Session,
  whole: readonly string[],
  asked: readonly AskedLine[],
): Promise<Map<string, Map<string, ShipmentLine[]>>> {
  const found = new Map<string, Map<string, ShipmentLine[]>>();
  const named = asked.filter(({ transferId }) => !whole.includes(transferId));
  const rows: LineRow[] = whole.length === 0 ? [] : await session.query<LineRow>(LOAD_ALL_LINES, [whole]);
  if (named.length > 0) {
    const ids = [named.map((line) => line.transferId), named.map((line) => line.lineId)];
    for (const row of await session.query<LineRow>(LOAD_LINES, ids)) rows.push(row);
  }
  for (const { transfer_id, shipment_id: shipmentId, line_id: lineId, sku, quantity, open } of rows) {
    const lines = found.get(transfer_id) ?? new Map<string, ShipmentLine[]>();
    found.set(transfer_id, lines);
    lines.set(lineId, [...(lines.get(lineId) ?? []), { shipmentId, lineId, sku, quantity, open }]);
  }
  return found;
}

/** Writes shipments that left just now. @throws 23505 never: the transfer's row is locked. */
export async function createShipments(
  session: Session,
  shipments: readonly Of<Shipment>[],
  lines: readonly Of<ShipmentLine>[],
  transferOf: (transferId: string) => Transfer,
): Promise<void> {
  if (shipments.length === 0) return;
  await session.query(CREATE, [
    shipments.map((shipment) => shipment.transferId),
    shipments.map(({ row }) => row.shipmentId),
    shipments.map(({ row }) => row.content),
    shipments.map(({ row }) => row.shippedAt),
    shipments.map(({ row }) => row.expectedAt),
    shipments.map(({ row }) => row.tracking),
    shipments.map(({ row }) => row.actor),
    shipments.map(({ row }) => row.open),
  ]);
  const shippedAt = new Map(shipments.map(({ transferId, row }) => [keyOf(transferId, row), row.shippedAt]));
  await session.query(CREATE_LINES, [
    lines.map((line) => line.transferId),
    lines.map(({ row }) => row.shipmentId),
    lines.map(({ row }) => row.lineId),
    lines.map(({ row }) => row.sku),
    lines.map(({ transferId }) => transferOf(transferId).source),
    lines.map(({ transferId }) => transferOf(transferId).destination),
    lines.map(({ transferId, row }) => shippedAt.get(keyOf(transferId, row))!),
    lines.map(({ row }) => row.quantity),
    lines.map(({ row }) => row.open),
  ]);
}

/** Writes what changed of shipments whose transfers are locked. */
export async function updateShipments(
  session: Session,
  shipments: readonly Of<Shipment>[],
  lines: readonly Of<ShipmentLine>[],
): Promise<void> {
  if (shipments.length > 0) {
    await session.query(UPDATE, [
      shipments.map((shipment) => shipment.transferId),
      shipments.map(({ row }) => row.shipmentId),
      shipments.map(({ row }) => row.open),
      shipments.map(({ row }) => row.expectedAt),
      shipments.map(({ row }) => row.overdueSince),
    ]);
  }
  if (lines.length === 0) return;
  await session.query(UPDATE_LINES, [
    lines.map((line) => line.transferId),
    lines.map(({ row }) => row.shipmentId),
    lines.map(({ row }) => row.lineId),
    lines.map(({ row }) => row.open),
  ]);
}

const keyOf = (transferId: string, { shipmentId }: { readonly shipmentId: string }): string =>
  JSON.stringify([transferId, shipmentId]);

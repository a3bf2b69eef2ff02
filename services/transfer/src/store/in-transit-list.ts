import type { Session } from "@septet/messaging";
import { ms, NOW } from "./columns.js";

/** Which goods under way; what is missing does not matter. */
export interface InTransitFilter {
  readonly sku?: string | undefined;
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
  /** Left at least so many hours ago. */
  readonly olderThanHours?: number | undefined;
  /** Only what should have arrived by now. */
  readonly overdue?: boolean | undefined;
}

/** Where the page before ended; `shippedAt` is epoch ms. */
export interface InTransitCursor {
  readonly shippedAt: number;
  readonly transferId: string;
  readonly shipmentId: string;
  readonly lineId: string;
}

/** Pieces of one line of one shipment that left and have neither arrived nor been given up. Times are epoch ms. */
export interface InTransit {
  readonly sku: string;
  readonly source: string;
  readonly destination: string;
  readonly returning: boolean;
  readonly quantity: number;
  readonly transferId: string;
  readonly lineId: string;
  readonly shipmentId: string;
  readonly tracking: string | null;
  readonly shippedAt: number;
  readonly expectedAt: number | null;
  readonly ageSeconds: number;
  readonly overdue: boolean;
}

const OVERDUE = `coalesce(s.expected_at <= ${NOW}, false)`;
const COLUMNS = `l.sku, l.source, l.destination, t.called_back AS "returning", l.open AS quantity, l.transfer_id AS "transferId",
  l.line_id AS "lineId", l.shipment_id AS "shipmentId", s.tracking, ${ms("l.shipped_at", '"shippedAt"')},
  ${ms("s.expected_at", '"expectedAt"')}, ${OVERDUE} AS overdue,
  floor(greatest(0, extract(epoch FROM ${NOW} - l.shipped_at)))::float8 AS "ageSeconds"`;

/** At most `limit` of what is under way, the oldest first. */
export function listInTransit(
  session: Session,
  filter: InTransitFilter,
  after: InTransitCursor | null,
  limit: number,
): Promise<InTransit[]> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const conditions = ["l.open > 0"];
  if (filter.sku !== undefined) conditions.push(`l.sku = ${value(filter.sku)}`);
  if (filter.source !== undefined) conditions.push(`l.source = ${value(filter.source)}`);
  if (filter.destination !== undefined) conditions.push(`l.destination = ${value(filter.destination)}`);
  if (filter.olderThanHours !== undefined) {
    conditions.push(`l.shipped_at <= ${NOW} - ${value(filter.olderThanHours)}::int * interval '1 hour'`);
  }
  if (filter.overdue !== undefined) conditions.push(filter.overdue ? OVERDUE : `NOT ${OVERDUE}`);
  if (after !== null) {
    const time = `to_timestamp(${value(after.shippedAt)}::float8 / 1000.0)`;
    const rest = [after.transferId, after.shipmentId, after.lineId].map(value).join(", ");
    conditions.push(`(l.shipped_at, l.transfer_id, l.shipment_id, l.line_id) > (${time}, ${rest})`);
  }
  return session.query<InTransit>(
    `SELECT ${COLUMNS} FROM shipment_line l
       JOIN shipment s ON s.transfer_id = l.transfer_id AND s.shipment_id = l.shipment_id
       JOIN transfer t ON t.transfer_id = l.transfer_id
     WHERE ${conditions.join(" AND ")}
     ORDER BY l.shipped_at, l.transfer_id, l.shipment_id, l.line_id LIMIT ${value(limit)}`,
    values,
  );
}

import type { Session } from "@septet/messaging";

// The first line of WHERE is asked once, of the index's end: nearly always nothing is due, and to learn that the planner
// may read the whole table (9 ms with 30,000 orders, every second, and growing with them).
const DUE_HOLDS = `
SELECT order_id, (extract(epoch FROM expires_at) * 1000)::float8 AS expires_at FROM orders
WHERE (SELECT min(expires_at) FROM orders) <= to_timestamp($1::float8 / 1000)
  AND expires_at <= to_timestamp($1::float8 / 1000) ORDER BY expires_at LIMIT $2`;
const BELOW_ZERO = `SELECT sku, location FROM stock WHERE sellable < 0 AND (sku, location) > ($1, $2)
ORDER BY sku, location LIMIT $3`;

/** Orders with a hold to give back whose time is at or before `upTo` (epoch ms), the longest past first. */
export async function dueHolds(
  session: Session,
  upTo: number,
  limit: number,
): Promise<{ orderId: string; expiresAt: number }[]> {
  const rows = await session.query<{ order_id: string; expires_at: number }>(DUE_HOLDS, [upTo, limit]);
  return rows.map((row) => ({ orderId: row.order_id, expiresAt: Math.round(row.expires_at) }));
}

/** Orders that hold parts of bundles which no whole piece needs any more. */
export async function ordersWithSpares(session: Session, limit: number): Promise<string[]> {
  const sql = "SELECT order_id FROM orders WHERE has_spares ORDER BY order_id LIMIT $1";
  return (await session.query<{ order_id: string }>(sql, [limit])).map((row) => row.order_id);
}

/** A SKU at a location. */
export interface Place {
  readonly sku: string;
  readonly location: string;
}

/** Where more is promised than is there: at most `limit` places after one, in byte order. */
export const placesBelowZero = (session: Session, after: Place, limit: number): Promise<Place[]> =>
  session.query(BELOW_ZERO, [after.sku, after.location, limit]);

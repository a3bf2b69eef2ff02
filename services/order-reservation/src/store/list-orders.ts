import type { Session } from "@septet/messaging";
import type { Order } from "../domain/index.js";
import { loadOrders } from "./load-orders.js";

/** By SKU the index on order_line leads, without it the primary key or the index on state. */
const BY_STATE = `
SELECT order_id FROM orders WHERE ($1::text IS NULL OR state = $1) AND order_id > $2 COLLATE "C"
ORDER BY order_id LIMIT $3`;
const BY_SKU = `
SELECT DISTINCT o.order_id FROM order_line l JOIN orders o ON o.order_id = l.order_id
WHERE l.sku = $4 AND ($1::text IS NULL OR o.state = $1) AND l.order_id > $2 COLLATE "C"
ORDER BY o.order_id LIMIT $3`;

/** Orders after an id, bytewise; at most `limit`. */
export async function listOrders(
  session: Session,
  o: { state: string | undefined; sku: string | undefined; after: string; limit: number },
): Promise<Order[]> {
  const params: unknown[] = [o.state ?? null, o.after, o.limit];
  const rows = await session.query<{ order_id: string }>(
    o.sku === undefined ? BY_STATE : BY_SKU,
    o.sku === undefined ? params : [...params, o.sku],
  );
  const ids = rows.map((row) => row.order_id);
  const orders = await loadOrders(session, ids);
  return ids.flatMap((id) => orders.get(id) ?? []);
}

import type { Session } from "@septet/messaging";
import type { Order } from "../domain/index.js";
import { loadOrders } from "./load-orders.js";

/**
 * One text per combination of filters: a statement with `$1 IS NULL OR state = $1` is planned once for all of them and
 * reads the whole table for a rare state. Each of these is led by an index that has the order of the page.
 */
function statement(byState: boolean, bySku: boolean): string {
  const state = byState ? "AND o.state = $3" : "";
  if (!bySku) {
    return `SELECT o.order_id FROM orders o WHERE o.order_id > $1 COLLATE "C" ${state} ORDER BY o.order_id LIMIT $2`;
  }
  return `SELECT DISTINCT l.order_id FROM order_line l JOIN orders o ON o.order_id = l.order_id
    WHERE l.order_id > $1 COLLATE "C" AND l.sku = $${byState ? 4 : 3} ${state} ORDER BY l.order_id LIMIT $2`;
}

/** Orders after an id, bytewise; at most `limit`. */
export async function listOrders(
  session: Session,
  o: { state: string | undefined; sku: string | undefined; after: string; limit: number },
): Promise<Order[]> {
  const filters = [o.state, o.sku].filter((filter) => filter !== undefined);
  const sql = statement(o.state !== undefined, o.sku !== undefined);
  const rows = await session.query<{ order_id: string }>(sql, [o.after, o.limit, ...filters]);
  const ids = rows.map((row) => row.order_id);
  const orders = await loadOrders(session, ids);
  return ids.flatMap((id) => orders.get(id) ?? []);
}

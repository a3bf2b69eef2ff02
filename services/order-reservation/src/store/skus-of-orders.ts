import type { Session } from "@septet/messaging";

/** Not locking: it only says which streams to lock; under the lock the slice sees whether it is still so. */
const SKUS_OF_ORDERS = `SELECT order_id, skus FROM orders WHERE order_id = ANY($1::text[])`;

/** SKUs of orders that exist, by order. */
export async function skusOfOrders(
  session: Session,
  orderIds: readonly string[],
): Promise<{ orderId: string; skus: string[] }[]> {
  if (orderIds.length === 0) return [];
  const rows = await session.query<{ order_id: string; skus: string[] }>(SKUS_OF_ORDERS, [orderIds]);
  return rows.map((row) => ({ orderId: row.order_id, skus: row.skus }));
}

import type { Session } from "@septet/messaging";

/** Not locking: it only says which streams to lock; under the lock the slice sees whether it is still so. */
const SKUS_OF_ORDERS = `SELECT order_id, skus, details ->> 'cartId' AS cart_id FROM orders WHERE order_id = ANY($1::text[])`;

/** SKUs and cart of orders that exist. */
export async function skusOfOrders(
  session: Session,
  orderIds: readonly string[],
): Promise<{ orderId: string; skus: string[]; cartId: string | null }[]> {
  if (orderIds.length === 0) return [];
  const rows = await session.query<{ order_id: string; skus: string[]; cart_id: string | null }>(SKUS_OF_ORDERS, [
    orderIds,
  ]);
  return rows.map((row) => ({ orderId: row.order_id, skus: row.skus, cartId: row.cart_id }));
}

import type { Session } from "@septet/messaging";
import type { Buyer } from "../domain/index.js";

/** Not locking: it only says which streams to lock; under the lock the slice sees whether it is still so. */
const SKUS_OF_ORDERS = `SELECT order_id, skus, details ->> 'cartId' AS cart_id, customer_id, channel, region,
  details ->> 'promotionId' AS promotion_id FROM orders WHERE order_id = ANY($1::text[])`;

interface Row {
  order_id: string;
  skus: string[];
  cart_id: string | null;
  customer_id: string | null;
  channel: string | null;
  region: string | null;
  promotion_id: string | null;
}

/** SKUs, cart and buyer of orders that exist. */
export async function skusOfOrders(
  session: Session,
  orderIds: readonly string[],
): Promise<(Buyer & { cartId: string | null })[]> {
  if (orderIds.length === 0) return [];
  const rows = await session.query<Row>(SKUS_OF_ORDERS, [orderIds]);
  return rows.map((row) => ({
    orderId: row.order_id,
    skus: row.skus,
    cartId: row.cart_id,
    customerId: row.customer_id,
    channel: row.channel,
    region: row.region,
    promotionId: row.promotion_id,
  }));
}

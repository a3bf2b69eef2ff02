import type { Session } from "@septet/messaging";
import { type Buyer, type Policies, type Purchases, purchasesAsked, purchasesKey } from "../domain/index.js";

/**
 * Pieces of a SKU in a customer's orders: reserved, paid, shipped, or waiting for their payment. An unpaid hold
 * counts until it is given back: its payment may be under way.
 */
const PURCHASES = `
SELECT asked.nth::int, counted.pieces
FROM unnest($1::text[], $2::text[], $3::float8[], $4::text[]) WITH ORDINALITY AS asked (customer, sku, since, promotion, nth)
CROSS JOIN LATERAL (
  SELECT coalesce(sum(l.quantity - l.cancelled - l.shorted), 0)::float8 AS pieces
  FROM orders o JOIN order_line l ON l.order_id = o.order_id AND l.sku = asked.sku
  WHERE o.customer_id = asked.customer AND o.placed_at > to_timestamp(asked.since / 1000)
    AND (asked.promotion IS NULL OR o.details ->> 'promotionId' = asked.promotion)
    AND o.state IN ('RESERVED', 'AWAITING_PAYMENT', 'CONFIRMED', 'FULFILLED')
    AND o.order_id <> ALL($5::text[])
) AS counted`;

/** What customers bought, as far as the policies ask for it; nothing is read when they do not. */
export async function loadPurchases(
  session: Session,
  policies: Policies,
  buyers: readonly Buyer[],
  o: { now: number; own: readonly string[] },
): Promise<Map<string, number>> {
  const asked = new Map<string, Purchases>();
  for (const buyer of buyers) {
    for (const purchases of purchasesAsked(policies, buyer)) asked.set(purchasesKey(purchases), purchases);
  }
  if (asked.size === 0) return new Map();
  const all = [...asked.values()];
  const rows = await session.query<{ nth: number; pieces: number }>(PURCHASES, [
    all.map((one) => one.customerId),
    all.map((one) => one.sku),
    all.map((one) => (one.promotionId === null ? o.now - one.windowSeconds * 1000 : 0)),
    all.map((one) => one.promotionId),
    o.own,
  ]);
  const keys = [...asked.keys()];
  return new Map(rows.map(({ nth, pieces }) => [keys[nth - 1] ?? "", pieces]));
}

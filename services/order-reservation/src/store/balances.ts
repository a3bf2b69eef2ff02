/** The three buckets this service owns, one row each, for GET /v1/balances. */
export const BALANCES = `
SELECT s.sku, s.location, b.bucket, b.quantity
FROM stock s CROSS JOIN LATERAL (
  VALUES ('sellable', s.sellable), ('orderReserved', s.order_reserved), ('locked', s.locked)
) AS b (bucket, quantity)`;

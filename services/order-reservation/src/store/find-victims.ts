import type { Session } from "@septet/messaging";

/** Holds that one slice gives back as victims, at most; more are given back in slices of their own before it. */
export const MAX_EXPIRED_HOLDS = 1_000;

/** The index on expires_at is as short as the queue of the sweeper, so the SKUs are merely filtered: no GIN to keep. */
const EXPIRED_HOLDS = `
SELECT order_id FROM orders
WHERE expires_at <= to_timestamp($1::float8 / 1000) AND skus && $2::text[]
ORDER BY expires_at LIMIT ${MAX_EXPIRED_HOLDS}`;

/**
 * Promises of a SKU at a location: the newest that are not sent to fulfilment and the newest that are, as many of each
 * as pieces are missing (each holds one at least), and all that were asked back, since their answers count.
 */
const PROMISES_AT = `
SELECT DISTINCT found.order_id
FROM unnest($1::text[], $2::text[], $3::int[]) AS place (sku, location, missing)
CROSS JOIN LATERAL (
  (SELECT a.order_id FROM allocation a JOIN orders o ON o.order_id = a.order_id
   WHERE a.sku = place.sku AND a.location = place.location AND a.open > 0 AND a.fulfilment_id IS NULL
   ORDER BY o.placed_at DESC, a.order_id DESC LIMIT place.missing)
  UNION ALL
  (SELECT a.order_id FROM allocation a JOIN orders o ON o.order_id = a.order_id
   WHERE a.sku = place.sku AND a.location = place.location AND a.open > 0
     AND a.fulfilment_id IS NOT NULL AND NOT a.too_late
   ORDER BY o.placed_at DESC, a.order_id DESC LIMIT place.missing)
  UNION ALL
  (SELECT a.order_id FROM allocation a
   WHERE a.sku = place.sku AND a.location = place.location AND a.open > 0 AND a.asked > 0)
) AS found`;

/** Orders whose hold on one of the SKUs is past its time, the longest past first. `upTo` is epoch ms. */
export async function findExpiredHolds(session: Session, skus: readonly string[], upTo: number): Promise<string[]> {
  if (skus.length === 0) return [];
  const rows = await session.query<{ order_id: string }>(EXPIRED_HOLDS, [upTo, skus]);
  return rows.map((row) => row.order_id);
}

/** Orders that may have to give pieces up at places where promises exceed what is there. */
export async function findPromisesAt(
  session: Session,
  places: readonly { sku: string; location: string; missing: number }[],
): Promise<string[]> {
  if (places.length === 0) return [];
  const rows = await session.query<{ order_id: string }>(PROMISES_AT, [
    places.map((place) => place.sku),
    places.map((place) => place.location),
    places.map((place) => place.missing),
  ]);
  return rows.map((row) => row.order_id);
}

import type { Session } from "@septet/messaging";
import { LIMITS } from "@septet/stock-contracts";
import { type CartChange, type CartHold, type CartPlace, cartKey, heldPieces } from "../domain/index.js";

/** Cart holds that one slice gives back as victims, at most; more are given back in slices of their own before it. */
export const MAX_EXPIRED_CARTS = 1_000;

/** A cart's hold as json, for statements that bring it along with other things. */
export const CART_AS_JSON = `json_build_object('cartId', cart_id, 'sku', sku, 'customerId', customer_id,
  'channel', channel, 'region', region, 'wanted', wanted, 'places', places, 'parts', parts,
  'startedAt', (extract(epoch FROM started_at) * 1000)::float8,
  'filledAt', (extract(epoch FROM filled_at) * 1000)::float8,
  'expiresAt', (extract(epoch FROM expires_at) * 1000)::float8)`;

const EXPIRED = `SELECT ${CART_AS_JSON} AS hold FROM cart_hold
WHERE sku = ANY($1::text[]) AND expires_at <= to_timestamp($2::float8 / 1000) ORDER BY expires_at LIMIT ${MAX_EXPIRED_CARTS}`;
/** The newest first, as many as pieces are missing: each holds one at least. */
const AT = `
SELECT found.hold FROM unnest($1::text[], $2::text[], $3::int[]) AS place (sku, location, missing)
CROSS JOIN LATERAL (SELECT ${CART_AS_JSON} AS hold FROM cart_hold c
  WHERE c.sku = place.sku AND c.pieces > 0 AND c.places @> jsonb_build_array(jsonb_build_object('location', place.location))
  ORDER BY c.started_at DESC, c.cart_id LIMIT place.missing) AS found`;
/**
 * Holds of bundles with parts that are missing: past their time, or at places where promises exceed what is there. They
 * change under the locks of all their streams, so whoever finds one lets it be settled first, in a slice of its own.
 */
const BUNDLES_IN_THE_WAY = `
SELECT c.cart_id, c.sku, lacking.sku AS part, lacking.location, lacking.missing
FROM unnest($1::text[], $2::text[], $3::int[]) AS lacking (sku, location, missing)
CROSS JOIN LATERAL (SELECT cart_id, sku FROM cart_hold
  WHERE parts IS NOT NULL AND pieces > 0
    AND places @> jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('sku', lacking.sku, 'location', lacking.location)))
    AND (lacking.location IS NOT NULL OR expires_at <= to_timestamp($4::float8 / 1000))
  ORDER BY started_at DESC, cart_id LIMIT coalesce(lacking.missing, ${MAX_EXPIRED_CARTS})) AS c`;
const DUE = `SELECT cart_id, sku, (extract(epoch FROM expires_at) * 1000)::float8 AS expires_at FROM cart_hold
WHERE expires_at <= to_timestamp($1::float8 / 1000) ORDER BY expires_at LIMIT $2`;
const OF_CART = `SELECT ${CART_AS_JSON} AS hold FROM cart_hold WHERE cart_id = $1 ORDER BY sku LIMIT ${LIMITS.MAX_ORDER_LINES}`;

const WRITE = `
INSERT INTO cart_hold (cart_id, sku, customer_id, channel, region, wanted, pieces, places, started_at, expires_at,
  filled_at, parts)
SELECT n.cart_id, n.sku, n.customer_id, n.channel, n.region, n.wanted, n.pieces, n.places,
  to_timestamp(n.started_at / 1000), to_timestamp(n.expires_at / 1000), to_timestamp(n.filled_at / 1000), n.parts
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[], $8::jsonb[], $9::float8[],
  $10::float8[], $11::float8[], $12::jsonb[])
  AS n (cart_id, sku, customer_id, channel, region, wanted, pieces, places, started_at, expires_at, filled_at,
  parts)
ON CONFLICT (cart_id, sku) DO UPDATE SET wanted = excluded.wanted, pieces = excluded.pieces, places = excluded.places,
  started_at = excluded.started_at, expires_at = excluded.expires_at, filled_at = excluded.filled_at,
  parts = excluded.parts`;
const DELETE = `DELETE FROM cart_hold c USING unnest($1::text[], $2::text[]) AS n (cart_id, sku)
WHERE c.cart_id = n.cart_id AND c.sku = n.sku`;

/** What Postgres makes of a hold in json: times with fractions of a millisecond, places as an array. */
export function cartOf(hold: CartHold): CartHold {
  const places: CartPlace[] = hold.places.map((place) => ({ ...place }));
  const [startedAt, filledAt, expiresAt] = [hold.startedAt, hold.filledAt, hold.expiresAt].map(Math.round) as Times;
  return { ...hold, places, startedAt, filledAt, expiresAt };
}
type Times = [startedAt: number, filledAt: number, expiresAt: number];

export const byCartKey = (holds: readonly CartHold[]): Map<string, CartHold> =>
  new Map(holds.map((hold) => [cartKey(hold.cartId, hold.sku), hold]));

type Rows = { hold: CartHold }[];
const holdsOf = (rows: Rows): CartHold[] => rows.map(({ hold }) => cartOf(hold));

/** Holds of the SKUs whose time was over at `now` (epoch ms), the longest over first; at most `MAX_EXPIRED_CARTS`. */
export async function findExpiredCarts(session: Session, skus: readonly string[], now: number): Promise<CartHold[]> {
  return skus.length === 0 ? [] : holdsOf(await session.query(EXPIRED, [skus, now]));
}

/** Holds that may have to give pieces up at places where promises exceed what is there. */
export async function findCartsAt(
  session: Session,
  places: readonly { sku: string; location: string; missing: number }[],
): Promise<CartHold[]> {
  if (places.length === 0) return [];
  const columns = [places.map((p) => p.sku), places.map((p) => p.location), places.map((p) => p.missing)];
  return holdsOf(await session.query(AT, columns));
}

/** A cart's hold of a bundle that stands in the way; `location` null: because its time is over. */
export interface BundleInTheWay {
  cartId: string;
  sku: string;
  part: string;
  location: string | null;
  missing: number;
}

/** Holds of bundles that have parts of the SKUs and are over at `now` (epoch ms), or have them where pieces are missing. */
export async function findBundlesInTheWay(
  session: Session,
  skus: readonly string[],
  places: readonly { sku: string; location: string; missing: number }[],
  now: number,
): Promise<BundleInTheWay[]> {
  if (skus.length === 0 && places.length === 0) return [];
  type Row = Omit<BundleInTheWay, "cartId" | "missing"> & { cart_id: string; missing: number | null };
  const rows = await session.query<Row>(BUNDLES_IN_THE_WAY, [
    [...skus, ...places.map((place) => place.sku)],
    [...skus.map(() => null), ...places.map((place) => place.location)],
    [...skus.map(() => null), ...places.map((place) => place.missing)],
    now,
  ]);
  return rows.map(({ cart_id: cartId, missing, ...row }) => ({ ...row, cartId, missing: missing ?? 0 }));
}

/** Holds to give back, the longest over first. `now` is epoch ms. */
export async function dueCarts(
  session: Session,
  now: number,
  limit: number,
): Promise<{ cartId: string; sku: string; expiresAt: number }[]> {
  const rows = await session.query<{ cart_id: string; sku: string; expires_at: number }>(DUE, [now, limit]);
  return rows.map((row) => ({ cartId: row.cart_id, sku: row.sku, expiresAt: Math.round(row.expires_at) }));
}

/** What is held for one cart, by SKU: as many of them as an order may have. */
export const holdsOfCart = async (session: Session, cartId: string): Promise<CartHold[]> =>
  holdsOf(await session.query(OF_CART, [cartId]));

export async function writeCarts(session: Session, changes: readonly CartChange[]): Promise<void> {
  const kept = changes.flatMap(({ after }) => after ?? []);
  const over = changes.flatMap(({ before, after }) => (before !== undefined && after === undefined ? [before] : []));
  if (over.length > 0) await session.query(DELETE, [over.map((hold) => hold.cartId), over.map((hold) => hold.sku)]);
  if (kept.length === 0) return;
  await session.query(WRITE, [
    kept.map((hold) => hold.cartId),
    kept.map((hold) => hold.sku),
    kept.map((hold) => hold.customerId),
    kept.map((hold) => hold.channel),
    kept.map((hold) => hold.region),
    kept.map((hold) => hold.wanted),
    kept.map(heldPieces),
    kept.map((hold) => JSON.stringify(hold.places)),
    kept.map((hold) => hold.startedAt),
    kept.map((hold) => hold.expiresAt),
    kept.map((hold) => hold.filledAt),
    kept.map((hold) => (hold.parts === null ? null : JSON.stringify(hold.parts))),
  ]);
}

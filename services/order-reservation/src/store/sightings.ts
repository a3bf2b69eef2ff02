import type { Session } from "@septet/messaging";
import type { Decided, Sightings, Source } from "../domain/index.js";

/** How many of a source's orders an operator is shown, at most. */
const MAX_ORDERS_SHOWN = 100;

const COUNT = `
SELECT source, (count(*) FILTER (WHERE order_id <> ALL($3::text[])))::int AS others,
  array_agg(order_id) FILTER (WHERE order_id = ANY($3::text[])) AS own
FROM velocity_sighting WHERE source = ANY($1::text[]) AND seen_at > to_timestamp($2::float8 / 1000) GROUP BY source`;
const NOTE = `INSERT INTO velocity_sighting (source, order_id, seen_at)
SELECT n.source, n.order_id, to_timestamp($3::float8 / 1000) FROM unnest($1::text[], $2::text[]) AS n (source, order_id)
ON CONFLICT DO NOTHING`;
const FORGET = `DELETE FROM velocity_sighting WHERE order_id = ANY($1::text[])`;
const REFUSE = `INSERT INTO velocity_refusal AS r (source, sources, orders, first_at, last_at)
SELECT n.source, n.sources::text[], n.orders, to_timestamp($4::float8 / 1000), to_timestamp($4::float8 / 1000)
FROM unnest($1::text[], $2::text[], $3::int[]) AS n (source, sources, orders) ORDER BY n.source COLLATE "C"
ON CONFLICT (source) DO UPDATE SET sources = excluded.sources, orders = r.orders + excluded.orders, last_at = excluded.last_at`;
const iso = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const REFUSED = `SELECT source, orders, ${iso("first_at")} AS "firstAt", ${iso("last_at")} AS "lastAt" FROM velocity_refusal
WHERE source > $1 COLLATE "C" ORDER BY source LIMIT $2`;
const UNBLOCK = `WITH refused AS (DELETE FROM velocity_refusal WHERE source = ANY($1::text[]) OR sources && $1::text[] RETURNING 1),
  seen AS (DELETE FROM velocity_sighting WHERE source = ANY($1::text[]) RETURNING 1)
SELECT (SELECT count(*) FROM refused)::int + (SELECT count(*) FROM seen)::int AS forgotten`;
/** Refused before and after its key changed, a source stands there twice; the later row knows the earlier hash. */
const SAME = `SELECT DISTINCT unnest(sources || source) AS source FROM velocity_refusal WHERE source = $1 OR sources @> ARRAY[$1]`;
const ORDERS = `WITH seen AS (SELECT DISTINCT order_id FROM velocity_sighting
  WHERE source = ANY($1::text[]) AND seen_at > septet_now() - make_interval(secs => $2::float8))
SELECT (SELECT count(*) FROM seen)::int AS orders,
  ARRAY(SELECT order_id FROM seen ORDER BY order_id LIMIT ${MAX_ORDERS_SHOWN}) AS "orderIds"`;
const DROP_OLD = `DELETE FROM velocity_sighting WHERE ctid = ANY(ARRAY(
  SELECT ctid FROM velocity_sighting WHERE seen_at <= septet_now() - make_interval(secs => $1::float8) LIMIT $2)) RETURNING 1 AS dropped`;
const DROP_REFUSALS = `DELETE FROM velocity_refusal WHERE last_at <= septet_now() - make_interval(secs => $1::float8)`;

/** Unpaid or expired orders of each source since `since` (epoch ms), under any of its hashes, by the newest of them. */
export async function loadSightings(
  session: Session,
  sources: readonly Source[],
  since: number,
  own: readonly string[],
): Promise<Map<string, Sightings>> {
  const newest = new Map(sources.flatMap(({ ids }) => ids.map((id) => [id, ids[0]] as const)));
  const found = new Map<string, Sightings>();
  if (newest.size === 0) return found;
  const rows = await session.query<{ source: string; others: number; own: string[] | null }>(COUNT, [
    [...newest.keys()],
    since,
    own,
  ]);
  for (const row of rows) {
    const id = newest.get(row.source) ?? row.source;
    const before = found.get(id);
    found.set(id, { others: (before?.others ?? 0) + row.others, own: [...(before?.own ?? []), ...(row.own ?? [])] });
  }
  return found;
}

/** What a slice has seen, refused and forgotten. `now` is epoch ms. */
export async function writeSightings(
  session: Session,
  { sightings, refusals, forgotten }: Pick<Decided, "sightings" | "refusals" | "forgotten">,
  now: number,
): Promise<void> {
  if (forgotten.length > 0) await session.query(FORGET, [forgotten]);
  if (sightings.length > 0) {
    await session.query(NOTE, [sightings.map((one) => one.source), sightings.map((one) => one.orderId), now]);
  }
  if (refusals.length === 0) return;
  // Hashes need no quoting in the text of an array.
  const texts = refusals.map(({ source }) => `{${source.ids.map((id) => `"${id}"`).join(",")}}`);
  const columns = [refusals.map(({ source }) => source.ids[0]), texts, refusals.map(({ orders }) => orders)];
  await session.query(REFUSE, [...columns, now]);
}

export interface RefusedSource {
  source: string;
  orders: number;
  firstAt: string;
  lastAt: string;
}

/** Sources that were refused within the window, after a source, bytewise; at most `limit`. */
export const listRefused = (session: Session, after: string, limit: number): Promise<RefusedSource[]> =>
  session.query(REFUSED, [after, limit]);

/** All hashes of a source that was refused. */
export const hashesOfRefused = async (session: Session, source: string): Promise<string[]> =>
  (await session.query<{ source: string }>(SAME, [source])).map((row) => row.source);

/** Forgets all orders of a source; answers whether there was anything to forget. */
export async function unblock(session: Session, sources: readonly string[]): Promise<boolean> {
  const [row] = await session.query<{ forgotten: number }>(UNBLOCK, [sources]);
  return (row?.forgotten ?? 0) > 0;
}

/** How many orders count against a source, and the first hundred of them. */
export async function ordersSeen(
  session: Session,
  sources: readonly string[],
  windowSeconds: number,
): Promise<{ orders: number; orderIds: string[] }> {
  const [seen] = await session.query<{ orders: number; orderIds: string[] }>(ORDERS, [sources, windowSeconds]);
  return seen ?? { orders: 0, orderIds: [] };
}

/** Nothing is kept longer than the window. Drops at most `rows` sightings and answers how many. */
export async function dropOldSightings(session: Session, windowSeconds: number, rows: number): Promise<number> {
  await session.query(DROP_REFUSALS, [windowSeconds]);
  return (await session.query(DROP_OLD, [windowSeconds, rows])).length;
}

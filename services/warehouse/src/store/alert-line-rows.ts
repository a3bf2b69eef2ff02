import type { Session } from "@septet/messaging";
import type { AlertLine, LowChange } from "../domain/alert-line.js";
import { type OnHand, onHandKey } from "../domain/on-hand.js";

// One round trip for both, in every slice that changes a count; the lines of most SKUs are none.
const LOAD = `SELECT sku, location, total::float8 AS total, unsellable::float8 AS unsellable, low,
    claimed::float8 AS claimed, NULL::int AS pieces, NULL::text AS buyer, false AS line FROM on_hand WHERE sku = ANY($1::text[])
  UNION ALL SELECT sku, location, NULL, NULL, NULL, NULL, pieces, buyer, true FROM alert_line WHERE sku = ANY($1::text[])`;
const PUT = `INSERT INTO alert_line AS l (sku, location, pieces, buyer, changed_at, changed_by)
  SELECT n.*, septet_now(), $5 FROM unnest($1::text[], $2::text[], $3::int[], $4::text[]) AS n (sku, location, pieces, buyer)
  ORDER BY n.sku COLLATE "C", n.location COLLATE "C"
  ON CONFLICT (sku, location) DO UPDATE SET pieces = excluded.pieces, buyer = excluded.buyer,
    changed_at = excluded.changed_at, changed_by = excluded.changed_by
  WHERE (l.pieces, l.buyer) IS DISTINCT FROM (excluded.pieces, excluded.buyer)`;
const DELETE = `DELETE FROM alert_line WHERE sku = $1 AND location = $2 RETURNING sku`;
const LIST = `SELECT sku, location, pieces, buyer, changed_by AS "changedBy",
    to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "changedAt"
  FROM alert_line WHERE (sku, location) > ($1, $2)`;
const SET_LOW = `UPDATE on_hand o SET low = c.low FROM unnest($1::text[], $2::text[], $3::bool[]) AS c (sku, location, low)
  WHERE o.sku = c.sku AND o.location = c.location`;
const LIST_LOW = `SELECT o.sku, o.location, (o.total - o.unsellable)::float8 AS usable,
    COALESCE(h.pieces, e.pieces) AS pieces, COALESCE(h.buyer, e.buyer) AS buyer
  FROM on_hand o LEFT JOIN alert_line h ON h.sku = o.sku AND h.location = o.location
    LEFT JOIN alert_line e ON e.sku = o.sku AND e.location = ''
  WHERE o.low AND (o.sku, o.location) > ($1, $2)`;

interface Row extends OnHand {
  readonly line: boolean;
  readonly pieces: number | null;
  readonly buyer: string | null;
}

/** What lies where of these SKUs and their alert lines, both by `onHandKey`. The caller holds their streams. */
export async function loadOnHandAndLines(
  session: Session,
  skus: readonly string[],
): Promise<{ onHand: Map<string, OnHand>; lines: Map<string, AlertLine> }> {
  const onHand = new Map<string, OnHand>();
  const lines = new Map<string, AlertLine>();
  if (skus.length === 0) return { onHand, lines };
  for (const { line, pieces, buyer, ...row } of await session.query<Row>(LOAD, [skus])) {
    const { sku, location } = row;
    if (line) lines.set(onHandKey(sku, location), { sku, location, pieces, buyer });
    else onHand.set(onHandKey(sku, location), row);
  }
  return { onHand, lines };
}

/** Sets lines; what says the same as before changes nothing. */
export async function putAlertLines(session: Session, lines: readonly AlertLine[], actor: string): Promise<void> {
  if (lines.length === 0) return;
  await session.query(PUT, [
    lines.map((line) => line.sku),
    lines.map((line) => line.location),
    lines.map((line) => line.pieces),
    lines.map((line) => line.buyer),
    actor,
  ]);
}

/** Takes a line away; false when there was none. */
export async function deleteAlertLine(session: Session, sku: string, location: string): Promise<boolean> {
  return (await session.query(DELETE, [sku, location])).length > 0;
}

/** Remembers which rows are low, of rows whose count did not change. */
export async function setLow(session: Session, changes: readonly LowChange[]): Promise<void> {
  if (changes.length === 0) return;
  await session.query(SET_LOW, [
    changes.map((change) => change.sku),
    changes.map((change) => change.location),
    changes.map((change) => change.low),
  ]);
}

/** At most `limit` lines by SKU and location. */
export function listAlertLines(
  session: Session,
  filter: { readonly sku: string | null; readonly buyer: string | null },
  after: readonly [sku: string, location: string],
  limit: number,
): Promise<(AlertLine & { readonly changedAt: string; readonly changedBy: string })[]> {
  // Only what is asked for becomes a condition, so that each listing finds its own index.
  const values: unknown[] = [...after, limit];
  let sql = LIST;
  if (filter.sku !== null) sql += ` AND sku = $${values.push(filter.sku)}`;
  if (filter.buyer !== null) sql += ` AND buyer = $${values.push(filter.buyer)}`;
  return session.query(`${sql} ORDER BY sku, location LIMIT $3`, values);
}

/** A row that is at or below its line; null pieces stand for the default line. */
export interface LowRow {
  readonly sku: string;
  readonly location: string;
  readonly usable: number;
  readonly pieces: number | null;
  readonly buyer: string | null;
}

/** At most `limit` rows that are low, by SKU and location. */
export function listLow(
  session: Session,
  filter: { readonly location: string | null; readonly buyer: string | null },
  after: readonly [sku: string, location: string],
  limit: number,
): Promise<LowRow[]> {
  const values: unknown[] = [...after, limit];
  let sql = LIST_LOW;
  if (filter.location !== null) sql += ` AND o.location = $${values.push(filter.location)}`;
  if (filter.buyer !== null) sql += ` AND COALESCE(h.buyer, e.buyer) = $${values.push(filter.buyer)}`;
  return session.query<LowRow>(`${sql} ORDER BY o.sku, o.location LIMIT $3`, values);
}

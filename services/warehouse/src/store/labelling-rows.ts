import type { Session } from "@septet/messaging";
import type { Area, Labelling } from "../domain/labelling.js";

const LOAD = `SELECT code, unsellable_suffix, areas FROM warehouse_labelling WHERE code = ANY($1::text[])`;
const LISTED = `SELECT sku FROM listed_sku WHERE sku = ANY($1::text[])`;
// Sorted, because two instances may read the same listings at once. What is listed stays listed: that it is no longer sold
// does not make its code a label.
const LIST = `INSERT INTO listed_sku (sku) SELECT sku FROM unnest($1::text[]) AS l (sku) ORDER BY sku COLLATE "C"
  ON CONFLICT (sku) DO NOTHING`;
const PUT = `INSERT INTO warehouse_labelling AS l (code, unsellable_suffix, areas, changed_at, changed_by)
  VALUES ($1, $2, $3::jsonb, septet_now(), $4)
  ON CONFLICT (code) DO UPDATE SET unsellable_suffix = excluded.unsellable_suffix, areas = excluded.areas,
    changed_at = excluded.changed_at, changed_by = excluded.changed_by
  WHERE (l.unsellable_suffix, l.areas) IS DISTINCT FROM (excluded.unsellable_suffix, excluded.areas)`;
const CHANGED = `SELECT to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "changedAt",
    changed_by AS "changedBy" FROM warehouse_labelling WHERE code = $1`;

interface Row {
  code: string;
  unsellable_suffix: string | null;
  areas: Area[];
}

/** The labellings of those of the warehouses that have one. */
export async function loadLabellings(session: Session, codes: readonly string[]): Promise<Map<string, Labelling>> {
  if (codes.length === 0) return new Map();
  const rows = await session.query<Row>(LOAD, [codes]);
  return new Map(rows.map((row) => [row.code, { unsellableSuffix: row.unsellable_suffix, areas: row.areas }]));
}

/** Those of the codes that the catalogue lists, as far as it was read. */
export async function listedAmong(session: Session, codes: readonly string[]): Promise<Set<string>> {
  if (codes.length === 0) return new Set();
  const rows = await session.query<{ sku: string }>(LISTED, [codes]);
  return new Set(rows.map((row) => row.sku));
}

/** Remembers that these SKUs were listed. */
export async function noteListed(session: Session, skus: readonly string[]): Promise<void> {
  if (skus.length > 0) await session.query(LIST, [[...new Set(skus)]]);
}

/** Sets how a warehouse labels; what says the same as before changes nothing. */
export async function putLabelling(session: Session, code: string, labelling: Labelling, actor: string): Promise<void> {
  await session.query(PUT, [code, labelling.unsellableSuffix, JSON.stringify(labelling.areas), actor]);
}

/** Who set a warehouse's labelling and when; undefined where nobody has. */
export async function labellingChanged(
  session: Session,
  code: string,
): Promise<{ changedAt: string; changedBy: string } | undefined> {
  const [row] = await session.query<{ changedAt: string; changedBy: string }>(CHANGED, [code]);
  return row;
}

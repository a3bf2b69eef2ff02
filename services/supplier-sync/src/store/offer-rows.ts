import type { Session } from "@septet/messaging";
import { type OfferKey, type OfferRow, offerKey } from "../domain/offer-row.js";
import { ms, time } from "./columns.js";

const COLUMNS = `o.sku, o.supplier_id AS "supplierId", o.virtual::float8 AS virtual, o.reserved::float8 AS reserved,
  o.reported::float8 AS reported, o.kept::float8 AS kept, ${ms("o.as_of", '"asOf"')}, o.ordinal::float8 AS ordinal,
  o.report_id AS "reportId", o.stopped, o.revision::float8 AS revision, ${ms("o.due_at", '"dueAt"')}, o.low`;
const LOAD = `SELECT ${COLUMNS} FROM unnest($1::text[], $2::text[]) AS asked (sku, supplier_id)
  JOIN offer o ON o.sku = asked.sku AND o.supplier_id = asked.supplier_id`;
const LIST = `SELECT ${COLUMNS} FROM offer o WHERE o.supplier_id = $1 AND o.sku > $2 ORDER BY o.sku LIMIT $3`;
// Two statements and no upsert: the proposed row of an upsert must satisfy the CHECK by itself, and a delta below 0 does not.
const CREATE = `INSERT INTO offer (sku, supplier_id) SELECT * FROM unnest($1::text[], $2::text[])`;
// Balances by deltas, although the streams are held: a wrong lock then shows as drift and loses nothing.
const UPDATE = `UPDATE offer o SET virtual = o.virtual + c.virtual, reserved = o.reserved + c.reserved,
    reported = c.reported, kept = c.kept, as_of = ${time("c.as_of")}, ordinal = c.ordinal, report_id = c.report_id,
    stopped = c.stopped, revision = c.revision, due_at = ${time("c.due_at")}, low = c.low
  FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::float8[], $8::bigint[],
      $9::text[], $10::text[], $11::bigint[], $12::float8[], $13::boolean[])
    AS c (sku, supplier_id, virtual, reserved, reported, kept, as_of, ordinal, report_id, stopped, revision, due_at, low)
  WHERE o.sku = c.sku AND o.supplier_id = c.supplier_id`;
const DUE = `SELECT sku, supplier_id AS "supplierId" FROM offer WHERE due_at <= (SELECT septet_now()) ORDER BY due_at LIMIT $1`;
const BEHIND = `SELECT o.sku, o.supplier_id AS "supplierId" FROM supplier s
  CROSS JOIN LATERAL (SELECT sku, supplier_id FROM offer o
    WHERE o.supplier_id = s.supplier_id AND o.revision < s.revision ORDER BY o.revision, o.sku LIMIT $1) o LIMIT $1`;

/** The rows of SKUs at suppliers, by `offerKey`; those of which nothing is known are missing. */
export async function loadOffers(session: Session, keys: readonly OfferKey[]): Promise<Map<string, OfferRow>> {
  if (keys.length === 0) return new Map();
  const rows = await session.query<OfferRow>(LOAD, columnsOf(keys));
  return new Map(rows.map((row) => [offerKey(row), row]));
}

/** At most `limit` rows of a supplier after a SKU, by SKU. */
export function listOffers(session: Session, supplierId: string, after: string, limit: number): Promise<OfferRow[]> {
  return session.query<OfferRow>(LIST, [supplierId, after, limit]);
}

/** At most `limit` of those that the clock changes by now, the longest due first. */
export const dueOffers = (session: Session, limit: number): Promise<OfferKey[]> =>
  session.query<OfferKey>(DUE, [limit]);

/** At most `limit` of those that were computed before their supplier was last changed. */
export const offersBehind = (session: Session, limit: number): Promise<OfferKey[]> =>
  session.query<OfferKey>(BEHIND, [limit]);

/** Writes rows as they are to stand; the caller holds the streams of their SKUs. */
export async function writeOffers(
  session: Session,
  changes: readonly { readonly before: OfferRow | undefined; readonly after: OfferRow }[],
): Promise<void> {
  if (changes.length === 0) return;
  const fresh = changes.filter(({ before }) => before === undefined).map(({ after }) => after);
  if (fresh.length > 0) await session.query(CREATE, columnsOf(fresh));
  const after = changes.map((change) => change.after);
  await session.query(UPDATE, [
    ...columnsOf(after),
    changes.map((change) => change.after.virtual - (change.before?.virtual ?? 0)),
    changes.map((change) => change.after.reserved - (change.before?.reserved ?? 0)),
    after.map((row) => row.reported),
    after.map((row) => row.kept),
    after.map((row) => row.asOf),
    after.map((row) => row.ordinal),
    after.map((row) => row.reportId),
    after.map((row) => row.stopped),
    after.map((row) => row.revision),
    after.map((row) => row.dueAt),
    after.map((row) => row.low),
  ]);
}

const columnsOf = (keys: readonly OfferKey[]): string[][] => [
  keys.map(({ sku }) => sku),
  keys.map(({ supplierId }) => supplierId),
];

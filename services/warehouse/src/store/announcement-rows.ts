import type { Session } from "@septet/messaging";
import { type AnnouncedLine, type Announcement, COMPLETE, type ComparedLine } from "../domain/announcement.js";
import type { NewDocumentLine, ReversedLine } from "../domain/decision.js";

const ms = (column: string, alias: string) => `round(extract(epoch FROM ${column}) * 1000)::float8 AS "${alias}"`;
const COLUMNS = `a.reference, a.location, a.supplier, ${ms("a.expected_at", "expectedAt")},
  ${ms("a.announced_at", "announcedAt")}, a.announced_by AS "announcedBy", ${ms("a.closed_at", "closedAt")},
  a.closed_by AS "closedBy", a.close_reason AS "closeReason"`;
const LOAD = `SELECT ${COLUMNS} FROM announcement a WHERE a.reference = ANY($1::text[])`;
const LINES = `SELECT reference, sku, quantity FROM announcement_line
  WHERE reference = ANY($1::text[]) AND ($2::text[] IS NULL OR sku = ANY($2::text[]))`;
const CREATE = `INSERT INTO announcement (reference, location, supplier, expected_at, announced_at, announced_by)
  SELECT reference, location, supplier, to_timestamp(expected_at / 1000.0), to_timestamp($5::float8 / 1000.0), $6
  FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[]) AS a (reference, location, supplier, expected_at)`;
const CREATE_LINES = `INSERT INTO announcement_line (reference, sku, quantity)
  SELECT * FROM unnest($1::text[], $2::text[], $3::int[]) AS l (reference, sku, quantity)
  ORDER BY l.reference COLLATE "C", l.sku COLLATE "C"`;
const CLOSE = `UPDATE announcement SET closed_at = to_timestamp($2::float8 / 1000.0), closed_by = $3, close_reason = $4
  WHERE reference = $1`;

/**
 * The lines of receipts that an announcement `a` is compared with: those that name it, and those that name nothing else in
 * the receipt that bears its reference; less what was taken back of them.
 */
const PIECES = `l.quantity - l.unsellable - (l.reversed - l.reversed_unsellable) AS sellable,
    l.unsellable - l.reversed_unsellable AS unsellable`;
const RECEIVED = `SELECT l.sku, ${PIECES} FROM document_line l WHERE l.inbound = a.reference
  UNION ALL SELECT l.sku, ${PIECES} FROM document_line l
    WHERE l.document_id = 'RECEIPT/' || a.location || '/' || a.reference AND l.inbound IS NULL`;
const COMPARED = `SELECT COALESCE(n.sku, r.sku) AS sku, COALESCE(n.quantity, 0) AS announced,
    COALESCE(r.sellable, 0)::float8 AS "receivedSellable", COALESCE(r.unsellable, 0)::float8 AS "receivedUnsellable"
  FROM (SELECT sku, quantity FROM announcement_line WHERE reference = a.reference) n
  FULL JOIN (SELECT sku, sum(sellable) AS sellable, sum(unsellable) AS unsellable FROM (${RECEIVED}) l GROUP BY sku) r
    USING (sku)`;
const COMPARE = `SELECT c.* FROM announcement a CROSS JOIN LATERAL (${COMPARED}) c
  WHERE a.reference = $1 AND c.sku > $2 ORDER BY c.sku COLLATE "C" LIMIT $3`;
const SUMS = `SELECT a.reference, sum(c.announced)::float8 AS announced, sum(c."receivedSellable") AS "receivedSellable",
    sum(c."receivedUnsellable") AS "receivedUnsellable", count(*)::int AS lines
  FROM announcement a CROSS JOIN LATERAL (${COMPARED}) c WHERE a.reference = ANY($1::text[]) GROUP BY a.reference`;

// Two statements: what a receipt that was waited for brought is only seen by a later one.
const LOCK_OPEN = `SELECT reference FROM announcement WHERE reference = ANY($1::text[]) AND closed_at IS NULL
  ORDER BY reference FOR UPDATE`;
const CLOSE_COMPLETE = `UPDATE announcement a SET closed_at = to_timestamp($2::float8 / 1000.0), closed_by = $3, close_reason = $4
  WHERE a.reference = ANY($1::text[])
    AND EXISTS (SELECT FROM announcement_line n WHERE n.reference = a.reference)
    AND NOT EXISTS (SELECT FROM (${COMPARED}) c WHERE c."receivedSellable" + c."receivedUnsellable" < c.announced)`;

// Two statements here, too, and open ones are locked as well: a receipt may be about to close them.
const LOCK_RECEIVED = `SELECT reference FROM announcement WHERE reference IN
    (SELECT COALESCE(l.inbound, d.reference) FROM unnest($1::text[], $2::text[]) AS r (document_id, line)
      JOIN document_line l ON l.document_id = r.document_id AND l.line = r.line
      JOIN document d ON d.document_id = l.document_id)
  ORDER BY reference FOR UPDATE`;
const REOPEN = `UPDATE announcement a SET closed_at = NULL, closed_by = NULL, close_reason = NULL
  WHERE a.reference = ANY($1::text[]) AND a.close_reason = $2
    AND EXISTS (SELECT FROM (${COMPARED}) c WHERE c."receivedSellable" + c."receivedUnsellable" < c.announced)`;

/** Pieces of an announcement as a whole. */
export interface ComparedSums extends Omit<ComparedLine, "sku"> {
  readonly lines: number;
}

export async function loadAnnouncements(
  session: Session,
  references: readonly string[],
): Promise<Map<string, Announcement>> {
  if (references.length === 0) return new Map();
  const rows = await session.query<Announcement>(LOAD, [references]);
  return new Map(rows.map((row) => [row.reference, row]));
}

/** Announced pieces by reference and SKU: of the named SKUs, or of all. */
export async function loadAnnouncedLines(
  session: Session,
  references: readonly string[],
  skus: readonly string[] | null,
): Promise<Map<string, Map<string, number>>> {
  const found = new Map<string, Map<string, number>>();
  if (references.length === 0) return found;
  const rows = await session.query<AnnouncedLine & { reference: string }>(LINES, [references, skus]);
  for (const { reference, sku, quantity } of rows) {
    found.set(reference, (found.get(reference) ?? new Map<string, number>()).set(sku, quantity));
  }
  return found;
}

/** @throws 23505 when one was announced by somebody else meanwhile. */
export async function createAnnouncements(
  session: Session,
  heads: readonly Pick<Announcement, "reference" | "location" | "supplier" | "expectedAt">[],
  lines: readonly (AnnouncedLine & { readonly reference: string })[],
  by: { readonly now: number; readonly actor: string },
): Promise<void> {
  if (heads.length > 0) {
    await session.query(CREATE, [
      heads.map((head) => head.reference),
      heads.map((head) => head.location),
      heads.map((head) => head.supplier),
      heads.map((head) => head.expectedAt),
      by.now,
      by.actor,
    ]);
  }
  if (lines.length === 0) return;
  await session.query(CREATE_LINES, [
    lines.map((line) => line.reference),
    lines.map((line) => line.sku),
    lines.map((line) => line.quantity),
  ]);
}

export async function closeAnnouncement(
  session: Session,
  reference: string,
  { now, actor, reason }: { readonly now: number; readonly actor: string; readonly reason: string | null },
): Promise<void> {
  await session.query(CLOSE, [reference, now, actor, reason]);
}

/** Closes those of the announcements that are open and of which everything has arrived. */
export async function closeComplete(
  session: Session,
  references: readonly string[],
  by: { readonly now: number; readonly actor: string; readonly reason: string },
): Promise<void> {
  if (references.length === 0) return;
  const open = await session.query<{ reference: string }>(LOCK_OPEN, [references]);
  if (open.length === 0) return;
  await session.query(CLOSE_COMPLETE, [open.map((row) => row.reference), by.now, by.actor, by.reason]);
}

/** Opens those again that were complete and are not, because lines of their receipts were taken back. */
export async function reopenIncomplete(session: Session, lines: readonly ReversedLine[]): Promise<void> {
  const received = lines.filter(({ documentId }) => documentId.startsWith("RECEIPT/"));
  if (received.length === 0) return;
  const touched = await session.query<{ reference: string }>(LOCK_RECEIVED, [
    received.map((one) => one.documentId),
    received.map((one) => one.line),
  ]);
  if (touched.length > 0) await session.query(REOPEN, [touched.map((row) => row.reference), COMPLETE]);
}

/** At most `limit` lines of an announcement after a SKU, with what has arrived of them. */
export function compareLines(
  session: Session,
  reference: string,
  after: string,
  limit: number,
): Promise<ComparedLine[]> {
  return session.query<ComparedLine>(COMPARE, [reference, after, limit]);
}

/** The sums of announcements, by reference. One that has neither lines nor receipts is missing. */
export async function compareSums(session: Session, references: readonly string[]): Promise<Map<string, ComparedSums>> {
  if (references.length === 0) return new Map();
  const rows = await session.query<ComparedSums & { reference: string }>(SUMS, [references]);
  return new Map(rows.map(({ reference, ...sums }) => [reference, sums]));
}

/** Which announcements; what is null does not matter. */
export interface AnnouncementFilter {
  readonly state: "OPEN" | "LATE" | "CLOSED" | null;
  readonly location: string | null;
  readonly supplier: string | null;
  readonly sku: string | null;
}

/** At most `limit` announcements, oldest first, ties by reference. OPEN includes those that are late. */
export function listAnnouncements(
  session: Session,
  filter: AnnouncementFilter,
  after: readonly [announcedAt: number, reference: string],
  limit: number,
): Promise<Announcement[]> {
  const values: unknown[] = [...after, limit];
  const value = (given: unknown) => `$${values.push(given)}`;
  // Only what is asked for becomes a condition, so that each listing finds its own index.
  const conditions = ["(a.announced_at, a.reference) > (to_timestamp($1::float8 / 1000.0), $2)"];
  if (filter.state === "CLOSED") conditions.push("a.closed_at IS NOT NULL");
  if (filter.state === "OPEN" || filter.state === "LATE") conditions.push("a.closed_at IS NULL");
  if (filter.state === "LATE") conditions.push("a.expected_at < septet_now()");
  if (filter.location !== null) conditions.push(`a.location = ${value(filter.location)}`);
  if (filter.supplier !== null) conditions.push(`a.supplier = ${value(filter.supplier)}`);
  if (filter.sku !== null) {
    conditions.push(`a.reference IN (SELECT reference FROM announcement_line WHERE sku = ${value(filter.sku)})`);
  }
  return session.query<Announcement>(
    `SELECT ${COLUMNS} FROM announcement a WHERE ${conditions.join(" AND ")} ORDER BY a.announced_at, a.reference LIMIT $3`,
    values,
  );
}

/** The announcements that lines of receipts belong to, if there are such: what they name, else what their receipt is called. */
export function announcementsOf(lines: readonly NewDocumentLine[]): string[] {
  const references = new Set<string>();
  for (const { documentId, line } of lines) {
    const [kind, location = "", ...reference] = documentId.split("/");
    if (kind !== "RECEIPT" || location === "") continue;
    references.add(line.inbound ?? reference.join("/"));
  }
  return [...references];
}

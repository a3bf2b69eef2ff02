import type { Session } from "@septet/messaging";
import type { NewDocumentLine, ReversedLine } from "../domain/decision.js";
import { type DocumentHead, type DocumentLine, documentIdOf } from "../domain/stock-document.js";
import type { KnownDocument } from "../domain/world.js";

const LOAD_WHOLE = `SELECT d.document_id, d.order_id,
    (SELECT count(*)::int FROM document_line l WHERE l.document_id = d.document_id) AS line_count
  FROM document d WHERE d.document_id = ANY($1::text[])`;
const LOAD = `SELECT l.document_id, l.line, l.sku, l.quantity, l.unsellable, l.missing, l.line_id, l.order_id,
    l.told_sku, l.told_unsellable, l.area, l.inbound, l.claim
  FROM unnest($1::text[], $2::text[]) AS asked (document_id, line)
  JOIN document_line l ON l.document_id = asked.document_id AND l.line = asked.line`;
const CREATE_HEADS = `INSERT INTO document (document_id, kind, location, reference, order_id, reason, actor, booked_at)
  SELECT h.*, to_timestamp($8::float8 / 1000.0)
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) AS h (document_id)
  ORDER BY h.document_id COLLATE "C" ON CONFLICT (document_id) DO NOTHING`;
// No ON CONFLICT: a line that came in between means that somebody else booked the reference, and everything begins again.
const CREATE_LINES = `INSERT INTO document_line (document_id, line, sku, quantity, unsellable, missing, line_id, order_id,
    told_sku, told_unsellable, area, inbound, claim)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::int[], $7::text[], $8::text[],
    $9::text[], $10::int[], $11::text[], $12::text[], $13::text[])
    AS l (document_id, line) ORDER BY l.document_id COLLATE "C", l.line COLLATE "C"`;

interface LineRow {
  document_id: string;
  line: string;
  sku: string;
  quantity: number;
  unsellable: number;
  missing: number;
  line_id: string | null;
  order_id: string | null;
  told_sku: string | null;
  told_unsellable: number | null;
  area: string | null;
  inbound: string | null;
  claim: string | null;
}

/** The line as it was told, whatever it was booked as. */
function toldLine(row: LineRow): DocumentLine {
  return {
    line: row.line,
    sku: row.told_sku ?? row.sku,
    quantity: row.quantity,
    unsellable: row.told_unsellable ?? row.unsellable,
    missing: row.missing,
    lineId: row.line_id,
    orderId: row.order_id,
    ...(row.area === null ? {} : { area: row.area }),
    ...(row.inbound === null ? {} : { inbound: row.inbound }),
    ...(row.claim === null ? {} : { claim: row.claim }),
  };
}

const REVERSE_LINES = `UPDATE document_line l SET reversed = l.reversed + r.quantity,
    reversed_unsellable = l.reversed_unsellable + r.unsellable
  FROM (SELECT document_id, line, sum(quantity) AS quantity, sum(unsellable) AS unsellable
    FROM unnest($1::text[], $2::text[], $3::int[], $4::int[]) AS told (document_id, line, quantity, unsellable)
    GROUP BY document_id, line) AS r
  WHERE l.document_id = r.document_id AND l.line = r.line`;

/** A line of a document that a command speaks of. */
export interface AskedLine {
  readonly documentId: string;
  readonly line: string;
}

/**
 * What stands of documents: the asked lines where they are booked, and of the documents in `whole` their order and how
 * many lines there are (of the others the count says only what was found).
 */
export async function loadDocuments(
  session: Session,
  asked: readonly AskedLine[],
  whole: readonly string[],
): Promise<Map<string, KnownDocument>> {
  if (asked.length === 0) return new Map();
  const heads = await loadWhole(session, whole);
  const rows = await session.query<LineRow>(LOAD, [
    asked.map((line) => line.documentId),
    asked.map((line) => line.line),
  ]);
  const found = new Map<string, Map<string, DocumentLine>>();
  for (const row of rows) {
    const lines = found.get(row.document_id) ?? new Map<string, DocumentLine>();
    found.set(row.document_id, lines.set(row.line, toldLine(row)));
  }
  const documents = new Map<string, KnownDocument>();
  for (const id of new Set([...heads.keys(), ...found.keys()])) {
    const lines = found.get(id) ?? new Map<string, DocumentLine>();
    documents.set(id, { ...(heads.get(id) ?? { orderId: null, lineCount: lines.size }), lines });
  }
  return documents;
}

async function loadWhole(
  session: Session,
  ids: readonly string[],
): Promise<Map<string, Pick<KnownDocument, "orderId" | "lineCount">>> {
  if (ids.length === 0) return new Map();
  const rows = await session.query<{ document_id: string; order_id: string | null; line_count: number }>(LOAD_WHOLE, [
    ids,
  ]);
  return new Map(rows.map((row) => [row.document_id, { orderId: row.order_id, lineCount: row.line_count }]));
}

/** Notes pieces of lines that were taken back; a line can have two movements, for its sellable and its unsellable part. */
export async function reverseDocumentLines(session: Session, lines: readonly ReversedLine[]): Promise<void> {
  if (lines.length === 0) return;
  await session.query(REVERSE_LINES, [
    lines.map((line) => line.documentId),
    lines.map((line) => line.line),
    lines.map((line) => line.quantity),
    lines.map((line) => line.unsellable),
  ]);
}

/** Writes new heads and lines. @throws 23505 when a line was booked by somebody else meanwhile. */
export async function createDocuments(
  session: Session,
  heads: readonly DocumentHead[],
  lines: readonly NewDocumentLine[],
  now: number,
): Promise<void> {
  if (heads.length > 0) {
    await session.query(CREATE_HEADS, [
      heads.map(documentIdOf),
      heads.map((head) => head.kind),
      heads.map((head) => head.location),
      heads.map((head) => head.reference),
      heads.map((head) => head.orderId),
      heads.map((head) => head.reason),
      heads.map((head) => head.actor),
      now,
    ]);
  }
  if (lines.length === 0) return;
  await session.query(CREATE_LINES, [
    lines.map(({ documentId }) => documentId),
    lines.map(({ line }) => line.line),
    lines.map(({ booked }) => booked.sku),
    lines.map(({ line }) => line.quantity),
    lines.map(({ booked }) => booked.unsellable),
    lines.map(({ line }) => line.missing),
    lines.map(({ line }) => line.lineId),
    lines.map(({ line }) => line.orderId),
    lines.map(({ line, booked }) => (line.sku === booked.sku ? null : line.sku)),
    lines.map(({ line, booked }) => (line.unsellable === booked.unsellable ? null : line.unsellable)),
    lines.map(({ line }) => line.area ?? null),
    lines.map(({ line }) => line.inbound ?? null),
    lines.map(({ line }) => line.claim ?? null),
  ]);
}

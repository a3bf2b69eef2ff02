import type { Session } from "@septet/messaging";
import { type AdjustmentHead, adjustmentIdOf, type BookedAdjustment } from "../domain/adjusting.js";
import type { KnownAdjustment } from "../domain/world.js";
import type { AskedLine } from "./document-rows.js";

const LOAD = `SELECT l.document_id, l.line, l.sku, l.bucket, l.delta, l.expected::float8 AS expected, l.quantity, l.change::float8 AS change
  FROM unnest($1::text[], $2::text[]) AS asked (document_id, line)
  JOIN adjustment_line l ON l.document_id = asked.document_id AND l.line = asked.line`;
const COUNT = `SELECT document_id, count(*)::int AS lines FROM adjustment_line WHERE document_id = ANY($1::text[]) GROUP BY document_id`;
const CREATE_HEADS = `INSERT INTO document (document_id, kind, location, reference, reason, actor, booked_at)
  SELECT h.id, 'ADJUSTMENT', h.location, h.reference, h.reason, h.actor, to_timestamp($6::float8 / 1000.0)
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS h (id, location, reference, reason, actor)
  ORDER BY h.id COLLATE "C" ON CONFLICT (document_id) DO NOTHING`;
// No ON CONFLICT: a line that came in between means that somebody else booked the reference, and everything begins again.
const CREATE_LINES = `INSERT INTO adjustment_line (document_id, line, sku, bucket, delta, expected, quantity, change)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::int[], $8::bigint[])
    AS l (document_id, line) ORDER BY l.document_id COLLATE "C", l.line COLLATE "C"`;

type LineRow = BookedAdjustment & { document_id: string };

/** What stands of adjustments: the asked lines where they are booked, and of those in `whole` how many lines there are. */
export async function loadAdjustments(
  session: Session,
  asked: readonly AskedLine[],
  whole: readonly string[],
): Promise<Map<string, KnownAdjustment>> {
  if (asked.length === 0) return new Map();
  const found = new Map<string, Map<string, BookedAdjustment>>();
  const rows = await session.query<LineRow>(LOAD, [
    asked.map(({ documentId }) => documentId),
    asked.map(({ line }) => line),
  ]);
  for (const { document_id, ...line } of rows) {
    found.set(document_id, (found.get(document_id) ?? new Map<string, BookedAdjustment>()).set(line.line, line));
  }
  const known = new Map([...found].map(([id, lines]) => [id, { lineCount: lines.size, lines }]));
  if (whole.length === 0) return known;
  for (const row of await session.query<{ document_id: string; lines: number }>(COUNT, [whole])) {
    known.set(row.document_id, { lineCount: row.lines, lines: found.get(row.document_id) ?? new Map() });
  }
  return known;
}

/** Writes new heads and lines. @throws 23505 when a line was booked by somebody else meanwhile. */
export async function createAdjustments(
  session: Session,
  heads: readonly AdjustmentHead[],
  lines: readonly { readonly documentId: string; readonly line: BookedAdjustment }[],
  now: number,
): Promise<void> {
  if (heads.length > 0) {
    await session.query(CREATE_HEADS, [
      heads.map(adjustmentIdOf),
      heads.map((head) => head.location),
      heads.map((head) => head.reference),
      heads.map((head) => head.reason),
      heads.map((head) => head.actor),
      now,
    ]);
  }
  if (lines.length === 0) return;
  await session.query(CREATE_LINES, [
    lines.map(({ documentId }) => documentId),
    lines.map(({ line }) => line.line),
    lines.map(({ line }) => line.sku),
    lines.map(({ line }) => line.bucket),
    lines.map(({ line }) => line.delta),
    lines.map(({ line }) => line.expected),
    lines.map(({ line }) => line.quantity),
    lines.map(({ line }) => line.change),
  ]);
}

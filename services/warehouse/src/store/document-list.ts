import type { Session } from "@septet/messaging";
import type { DocumentKind } from "../domain/stock-document.js";

/** The papers that are shown: those that book goods, and adjustments. */
export type ShownKind = DocumentKind | "ADJUSTMENT";

const HEADS = `SELECT document_id AS "documentId", location, reference, order_id AS "orderId", reason, actor,
    round(extract(epoch FROM booked_at) * 1000)::float8 AS "bookedAt" FROM document`;
const ONE = `${HEADS} WHERE document_id = $1`;
const LINES = `SELECT line, sku, told_sku AS code, quantity, unsellable, missing, line_id AS "lineId", order_id AS "orderId",
    area, inbound, claim, reversed
  FROM document_line WHERE document_id = $1 AND line > $2 ORDER BY line LIMIT $3`;
const ADJUSTED = `SELECT line, sku, bucket, delta, expected::float8 AS expected, quantity, change::float8 AS change
  FROM adjustment_line WHERE document_id = $1 AND line > $2 ORDER BY line LIMIT $3`;

/** A document without its lines; `bookedAt` is epoch ms. */
export interface DocumentView {
  readonly documentId: string;
  readonly location: string;
  readonly reference: string;
  readonly orderId: string | null;
  readonly reason: string | null;
  readonly actor: string | null;
  readonly bookedAt: number;
}

/** A line as it was booked, in pieces; `code` is what it was told as where that is not its SKU, `reversed` was taken back. */
export interface BookedLine {
  readonly line: string;
  readonly sku: string;
  readonly code: string | null;
  readonly quantity: number;
  readonly unsellable: number;
  readonly missing: number;
  readonly lineId: string | null;
  readonly orderId: string | null;
  readonly area: string | null;
  readonly inbound: string | null;
  readonly claim: string | null;
  readonly reversed: number;
}

/** A line of an adjustment; `change` is the pieces that it came to. */
export interface AdjustedLine {
  readonly line: string;
  readonly sku: string;
  readonly bucket: string;
  readonly delta: number | null;
  readonly expected: number | null;
  readonly quantity: number | null;
  readonly change: number;
}

/** Which documents of a kind; what is undefined does not matter. */
export interface DocumentFilter {
  readonly location?: string | undefined;
  readonly reference?: string | undefined;
}

/** At most `limit` documents of a kind without their lines, oldest first, ties by id. */
export function listDocuments(
  session: Session,
  kind: ShownKind,
  filter: DocumentFilter,
  after: readonly [bookedAt: number, documentId: string],
  limit: number,
): Promise<DocumentView[]> {
  const values: unknown[] = [kind, ...after, limit];
  const value = (given: unknown) => `$${values.push(given)}`;
  // Only what is asked for becomes a condition, so that each listing finds its own index.
  const conditions = ["kind = $1", "(booked_at, document_id) > (to_timestamp($2::float8 / 1000.0), $3)"];
  if (filter.location !== undefined) conditions.push(`location = ${value(filter.location)}`);
  if (filter.reference !== undefined) conditions.push(`reference = ${value(filter.reference)}`);
  return session.query<DocumentView>(
    `${HEADS} WHERE ${conditions.join(" AND ")} ORDER BY booked_at, document_id LIMIT $4`,
    values,
  );
}

export async function loadDocument(session: Session, documentId: string): Promise<DocumentView | undefined> {
  return (await session.query<DocumentView>(ONE, [documentId]))[0];
}

/** At most `limit` lines of a document after one, by the bytes of their names. */
export const loadBookedLines = (session: Session, documentId: string, after: string, limit: number) =>
  session.query<BookedLine>(LINES, [documentId, after, limit]);

/** Likewise of an adjustment. */
export const loadAdjustedLines = (session: Session, documentId: string, after: string, limit: number) =>
  session.query<AdjustedLine>(ADJUSTED, [documentId, after, limit]);

import type { Session } from "@septet/messaging";

const LIST = `SELECT l.told_sku AS code, l.sku, d.kind, d.location, d.reference, l.line, l.quantity,
    EXISTS (SELECT FROM listed_sku s WHERE s.sku = l.told_sku) AS "listedSince", l.document_id AS "documentId"
  FROM document_line l JOIN document d USING (document_id)
  WHERE l.told_sku IS NOT NULL AND ($1::text IS NULL OR l.told_sku = $1)
    AND (NOT $2::boolean OR EXISTS (SELECT FROM listed_sku s WHERE s.sku = l.told_sku))
    AND (l.told_sku, l.document_id, l.line) > ($3, $4, $5)
  ORDER BY l.told_sku, l.document_id, l.line LIMIT $6`;

/** A line whose code was read as the unsellable stock of a SKU. */
export interface SuffixReading {
  readonly code: string;
  readonly sku: string;
  readonly kind: string;
  readonly location: string;
  readonly reference: string;
  readonly line: string;
  readonly quantity: number;
  /** The catalogue lists the code by now, so the goods may be those of the listed SKU: to be looked at. */
  readonly listedSince: boolean;
  readonly documentId: string;
}

/** At most `limit` lines that were read by a suffix, by code, document and line. */
export function listSuffixReadings(
  session: Session,
  filter: { readonly code: string | null; readonly listedSince: boolean },
  after: readonly [code: string, documentId: string, line: string],
  limit: number,
): Promise<SuffixReading[]> {
  return session.query<SuffixReading>(LIST, [filter.code, filter.listedSince, ...after, limit]);
}

import type { Session } from "@septet/messaging";

const ALL = `SELECT sku, reported::float8 AS reported FROM offer WHERE supplier_id = $1 AND reported > 0`;
const OF = `SELECT sku, reported::float8 AS reported FROM offer
  WHERE supplier_id = $1 AND sku = ANY($2::text[]) AND reported IS NOT NULL`;

const bySku = (rows: readonly { readonly sku: string; readonly reported: number }[]): Map<string, number> =>
  new Map(rows.map(({ sku, reported }) => [sku, reported]));

/** What was reported last of everything that the supplier had more than 0 of, pieces by SKU. */
export async function allFigures(session: Session, supplierId: string): Promise<Map<string, number>> {
  return bySku(await session.query(ALL, [supplierId]));
}

/** What was reported last of these SKUs, pieces; one of which nothing was is missing. */
export async function figuresOf(
  session: Session,
  supplierId: string,
  skus: readonly string[],
): Promise<Map<string, number>> {
  return bySku(await session.query(OF, [supplierId, skus]));
}

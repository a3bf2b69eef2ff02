import type { Session } from "@septet/messaging";
import type { Balance } from "@septet/stock-contracts";

import { balancesOf, selectAccounts } from "./account-columns.js";

export interface LocationStock {
  readonly sku: string;
  readonly location: string;
  /** As `LocationDefined` says; null when nobody has defined the location. */
  readonly kind: string | null;
  readonly balances: Balance;
}

const STOCK = `
  SELECT b.sku, b.location, l.kind, ${selectAccounts("b")}
    FROM balance b LEFT JOIN location l ON l.location = b.location
   WHERE b.sku = ANY ($1::text[])
   ORDER BY b.sku, b.location`;

/** The balances of SKUs at all their locations in bytewise order; a SKU that never moved has none. */
export async function readStock(session: Session, skus: readonly string[]): Promise<Map<string, LocationStock[]>> {
  const rows = await session.query<Balance & { sku: string; location: string; kind: string | null }>(STOCK, [
    [...skus],
  ]);
  const stock = new Map<string, LocationStock[]>(skus.map((sku) => [sku, []]));
  for (const row of rows) {
    const { sku, location, kind } = row;
    stock.get(sku)!.push({ sku, location, kind, balances: balancesOf(row) });
  }
  return stock;
}

/** The next SKUs that have moved or are listed, bytewise after `after`, with the name of the listing. */
export async function readSkus(
  session: Session,
  after: string,
  limit: number,
): Promise<{ sku: string; name: string | null }[]> {
  // A loose scan: one index lookup per SKU, however many locations it has.
  return session.query(
    `WITH RECURSIVE moved AS (
       (SELECT sku FROM balance WHERE sku > $1 ORDER BY sku LIMIT 1)
       UNION ALL
       SELECT (SELECT sku FROM balance b WHERE b.sku > moved.sku ORDER BY sku LIMIT 1) FROM moved WHERE moved.sku IS NOT NULL
     ), next AS (
       (SELECT sku FROM moved WHERE sku IS NOT NULL LIMIT $2)
       UNION
       (SELECT sku FROM sku_listing WHERE sku > $1 ORDER BY sku LIMIT $2)
     )
     SELECT next.sku, s.name FROM next LEFT JOIN sku_listing s ON s.sku = next.sku ORDER BY next.sku LIMIT $2`,
    [after, limit],
  );
}

/** Whether the catalogue lists the SKU. */
export async function isListed(session: Session, sku: string): Promise<boolean> {
  const rows = await session.query(`SELECT 1 FROM sku_listing WHERE sku = $1`, [sku]);
  return rows.length > 0;
}

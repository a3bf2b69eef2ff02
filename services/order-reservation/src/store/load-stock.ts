import type { Session } from "@septet/messaging";
import type { StockRow } from "../domain/index.js";

/**
 * Rows of the SKUs at all locations, sorted, so that the same stock gives the same decision. In a statement of its own
 * after the stream locks: one statement that locks and reads sees the balances of before it waited, and oversells.
 * float8 instead of bigint, because the driver brings bigint as text; pieces stay far below 2^53.
 */
const LOAD_STOCK = `
SELECT sku, location, sellable::float8, order_reserved::float8, locked::float8
FROM stock WHERE sku = ANY($1::text[]) ORDER BY sku, location`;

interface Row {
  sku: string;
  location: string;
  sellable: number;
  order_reserved: number;
  locked: number;
}

export async function loadStock(session: Session, skus: readonly string[]): Promise<Map<string, StockRow[]>> {
  const stock = new Map<string, StockRow[]>();
  if (skus.length === 0) return stock;
  for (const row of await session.query<Row>(LOAD_STOCK, [skus])) {
    const { sku, location, sellable, order_reserved: orderReserved, locked } = row;
    const rows = stock.get(sku);
    if (rows === undefined) stock.set(sku, [{ sku, location, sellable, orderReserved, locked }]);
    else rows.push({ sku, location, sellable, orderReserved, locked });
  }
  return stock;
}

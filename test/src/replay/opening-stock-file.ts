import { createReadStream } from "node:fs";
import { parse } from "csv-parse";
import type { UnreadableRow } from "./log-line.js";
import { linesOf, type OpeningLine } from "./opening-stock.js";
import { fileName } from "./order-log.js";

/**
 * Opening stock from a CSV file with the columns `sku,quantity` and, if wanted, `location`. Without a location a row is
 * halved between the two warehouses. Rows that cannot be read are handed back, the rest counts.
 */
export async function readOpeningStock(
  path: string,
  warehouses: readonly [string, string],
): Promise<{ lines: OpeningLine[]; unreadable: UnreadableRow[] }> {
  const lines: OpeningLine[] = [];
  const unreadable: UnreadableRow[] = [];
  const options = { columns: true, trim: true, bom: true, skip_empty_lines: true, relax_column_count: true } as const;
  const rows: AsyncIterable<Record<string, string>> = createReadStream(path).pipe(parse(options));
  let row = 1;
  for await (const fields of rows) {
    row += 1;
    const read = readOpeningRow(fields, warehouses);
    if (typeof read === "string") unreadable.push({ file: fileName(path), row, reason: read });
    else lines.push(...read);
  }
  return { lines, unreadable };
}

function readOpeningRow(fields: Record<string, string>, warehouses: readonly [string, string]): OpeningLine[] | string {
  const { sku = "", quantity = "", location = "" } = fields;
  if (sku === "" || sku.length > 64) return "sku is empty or longer than 64 characters";
  if (!/^\d{1,9}$/.test(quantity)) return `quantity "${quantity}" is not a whole number of pieces`;
  const pieces = Number(quantity);
  if (location !== "" && !warehouses.includes(location))
    return `location "${location}" is not ${warehouses.join(" or ")}`;
  if (location !== "") return linesOf(location, sku, pieces);
  return [
    ...linesOf(warehouses[0], sku, Math.ceil(pieces / 2)),
    ...linesOf(warehouses[1], sku, Math.floor(pieces / 2)),
  ];
}

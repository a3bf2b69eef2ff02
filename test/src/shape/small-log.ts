import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RetailShape } from "./retail-shape.js";

export interface SmallLogOptions {
  readonly seed: number;
  readonly days: number;
  readonly invoicesPerDay: number;
  readonly skus: number;
  readonly maxLines: number;
  /** Shares of invoices that take goods back, and that write goods off. */
  readonly returns: number;
  readonly writeOffs: number;
}

/** What the log was made of, counted while it was written. */
export interface SmallLogCount {
  lines: number;
  orders: number;
  returns: number;
  writeOffs: number;
}

const HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
const FIRST_INVOICE = 536_365;

/** Writes an order log of the Online Retail shape, a file a day; the same for the same seed. */
export async function writeSmallLog(folder: string, options: SmallLogOptions): Promise<SmallLogCount> {
  const shape = new RetailShape(options);
  const count = { lines: 0, orders: 0, returns: 0, writeOffs: 0 };
  await mkdir(folder, { recursive: true });
  let invoice = FIRST_INVOICE;
  for (let day = 1; day <= options.days; day += 1) {
    const date = `2010-12-${String(day).padStart(2, "0")}`;
    const rows = [HEADER];
    for (let n = 0; n < options.invoicesPerDay; n += 1) {
      invoice += 1;
      const minute = Math.floor((n / options.invoicesPerDay) * 600);
      const time = `${date} ${String(8 + Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}:00`;
      rows.push(...invoiceRows(shape, options, count, invoice, time));
    }
    count.lines += rows.length - 1;
    await writeFile(join(folder, `${date}.csv`), `${rows.join("\n")}\n`);
  }
  return count;
}

function invoiceRows(
  shape: RetailShape,
  options: SmallLogOptions,
  count: SmallLogCount,
  invoice: number,
  time: string,
): string[] {
  const chance = shape.chance();
  if (chance < options.writeOffs) {
    count.writeOffs += 1;
    const { sku, quantity } = shape.line();
    return [`${invoice},${codeOf(sku)},damaged,-${quantity},${time},0.0,,United Kingdom`];
  }
  if (chance < options.writeOffs + options.returns) {
    count.returns += 1;
    const { sku } = shape.line();
    return [`C${invoice},${codeOf(sku)},GOODS ${sku},-1,${time},2.55,17850.0,United Kingdom`];
  }
  count.orders += 1;
  const rows = shape
    .order()
    .map(({ sku, quantity }) => `${invoice},${codeOf(sku)},GOODS ${sku},${quantity},${time},2.55,,United Kingdom`);
  if (chance > 0.95) rows.push(`${invoice},POST,POSTAGE,1,${time},18.0,,France`);
  return rows;
}

/** Every seventh code differs from its neighbour in case only, as the retailer's do. */
function codeOf(sku: number): string {
  const pair = Math.floor(sku / 2);
  if (pair % 7 === 0) return `${20_000 + pair}${sku % 2 === 0 ? "A" : "a"}`;
  return String(30_000 + sku);
}

import { londonToUtc } from "./london-time.js";

/** One readable line of the order log. */
export interface LogLine {
  /** File name without folder and `.csv`; ids are made from it. */
  readonly file: string;
  /** Row in the file; the header is row 1. */
  readonly row: number;
  readonly invoice: string;
  /** Trimmed, compared bytewise: `85123A` and `85123a` are two SKUs. */
  readonly sku: string;
  readonly name: string;
  /** Pieces, whole, never 0; below 0 on returns and write-offs. */
  readonly quantity: number;
  /** Epoch milliseconds UTC. */
  readonly at: number;
  readonly unitPriceMinor: number;
  readonly customerId: string | null;
  readonly country: string;
}

/** A row nobody could make sense of; the rest of the log goes on without it. */
export interface UnreadableRow {
  readonly file: string;
  readonly row: number;
  readonly reason: string;
}

export type ReadRow =
  | { readonly ok: true; readonly line: LogLine }
  | { readonly ok: false; readonly row: UnreadableRow };

/** The columns of the Online Retail format, by header name; their order does not matter. */
export const COLUMNS = [
  "InvoiceNo",
  "StockCode",
  "Description",
  "Quantity",
  "InvoiceDate",
  "UnitPrice",
  "CustomerID",
  "Country",
] as const;

export type Column = (typeof COLUMNS)[number];

const MAX_QUANTITY_PIECES = 1_000_000;
const MAX_CODE_CHARACTERS = 64;
const WHOLE_NUMBER = /^-?\d{1,9}$/;
const MONEY = /^\d{1,9}(\.\d{1,4})?$/;
const CODE = /^[\x20-\x7e]+$/;

/** Reads one row; every rule that a line must keep to be replayed is here, so that a broken row has one reason. */
export function readLine(file: string, row: number, fields: Readonly<Record<Column, string>>): ReadRow {
  const unreadable = (reason: string): ReadRow => ({ ok: false, row: { file, row, reason } });
  const invoice = fields.InvoiceNo.trim();
  const sku = fields.StockCode.trim();
  if (!isCode(invoice)) return unreadable("InvoiceNo is empty, too long or not plain text");
  if (!isCode(sku)) return unreadable("StockCode is empty, too long or not plain text");
  const quantityText = fields.Quantity.trim();
  if (!WHOLE_NUMBER.test(quantityText)) return unreadable(`Quantity "${quantityText}" is not a whole number`);
  const quantity = Number(quantityText);
  if (quantity === 0) return unreadable("Quantity is 0");
  if (Math.abs(quantity) > MAX_QUANTITY_PIECES)
    return unreadable(`Quantity ${quantity} is beyond ${MAX_QUANTITY_PIECES}`);
  const at = londonToUtc(fields.InvoiceDate.trim());
  if (at === undefined) return unreadable(`InvoiceDate "${fields.InvoiceDate}" is not a YYYY-MM-DD HH:MM:SS time`);
  const priceText = fields.UnitPrice.trim();
  if (!MONEY.test(priceText)) return unreadable(`UnitPrice "${priceText}" is not an amount of money`);
  const unitPriceMinor = Math.round(Number(priceText) * 100);
  const contradiction = contradictionOf(invoice, quantity, unitPriceMinor);
  if (contradiction) return unreadable(contradiction);
  const customerId = fields.CustomerID.trim().replace(/\.0$/, "") || null;
  const name = fields.Description.trim() || sku;
  return {
    ok: true,
    line: { file, row, invoice, sku, name, quantity, at, unitPriceMinor, customerId, country: fields.Country.trim() },
  };
}

function isCode(text: string): boolean {
  return text.length <= MAX_CODE_CHARACTERS && CODE.test(text);
}

function contradictionOf(invoice: string, quantity: number, unitPriceMinor: number): string | undefined {
  if (takesGoodsBack(invoice))
    return quantity > 0 ? "a positive Quantity on an invoice that takes goods back" : undefined;
  if (quantity < 0 && unitPriceMinor !== 0)
    return "a negative Quantity with a price on an invoice that takes nothing back";
  return undefined;
}

/** Whether the invoice is a cancellation or return of an earlier sale; the log marks it with a leading `C`. */
export function takesGoodsBack(invoice: string): boolean {
  return invoice.startsWith("C");
}

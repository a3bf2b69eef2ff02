import { FIELDS, type Field, type OwnHeadings } from "../sheets/columns.js";
import { ROW_FAULTS, UnreadableSheet } from "../sheets/faults.js";
import { type ReportLine, type RowError, reportLine } from "../sheets/report-row.js";
import { type Cell, columnName, EMPTY_CELL } from "../sheets/sheet-row.js";
import { readStockSheet } from "../sheets/stock-sheet.js";
import { FetchFault } from "./guarded-request.js";
import { jsonPath, valueAt } from "./json-path.js";

/** How a supplier's feed is to be read. */
export type FeedForm =
  /** By column: headings of the supplier's own, where they are not those that everybody uses. */
  | { readonly kind: "CSV"; readonly headings: OwnHeadings }
  /** By path: where the list is, and where in each item the fields are. */
  | { readonly kind: "JSON"; readonly items: string; readonly fields: { readonly [F in Field]?: string } };

/** What one page of a feed says. */
export interface FeedPage {
  readonly lines: readonly ReportLine[];
  readonly errors: readonly (RowError & { readonly reason: string })[];
  /** Items or rows on it. */
  readonly rows: number;
  /** Of JSON: all of it, for who looks for the next page. */
  readonly json: unknown;
}

/**
 * Reads a page. Rows are counted from 1 (a CSV's as a spreadsheet shows them).
 * @throws FetchFault when it is not what it is said to be: another page would say no more
 */
export async function readFeedPage(body: Buffer, form: FeedForm): Promise<FeedPage> {
  if (form.kind === "CSV") return csvPage(body, form.headings);
  const json = parsed(body);
  const items = valueAt(json, pathOf(form.items));
  if (!Array.isArray(items)) throw new FetchFault(`has no list at ${form.items}`, { again: false });
  const paths = FIELDS.map((field) => (form.fields[field] === undefined ? undefined : pathOf(form.fields[field])));
  const columns = Object.fromEntries(FIELDS.map((field, index) => [field, index]));
  const lines: ReportLine[] = [];
  const errors: FeedPage["errors"][number][] = [];
  items.forEach((item, index) => {
    const cells = paths.map((path) => (path === undefined ? EMPTY_CELL : cellOf(valueAt(item, path))));
    const read = reportLine({ row: index + 1, cells }, columns);
    if ("fault" in read) errors.push(inWords({ ...read, column: fieldAt(read.column) }));
    else lines.push(read);
  });
  return { lines, errors, rows: items.length, json };
}

async function csvPage(body: Buffer, headings: OwnHeadings): Promise<FeedPage> {
  try {
    const { lines, errors, rows } = await readStockSheet(body, headings);
    return { lines, errors: errors.map(inWords), rows, json: undefined };
  } catch (error) {
    if (error instanceof UnreadableSheet) throw new FetchFault(error.message, { again: false });
    throw error;
  }
}

const inWords = (error: RowError) => ({ ...error, reason: ROW_FAULTS[error.fault].en });
const fieldAt = (column: string): string => FIELDS.find((_, index) => columnName(index) === column) ?? column;

function pathOf(text: string) {
  const path = jsonPath(text);
  if (path === undefined) throw new FetchFault(`${text} is no path to one place`, { again: false });
  return path;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    // Cut off in the middle as often as wrong for good.
    throw new FetchFault("is not JSON", { again: true });
  }
}

function cellOf(value: unknown): Cell {
  if (typeof value === "string") return { text: value, kind: "TEXT" };
  if (typeof value !== "number") return EMPTY_CELL;
  return { text: String(value), kind: "NUMBER" };
}

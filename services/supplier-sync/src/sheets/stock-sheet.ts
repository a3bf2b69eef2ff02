import { type Columns, headerReader, type OwnHeadings } from "./columns.js";
import { type CsvForm, csvForm, csvRows } from "./csv-sheet.js";
import { UnreadableSheet } from "./faults.js";
import { SHEET_LIMITS } from "./limits.js";
import { type ReportLine, type RowError, reportLine } from "./report-row.js";
import { columnName, type SheetRow } from "./sheet-row.js";
import { looksLikeXlsx, xlsxRows } from "./xlsx-sheet.js";

/** What a supplier's sheet says. */
export interface StockSheet {
  readonly form: { readonly kind: "XLSX" } | ({ readonly kind: "CSV" } & CsvForm);
  /** The row of the header, as a spreadsheet shows it. */
  readonly headerRow: number;
  readonly columns: Columns;
  /** Rows below the header with something in them. */
  readonly rows: number;
  /** The most cells of any row. */
  readonly width: number;
  readonly lines: readonly ReportLine[];
  readonly errors: readonly RowError[];
}

/** The rows of a sheet, however it is written. */
export function rowsOf(bytes: Buffer, form: StockSheet["form"]): AsyncGenerator<SheetRow> {
  return form.kind === "XLSX" ? xlsxRows(bytes) : csvRows(bytes, form);
}

/**
 * Reads a stock sheet, CSV or XLSX: what it is, is seen from its bytes and not from its name. Rows that can be read are
 * lines, others errors; an article that stands in several rows is refused in all of them.
 * @throws UnreadableSheet when it cannot be read as a whole; nothing of it is to be applied then.
 */
export async function readStockSheet(bytes: Buffer, own: OwnHeadings = {}): Promise<StockSheet> {
  if (bytes.length === 0) throw new UnreadableSheet("EMPTY");
  if (bytes.length > SHEET_LIMITS.MAX_SHEET_BYTES) throw new UnreadableSheet("TOO_LARGE");
  const header = headerReader(own);
  const form: StockSheet["form"] = looksLikeXlsx(bytes)
    ? { kind: "XLSX" }
    : { kind: "CSV", ...(await csvForm(bytes, (row) => header.read(row) !== undefined)) };
  let columns: Columns | undefined;
  let headerRow = 0;
  let above = 0;
  let rows = 0;
  let width = 0;
  const lines: ReportLine[] = [];
  const errors: RowError[] = [];
  for await (const row of rowsOf(bytes, form)) {
    width = Math.max(width, row.cells.length);
    if (columns === undefined) {
      if (++above > SHEET_LIMITS.MAX_ROWS_TO_HEADER) break;
      columns = header.read(row);
      headerRow = row.row;
      continue;
    }
    rows++;
    const read = reportLine(row, columns);
    if ("fault" in read) errors.push(read);
    else lines.push(read);
  }
  if (columns === undefined) throw new UnreadableSheet("NO_HEADER");
  return { form, headerRow, columns, rows, width, ...withoutTwins(lines, errors, columns) };
}

/** Takes out the lines whose code or SKU stands in another line, too. */
function withoutTwins(
  lines: readonly ReportLine[],
  errors: readonly RowError[],
  columns: Columns,
): Pick<StockSheet, "lines" | "errors"> {
  const timesOf = (field: "code" | "sku") => {
    const times = new Map<string, number>();
    for (const line of lines) {
      const article = line[field];
      if (article !== null) times.set(article, (times.get(article) ?? 0) + 1);
    }
    return (article: string | null) => article !== null && times.get(article)! > 1;
  };
  const [codeTwice, skuTwice] = [timesOf("code"), timesOf("sku")];
  const isTwin = ({ code, sku }: ReportLine) => codeTwice(code) || skuTwice(sku);
  const twins = lines.filter(isTwin);
  if (twins.length === 0) return { lines, errors };
  const found = twins.map(({ row, code, sku }): RowError => {
    const column = columnName(columns[codeTwice(code) ? "code" : "sku"]!);
    return { row, column, fault: "ARTICLE_TWICE", code, sku };
  });
  return {
    lines: lines.filter((line) => !isTwin(line)),
    errors: [...errors, ...found].sort((a, b) => a.row - b.row),
  };
}

import type { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse/sync";

/** The longest row that is read, bytes. */
const MAX_ROW_BYTES = 65_536;
const TOO_LONG = `is longer than ${MAX_ROW_BYTES} bytes`;
const BYTE_ORDER_MARK = /^\uFEFF/;
const COLUMNS = ["sku", "quantity", "unsellableQuantity", "location", "reference"] as const;
type Column = (typeof COLUMNS)[number];

/** Fields of a row by column, as they came; or why the row cannot be read at all. `row` is its line in the upload, from 1. */
export type UploadRow =
  | { readonly row: number; readonly fields: { readonly [C in Column]?: unknown } }
  | { readonly row: number; readonly field: string; readonly reason: string };

/** The upload as a whole cannot be read; nothing of it was booked. */
export class UnreadableUpload extends Error {}

/**
 * Rows of a CSV with a header, which is line 1. A row is a line: no column of ours ever holds a line break, and so a quote
 * that is never closed costs its own row and not all that follow. Memory stays bounded whatever the length.
 */
export async function* csvRows(stream: Readable): AsyncGenerator<UploadRow> {
  let row = 0;
  let columns: readonly string[] | undefined;
  for await (const line of linesOf(stream)) {
    row++;
    if (line !== undefined && line.trim() === "") continue;
    const record = line === undefined ? undefined : fieldsOf(row === 1 ? line.replace(BYTE_ORDER_MARK, "") : line);
    if (columns === undefined) columns = headerOf(record);
    else if (line === undefined) yield { row, field: "row", reason: TOO_LONG };
    else if (record === undefined) yield { row, field: "row", reason: "is not CSV: check its quotes" };
    else yield csvRow(row, columns, record);
  }
  if (columns === undefined) throw new UnreadableUpload("the upload has no header");
}

/** The trimmed fields of a line; undefined when its quotes do not close. */
function fieldsOf(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(",").map((field) => field.trim());
  try {
    return (parse(line, { trim: true, relax_column_count: true }) as string[][])[0];
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}

function headerOf(record: readonly string[] | undefined): readonly string[] {
  if (record === undefined) throw new UnreadableUpload("the header is not CSV");
  const unknown = record.filter((name) => !COLUMNS.some((column) => column === name));
  if (unknown.length > 0)
    throw new UnreadableUpload(`the header has unknown columns: ${unknown.join(", ").slice(0, 200)}`);
  for (const needed of ["sku", "quantity"]) {
    if (!record.includes(needed)) throw new UnreadableUpload(`the header lacks the column ${needed}`);
  }
  if (new Set(record).size < record.length) throw new UnreadableUpload("the header names a column twice");
  return record;
}

function csvRow(row: number, columns: readonly string[], record: readonly string[]): UploadRow {
  if (record.length !== columns.length) {
    return { row, field: "row", reason: `has ${record.length} fields where the header has ${columns.length}` };
  }
  const fields = columns.flatMap((column, index) =>
    record[index] === "" ? [] : [[column, wholeOf(column, record[index]!)]],
  );
  return { row, fields: Object.fromEntries(fields) };
}

/** Figures of a CSV are text; what does not look like a whole number stays text and is refused as such. */
function wholeOf(column: string, value: string): unknown {
  const isFigure = column === "quantity" || column === "unsellableQuantity";
  return isFigure && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

/** Rows of newline-delimited JSON objects, line by line. Memory stays bounded whatever its length. */
export async function* ndjsonRows(stream: Readable): AsyncGenerator<UploadRow> {
  let row = 0;
  for await (const line of linesOf(stream)) {
    row++;
    if (line === undefined) yield { row, field: "row", reason: TOO_LONG };
    else if (line.trim() !== "") yield jsonRow(row, row === 1 ? line.replace(BYTE_ORDER_MARK, "") : line);
  }
}

function jsonRow(row: number, line: string): UploadRow {
  const value = parsed(line);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { row, field: "row", reason: "is not a JSON object" };
  }
  const unknown = Object.keys(value).find((name) => !COLUMNS.some((column) => column === name));
  return unknown === undefined
    ? { row, fields: value }
    : { row, field: unknown.slice(0, 100), reason: "is not known here" };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Lines as text; undefined stands for one that is too long, of which no more than the bound is ever held. */
async function* linesOf(stream: Readable): AsyncGenerator<string | undefined> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  const take = (piece: Buffer) => {
    heldBytes += piece.length;
    if (heldBytes <= MAX_ROW_BYTES) held.push(piece);
  };
  const line = () => {
    const text = heldBytes <= MAX_ROW_BYTES ? Buffer.concat(held).toString("utf8") : undefined;
    held = [];
    heldBytes = 0;
    return text;
  };
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      take(chunk.subarray(start, end));
      yield line();
      start = end + 1;
    }
    if (start < chunk.length) take(chunk.subarray(start));
  }
  if (heldBytes > 0) yield line();
}

import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse/sync";

/** The longest row that is read, bytes. */
const MAX_ROW_BYTES = 65_536;
const TOO_LONG = `is longer than ${MAX_ROW_BYTES} bytes`;
const BYTE_ORDER_MARK = /^\uFEFF/;

/** The columns (of JSON: members) that the rows of an upload may have. */
export interface UploadColumns {
  readonly names: readonly string[];
  /** The header of a CSV must name these. */
  readonly required: readonly string[];
  /** Columns of whole figures: a CSV's text that looks like one is read as one. */
  readonly figures: readonly string[];
}

/** What is wrong with a row: its line in the upload, from 1, the field and the reason. */
export interface RowError {
  readonly row: number;
  readonly field: string;
  readonly reason: string;
}

/** Fields of a row by column, as they came; or why the row cannot be read at all. `row` is its line in the upload, from 1. */
export type UploadRow = { readonly row: number; readonly fields: { readonly [column: string]: unknown } } | RowError;

/** The upload cannot be read from here on: the rows of this and all later lines were not booked. */
export class UnreadableUpload extends Error {}

/**
 * Rows of a CSV with a header, which is line 1. A row is a line: no column of ours ever holds a line break, and so a quote
 * that is never closed costs its own row and not all that follow. Memory stays bounded whatever the length.
 */
export async function* csvRows(stream: Readable, columns: UploadColumns): AsyncGenerator<UploadRow> {
  let row = 0;
  let header: readonly string[] | undefined;
  for await (const line of linesOf(stream)) {
    row++;
    if (line !== undefined && line.trim() === "") continue;
    const record = line === undefined ? undefined : fieldsOf(row === 1 ? line.replace(BYTE_ORDER_MARK, "") : line);
    if (header === undefined) header = headerOf(record, columns);
    else if (line === undefined) yield { row, field: "row", reason: TOO_LONG };
    else if (record === undefined) yield { row, field: "row", reason: "is not CSV: check its quotes" };
    else yield csvRow(row, header, record, columns);
  }
  if (header === undefined) throw new UnreadableUpload("the upload has no header");
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

function headerOf(record: readonly string[] | undefined, columns: UploadColumns): readonly string[] {
  if (record === undefined) throw new UnreadableUpload("the header is not CSV");
  const unknown = record.filter((name) => !columns.names.includes(name));
  if (unknown.length > 0)
    throw new UnreadableUpload(`the header has unknown columns: ${unknown.join(", ").slice(0, 200)}`);
  for (const needed of columns.required) {
    if (!record.includes(needed)) throw new UnreadableUpload(`the header lacks the column ${needed}`);
  }
  if (new Set(record).size < record.length) throw new UnreadableUpload("the header names a column twice");
  return record;
}

function csvRow(
  row: number,
  header: readonly string[],
  record: readonly string[],
  { figures }: UploadColumns,
): UploadRow {
  if (record.length !== header.length) {
    return { row, field: "row", reason: `has ${record.length} fields where the header has ${header.length}` };
  }
  const fields = header.flatMap((column, index) => {
    const value = record[index]!;
    return value === "" ? [] : [[column, figures.includes(column) ? wholeOf(value) : value]];
  });
  return { row, fields: Object.fromEntries(fields) };
}

/** Figures of a CSV are text; what does not look like a whole number stays text and is refused as such. */
const wholeOf = (value: string): unknown => (/^-?\d{1,15}$/.test(value) ? Number(value) : value);

/** Rows of newline-delimited JSON objects, line by line. Memory stays bounded whatever its length. */
export async function* ndjsonRows(stream: Readable, columns: UploadColumns): AsyncGenerator<UploadRow> {
  let row = 0;
  for await (const line of linesOf(stream)) {
    row++;
    if (line === undefined) yield { row, field: "row", reason: TOO_LONG };
    else if (line.trim() !== "") yield jsonRow(row, row === 1 ? line.replace(BYTE_ORDER_MARK, "") : line, columns);
  }
}

function jsonRow(row: number, line: string, { names }: UploadColumns): UploadRow {
  const value = parsed(line);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { row, field: "row", reason: "is not a JSON object" };
  }
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  return unknown === undefined
    ? { row, fields: value as { readonly [column: string]: unknown } }
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

/**
 * Lines as text; undefined stands for one that is too long, of which no more than the bound is ever held.
 * @throws UnreadableUpload at the first line that is not UTF-8: read as if it were, it would name other things than it does,
 * and the lines before it are to be doubted, too.
 */
async function* linesOf(stream: Readable): AsyncGenerator<string | undefined> {
  let row = 0;
  let held: Buffer[] = [];
  let heldBytes = 0;
  const take = (piece: Buffer) => {
    heldBytes += piece.length;
    if (heldBytes <= MAX_ROW_BYTES) held.push(piece);
  };
  const line = () => {
    row++;
    const bytes = heldBytes <= MAX_ROW_BYTES ? Buffer.concat(held) : undefined;
    held = [];
    heldBytes = 0;
    if (bytes !== undefined && !isUtf8(bytes)) {
      throw new UnreadableUpload(`row ${row} is not UTF-8: save the file with this encoding and send it again`);
    }
    return bytes?.toString("utf8");
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

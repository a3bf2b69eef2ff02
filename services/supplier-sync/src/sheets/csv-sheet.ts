import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { decodedChunks, encodingsOf, type SheetEncoding } from "./csv-encoding.js";
import { UnreadableSheet } from "./faults.js";
import { SHEET_LIMITS } from "./limits.js";
import { type Cell, EMPTY_CELL, type SheetRow } from "./sheet-row.js";

/** What a sheet's columns are parted by. */
const DELIMITERS = [",", ";", "\t"] as const;
type Delimiter = (typeof DELIMITERS)[number];

/** How a CSV is to be read. */
export interface CsvForm {
  readonly encoding: SheetEncoding;
  readonly delimiter: Delimiter;
}

/**
 * How a CSV is to be read: the first encoding and delimiter by which its first rows hold a header; where none does, the
 * likeliest, so that it can be said what is missing.
 * @throws UnreadableSheet when it cannot be read at all.
 */
export async function csvForm(bytes: Buffer, isHeader: (row: SheetRow) => boolean): Promise<CsvForm> {
  const encodings = encodingsOf(bytes);
  for (const encoding of encodings) {
    for (const delimiter of DELIMITERS) {
      if (await holdsHeader(bytes, { encoding, delimiter }, isHeader)) return { encoding, delimiter };
    }
  }
  return { encoding: encodings[0]!, delimiter: "," };
}

/** A fault of a wrong guess is no fault of the sheet. */
async function holdsHeader(bytes: Buffer, form: CsvForm, isHeader: (row: SheetRow) => boolean): Promise<boolean> {
  let rows = 0;
  try {
    for await (const row of csvRows(bytes, form)) {
      if (isHeader(row)) return true;
      if (++rows >= SHEET_LIMITS.MAX_ROWS_TO_HEADER) return false;
    }
  } catch (error) {
    if (!(error instanceof UnreadableSheet)) throw error;
  }
  return false;
}

/**
 * The rows of a CSV; empty ones are counted and left out. Quoted cells may hold line breaks.
 * @throws UnreadableSheet where rows cannot be told apart any more or there are too many.
 */
export async function* csvRows(bytes: Buffer, { encoding, delimiter }: CsvForm): AsyncGenerator<SheetRow> {
  const text = Readable.from(decodedChunks(bytes, encoding));
  const records = text.pipe(
    parse({
      delimiter,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      relax_quotes: true,
      max_record_size: SHEET_LIMITS.MAX_ROW_CHARS,
    }),
  );
  let row = 0;
  let filled = 0;
  try {
    for await (const record of records as AsyncIterable<string[]>) {
      row++;
      const cells = cellsOf(record, row);
      if (cells.length === 0) continue;
      if (++filled > SHEET_LIMITS.MAX_ROWS) throw new UnreadableSheet("TOO_MANY_ROWS");
      yield { row, cells };
    }
  } catch (error) {
    if (error instanceof CsvError) throw faultOf(error, row + 1);
    throw error;
  } finally {
    text.destroy();
  }
}

/** Cells up to the last one with text. */
function cellsOf(record: readonly string[], row: number): readonly Cell[] {
  let last = record.length;
  while (last > 0 && record[last - 1]!.trim() === "") last--;
  if (last > SHEET_LIMITS.MAX_COLUMNS) throw new UnreadableSheet("TOO_MANY_COLUMNS", `row ${row}`);
  return record.slice(0, last).map((text) => {
    if (text.includes("\n") && text.split("\n").length > SHEET_LIMITS.MAX_CELL_LINES) {
      throw new UnreadableSheet("QUOTE_NOT_CLOSED", `row ${row}`);
    }
    if (text.length > SHEET_LIMITS.MAX_CELL_CHARS) throw new UnreadableSheet("ROW_TOO_LONG", `row ${row}`);
    return text === "" ? EMPTY_CELL : { text, kind: "TEXT" };
  });
}

function faultOf(error: CsvError, row: number): UnreadableSheet {
  return new UnreadableSheet(error.code === "CSV_MAX_RECORD_SIZE" ? "ROW_TOO_LONG" : "QUOTE_NOT_CLOSED", `row ${row}`);
}

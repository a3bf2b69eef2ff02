import type { Annotation } from "./annotation.js";
import type { SheetRow } from "./sheet-row.js";

/** Spreadsheets that read a CSV without a byte order mark take it for the encoding of their own country. */
const UTF8_MARK = "\ufeff";
/** What a spreadsheet takes for a formula, in any width of letters; tabs and line ends can hide one. */
const FORMULA = /^[\s\p{Cf}]*[=+\-@＝＋－＠\t\r]/u;
const PLAIN_NUMBER = /^[+-]?\d{1,15}(\.\d{1,15})?$/;
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/;

/**
 * A cell of a CSV that no spreadsheet runs: what looks like a formula gets an apostrophe before it, which makes it text.
 * Numbers with a sign stay numbers.
 */
export function csvCell(text: string): string {
  const safe = FORMULA.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The sheet with its answer, as CSV in UTF-8, row by row. Rows that were empty stay empty, so that numbers stay right. */
export async function* annotatedCsv(rows: AsyncIterable<SheetRow>, annotation: Annotation): AsyncGenerator<string> {
  let written = 0;
  yield UTF8_MARK;
  for await (const { row, cells } of rows) {
    const note = annotation.noteOf(row);
    const texts = cells.map(({ text }) => text);
    if (note !== undefined) {
      while (texts.length < annotation.column) texts.push("");
      texts.push(...note);
    }
    yield `${"\r\n".repeat(row - written - 1)}${texts.map(csvCell).join(",")}\r\n`;
    written = row;
  }
}

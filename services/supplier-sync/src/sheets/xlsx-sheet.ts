import { UnreadableSheet } from "./faults.js";
import { SHEET_LIMITS } from "./limits.js";
import { type Cell, columnOf, EMPTY_CELL, type SheetRow } from "./sheet-row.js";
import { openXlsx } from "./xlsx-parts.js";
import { readWorkbook, unescaped, type Workbook } from "./xlsx-workbook.js";
import { type XmlListener, xmlReader } from "./xml-reader.js";

const { MAX_ROWS, MAX_COLUMNS, MAX_CELL_CHARS, MAX_XLSX_ROWS_BYTES } = SHEET_LIMITS;
/** The last row that a spreadsheet can have. */
const LAST_ROW = 1_048_576;
const DAY_MS = 86_400_000;
/** Day 0 of the two ways to count days; 1900 is taken for a leap year, so that the first two months are a day off. */
const DAY_ZERO_1900 = Date.UTC(1899, 11, 30);
const DAY_ZERO_1904 = Date.UTC(1904, 0, 1);

/** Whether bytes are an XLSX, or at least an archive. */
export const looksLikeXlsx = (bytes: Buffer): boolean => bytes.subarray(0, 2).toString("latin1") === "PK";

/**
 * The rows of the first visible sheet of an XLSX, as they are unpacked. Of a formula its last result is read, and nothing is
 * ever worked out.
 * @throws UnreadableSheet when it is damaged or beyond the limits.
 */
export async function* xlsxRows(bytes: Buffer): AsyncGenerator<SheetRow> {
  const parts = await openXlsx(bytes);
  const workbook = await readWorkbook(parts);
  const collected: SheetRow[] = [];
  const reader = xmlReader(
    workbook.rowsPart,
    rowListener(workbook, (row) => collected.push(row)),
  );
  let filled = 0;
  for await (const piece of parts.read(workbook.rowsPart, MAX_XLSX_ROWS_BYTES)) {
    reader.write(piece);
    filled += collected.length;
    if (filled > MAX_ROWS) throw new UnreadableSheet("TOO_MANY_ROWS");
    yield* collected.splice(0);
  }
  reader.end();
  yield* collected.splice(0);
}

/** Puts rows together from the elements of a sheet. */
function rowListener(workbook: Workbook, give: (row: SheetRow) => void): XmlListener {
  let row = 0;
  let cells: Cell[] = [];
  let column = -1;
  let type = "";
  let style = "";
  let text = "";
  let within = false;
  let inSheetData = false;
  const damaged = (why: string) => new UnreadableSheet("DAMAGED_XLSX", `row ${row}: ${why}`);
  return {
    open(name, attributes) {
      if (name === "sheetData") inSheetData = true;
      if (!inSheetData) return;
      if (name === "row") {
        const next = attributes.r === undefined ? row + 1 : Number(attributes.r);
        if (!Number.isInteger(next) || next <= row || next > LAST_ROW) throw damaged("is followed by no later row");
        row = next;
        cells = [];
        column = -1;
      } else if (name === "c") {
        const at = attributes.r === undefined ? column + 1 : columnOf(attributes.r);
        if (at === undefined || at <= column) throw damaged("has cells out of order");
        column = at;
        type = attributes.t ?? "n";
        style = attributes.s ?? "";
        text = "";
      } else if (name === "v" || name === "t") within = true;
    },
    close(name) {
      if (name === "sheetData") inSheetData = false;
      if (!inSheetData) return;
      if (name === "v" || name === "t") within = false;
      else if (name === "c" && text !== "") {
        if (column >= MAX_COLUMNS) throw new UnreadableSheet("TOO_MANY_COLUMNS", `row ${row}`);
        while (cells.length < column) cells.push(EMPTY_CELL);
        cells.push(cellOf(workbook, type, style, text));
      } else if (name === "row" && cells.some((cell) => cell.text.trim() !== "")) give({ row, cells });
    },
    text(piece) {
      if (within && text.length < MAX_CELL_CHARS) text += piece.slice(0, MAX_CELL_CHARS);
    },
  };
}

function cellOf({ texts, dateStyles, from1904 }: Workbook, type: string, style: string, value: string): Cell {
  switch (type) {
    case "s": {
      const text = texts[Number(value)];
      if (text === undefined) throw new UnreadableSheet("DAMAGED_XLSX", "a cell names a text that is not there");
      return { text, kind: "TEXT" };
    }
    case "n": {
      const number = Number(value);
      if (value.trim() === "" || !Number.isFinite(number))
        throw new UnreadableSheet("DAMAGED_XLSX", "a number is none");
      if (dateStyles[Number(style)] === true) return { text: dateText(number, from1904), kind: "DATE" };
      return { text: numberText(number), kind: "NUMBER" };
    }
    case "d":
      return { text: value, kind: "DATE" };
    case "b":
      return { text: value === "1" ? "TRUE" : "FALSE", kind: "TEXT" };
    default:
      // inlineStr, str (of a formula), e (an error such as #N/A)
      return { text: unescaped(value), kind: "TEXT" };
  }
}

/** As a spreadsheet shows it: 15 digits, and no exponent for what is a code. */
function numberText(number: number): string {
  const rounded = Number(number.toPrecision(15));
  return Number.isInteger(rounded) && Math.abs(rounded) < 1e21 ? BigInt(rounded).toString() : String(rounded);
}

/** Days since day 0 as a time of a wall clock, to the minute. */
function dateText(days: number, from1904: boolean): string {
  const zero = from1904 ? DAY_ZERO_1904 : DAY_ZERO_1900 + (days < 60 ? DAY_MS : 0);
  const at = zero + Math.round((days * DAY_MS) / 60_000) * 60_000;
  return Math.abs(at) > 8.64e15 ? String(days) : new Date(at).toISOString().slice(0, 16);
}

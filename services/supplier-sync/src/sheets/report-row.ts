import { LIMITS } from "@septet/stock-contracts";
import type { Columns, Field } from "./columns.js";
import type { RowFault } from "./faults.js";
import { type Cell, columnName, EMPTY_CELL, type SheetRow } from "./sheet-row.js";

/** A line of a stock report as a sheet has it; of `code` and `sku` at least one is there. */
export interface ReportLine {
  readonly row: number;
  /** What the supplier calls it. */
  readonly code: string | null;
  /** What we call it. */
  readonly sku: string | null;
  /** Whole pieces, 0 to 1,000,000. */
  readonly quantity: number;
  /** Pieces kept for us; null where the sheet says nothing. */
  readonly kept: number | null;
}

/** Why a row was refused, and where in it. */
export interface RowError {
  readonly row: number;
  /** As a spreadsheet names it: A, B … */
  readonly column: string;
  readonly fault: RowFault;
  /** The article as far as it could be read: such a row is not a missing one. */
  readonly code: string | null;
  readonly sku: string | null;
}

/** NUL cannot be stored, half of a surrogate pair is no character, and what cannot be seen cannot be compared. */
const UNREADABLE = /[\p{Cc}\p{Cs}\ufffd]/u;
const INVISIBLE = /\p{Cf}/gu;
const WHOLE = /^\d+(\.0+)?$/;
const GROUPED = /^\d{1,3}(,\d{3})+(\.0+)?$/;
const FRACTION = /^\d+\.\d+$/;

/** Of such rows the article is not told: it can be as long or as broken as it likes. */
const ARTICLE_FAULTS: ReadonlySet<RowFault> = new Set(["ARTICLE_TOO_LONG", "ARTICLE_UNREADABLE"]);

/** Reads a row below the header. The first fault of it is told: the others can be its consequences. */
export function reportLine({ row, cells }: SheetRow, columns: Columns): ReportLine | RowError {
  const cell = (field: Field): Cell => {
    const column = columns[field];
    return column === undefined ? EMPTY_CELL : (cells[column] ?? EMPTY_CELL);
  };
  const [code, sku] = [articleIn(cell("code")), articleIn(cell("sku"))];
  const error = (field: Field, fault: RowFault): RowError => {
    const article = ARTICLE_FAULTS.has(fault) ? { code: null, sku: null } : { code: code || null, sku: sku || null };
    return { row, column: columnName(columns[field] ?? 0), fault, ...article };
  };
  const codeFault = articleFault(code, LIMITS.MAX_ID_CHARS);
  if (codeFault !== undefined) return error("code", codeFault);
  const skuFault = articleFault(sku, LIMITS.MAX_SKU_CHARS);
  if (skuFault !== undefined) return error("sku", skuFault);
  if (code === "" && sku === "") return error(columns.code === undefined ? "sku" : "code", "ARTICLE_MISSING");
  const quantity = piecesIn(cell("quantity"));
  if (typeof quantity !== "number") return error("quantity", quantity ?? "QUANTITY_MISSING");
  const kept = piecesIn(cell("kept"));
  if (typeof kept === "string") return error("kept", kept);
  return { row, code: code || null, sku: sku || null, quantity, kept: kept ?? null };
}

const articleIn = ({ text }: Cell): string => text.replace(INVISIBLE, "").trim();

function articleFault(article: string, maxChars: number): RowFault | undefined {
  if (UNREADABLE.test(article)) return "ARTICLE_UNREADABLE";
  return article.length > maxChars ? "ARTICLE_TOO_LONG" : undefined;
}

/** Whole pieces; undefined for an empty cell. Words, signs and units are refused: what they mean is never guessed. */
function piecesIn({ text, kind }: Cell): number | RowFault | undefined {
  // Full-width figures are figures; a thousands mark is one only where it stands before three of them.
  const figures = text.normalize("NFKC").replace(INVISIBLE, "").trim();
  if (figures === "") return undefined;
  if (kind === "DATE") return "IS_A_DATE";
  if (/^-\d/.test(figures)) return "BELOW_ZERO";
  if (WHOLE.test(figures) || GROUPED.test(figures)) {
    const pieces = Number(figures.replaceAll(",", ""));
    return pieces > LIMITS.MAX_QUANTITY_PIECES ? "TOO_MANY" : pieces;
  }
  return FRACTION.test(figures) ? "NOT_WHOLE" : "NOT_A_NUMBER";
}

import { LIMITS } from "@septet/stock-contracts";
import type { ReportKind } from "../domain/report.js";
import type { RowFault, ToldLine } from "../reporting.js";

const COLUMNS: ReadonlySet<string> = new Set(["code", "sku", "quantity", "kept"]);

/** Reads the lines of a JSON report one by one: a bad one is a fault with its row (from 1) and column, and the others stand. */
export function readLines(
  kind: ReportKind,
  told: readonly unknown[],
): { readonly lines: ToldLine[]; readonly faults: RowFault[] } {
  const lines: ToldLine[] = [];
  const faults: RowFault[] = [];
  told.forEach((value, index) => {
    const line = readLine(kind, value, index + 1);
    if ("column" in line) faults.push(line);
    else lines.push(line);
  });
  return { lines, faults };
}

function readLine(kind: ReportKind, value: unknown, row: number): ToldLine | RowFault {
  const fault = (column: string, reason: string, article?: string): RowFault => {
    const told = { row, column, code: "MALFORMED", reason };
    return article === undefined ? told : { ...told, article };
  };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fault("line", "is no object");
  const told = value as { readonly [column: string]: unknown };
  for (const column of Object.keys(told)) if (!COLUMNS.has(column)) return fault(column, "is not known here");
  const code = textOf(told.code, LIMITS.MAX_ID_CHARS);
  const sku = textOf(told.sku, LIMITS.MAX_SKU_CHARS);
  if (code === undefined) return fault("code", `takes 1 to ${LIMITS.MAX_ID_CHARS} characters`);
  if (sku === undefined) return fault("sku", `takes 1 to ${LIMITS.MAX_SKU_CHARS} characters`);
  if (code === null && sku === null) return fault("code", "names the article by its code, or by our SKU");
  const least = kind === "DELTA" ? -LIMITS.MAX_QUANTITY_PIECES : 0;
  const { quantity, kept = null } = told;
  if (!isPieces(quantity, least)) {
    return fault("quantity", `takes whole pieces from ${least} to ${LIMITS.MAX_QUANTITY_PIECES}`, code ?? sku!);
  }
  if (kept !== null && !isPieces(kept, 0)) return fault("kept", "takes whole pieces from 0", code ?? sku!);
  return { row, code, sku, quantity, kept };
}

/** Trimmed; null when it is left out, undefined when it is none. */
function textOf(value: unknown, maxChars: number): string | null | undefined {
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return text === "" || text.length > maxChars ? undefined : text;
}

const isPieces = (value: unknown, least: number): value is number =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= LIMITS.MAX_QUANTITY_PIECES;

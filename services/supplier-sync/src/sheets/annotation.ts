import { ROW_FAULTS } from "./faults.js";
import type { RowError } from "./report-row.js";
import type { StockSheet } from "./stock-sheet.js";

export type SheetLanguage = "en" | "zh";

/** What becomes of a sheet that is sent back: two columns beside what was in it. */
export interface Annotation {
  /** The column of the first of the two, from 0; the same in all rows. */
  readonly column: number;
  /** The two cells of a row; undefined where nothing is told of it. */
  noteOf(row: number): readonly [result: string, reason: string] | undefined;
}

const WORDS = {
  en: {
    result: "Result",
    reason: "Reason",
    applied: "applied",
    refused: "refused",
    at: (column: string) => `column ${column} `,
  },
  zh: {
    result: "处理结果",
    reason: "原因",
    applied: "已生效",
    refused: "未生效",
    at: (column: string) => `${column} 列`,
  },
} as const;

/** A row that was read and not applied after all: quarantined, implausible, older than what is recorded. */
export interface LaterRefusal {
  readonly row: number;
  /** As a spreadsheet names it; null where the whole row is meant. */
  readonly column: string | null;
  /** In the language of the answer. */
  readonly reason: string;
}

/**
 * What is told of each row: applied, or refused with the column and the reason.
 */
export function annotationOf(
  sheet: Pick<StockSheet, "headerRow" | "width" | "lines" | "errors">,
  language: SheetLanguage,
  later: readonly LaterRefusal[] = [],
): Annotation {
  const words = WORDS[language];
  const notes = new Map<number, readonly [string, string]>([[sheet.headerRow, [words.result, words.reason]]]);
  for (const { row } of sheet.lines) notes.set(row, [words.applied, ""]);
  for (const error of sheet.errors) notes.set(error.row, [words.refused, reasonOf(error, language)]);
  for (const { row, column, reason } of later) {
    notes.set(row, [words.refused, column === null ? reason : `${words.at(column)}${reason}`]);
  }
  return { column: sheet.width, noteOf: (row) => notes.get(row) };
}

/** Why a row was refused, with its column, as a person reads it. */
export function reasonOf({ column, fault }: RowError, language: SheetLanguage): string {
  return `${WORDS[language].at(column)}${ROW_FAULTS[fault][language]}`;
}

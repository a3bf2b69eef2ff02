/** A cell as it is read: its text, and what a spreadsheet says that it is. Cells of a CSV are text. */
export interface Cell {
  readonly text: string;
  readonly kind: "TEXT" | "NUMBER" | "DATE";
}

/** A row with something in it. */
export interface SheetRow {
  /** As a spreadsheet shows it, from 1. */
  readonly row: number;
  /** By column from A; cells without text are `EMPTY_CELL`. */
  readonly cells: readonly Cell[];
}

export const EMPTY_CELL: Cell = { text: "", kind: "TEXT" };

/** The letters of a column: 0 is A, 25 is Z, 26 is AA. */
export function columnName(index: number): string {
  let name = "";
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  }
  return name;
}

/** The column of a reference such as `AB12`, from 0; undefined when it is none. */
export function columnOf(reference: string): number | undefined {
  const letters = /^([A-Z]{1,3})\d{1,7}$/.exec(reference)?.[1];
  if (letters === undefined) return undefined;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

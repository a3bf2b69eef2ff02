/** What a sheet may be at most, so that whatever somebody sends costs bounded memory and time. */
export const SHEET_LIMITS = {
  /** As it is sent. */
  MAX_SHEET_BYTES: 33_554_432,
  /** With something in them, those above the header included. */
  MAX_ROWS: 50_020,
  MAX_COLUMNS: 256,
  /** A row of a CSV as it stands in the file. */
  MAX_ROW_CHARS: 262_144,
  MAX_CELL_CHARS: 32_767,
  /** A cell with more line breaks than this is a quote that was never closed. */
  MAX_CELL_LINES: 20,
  /** A header is looked for in the first rows: sheets have titles. */
  MAX_ROWS_TO_HEADER: 20,
  /** Parts of an XLSX, whether they are read or not. */
  MAX_XLSX_PARTS: 1_000,
  /** The rows of an XLSX, unpacked. */
  MAX_XLSX_ROWS_BYTES: 100_663_296,
  /** The texts of an XLSX, unpacked; they are held in memory while it is read. */
  MAX_XLSX_TEXTS_BYTES: 33_554_432,
  /** Workbook, relations and styles, unpacked, each. */
  MAX_XLSX_PART_BYTES: 4_194_304,
} as const;

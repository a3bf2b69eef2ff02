/** A figure without its fraction, thousands parted. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString("en-GB");
}

/** A table whose first column is text and whose others are figures, and an empty line. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, n) => (n === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line), ""];
}

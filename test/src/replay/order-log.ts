import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { parse } from "csv-parse/sync";
import { COLUMNS, type Column, type ReadRow, readLine } from "./log-line.js";

/** A path that cannot be replayed at all; its message says what to do. */
export class OrderLogError extends Error {
  override readonly name = "OrderLogError";
}

/** The CSV files meant by the paths, folders opened, in bytewise order of their names; a name may stand for one file only. */
export async function logFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
      const why = error.code === "ENOENT" ? "does not exist" : `cannot be read (${error.message})`;
      throw new OrderLogError(`${path} ${why}; give CSV files or folders of them`);
    });
    if (!found.isDirectory()) files.push(path);
    else files.push(...(await readdir(path)).filter((name) => name.endsWith(".csv")).map((name) => join(path, name)));
  }
  if (files.length === 0) throw new OrderLogError(`no .csv file in ${paths.join(", ")}`);
  const byName = new Map<string, string>();
  for (const file of files) {
    const other = byName.get(fileName(file));
    if (other)
      throw new OrderLogError(`${other} and ${file} have one name, and order ids are made from it; rename one`);
    byName.set(fileName(file), file);
  }
  return files.sort((a, b) => (fileName(a) < fileName(b) ? -1 : 1));
}

/** The part of a path that ids are made from. */
export function fileName(path: string): string {
  return basename(path).replace(/\.csv$/, "");
}

/**
 * Reads the files line by line. Each physical line is parsed on its own: this format has no line breaks inside fields, and
 * so an unclosed quote costs its row and not the rest of the file.
 */
export async function* readOrderLog(files: readonly string[]): AsyncGenerator<ReadRow> {
  for (const path of files) yield* readFile(path);
}

async function* readFile(path: string): AsyncGenerator<ReadRow> {
  const file = fileName(path);
  const lines = createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Number.POSITIVE_INFINITY });
  let positions: ReadonlyMap<Column, number> | undefined;
  let row = 0;
  for await (const text of lines) {
    row += 1;
    if (!positions) {
      positions = columnPositions(text.replace(/^\ufeff/, ""));
      const missing = COLUMNS.filter((column) => !positions?.has(column));
      if (missing.length === 0) continue;
      yield { ok: false, row: { file, row, reason: `the header lacks ${missing.join(", ")}; the file is left out` } };
      lines.close();
      return;
    }
    if (text.trim() !== "") yield readText(file, row, text, positions);
  }
}

function columnPositions(header: string): ReadonlyMap<Column, number> {
  const cells = cellsOf(header) ?? [];
  return new Map(COLUMNS.filter((column) => cells.includes(column)).map((column) => [column, cells.indexOf(column)]));
}

function readText(file: string, row: number, text: string, positions: ReadonlyMap<Column, number>): ReadRow {
  const unreadable = (reason: string): ReadRow => ({ ok: false, row: { file, row, reason } });
  if (text.includes("\ufffd")) return unreadable("is not UTF-8");
  const cells = cellsOf(text);
  if (!cells) return unreadable("is not CSV: a quote is not closed or stands where none may");
  const fields = {} as Record<Column, string>;
  for (const [column, position] of positions) {
    const cell = cells[position];
    if (cell === undefined) return unreadable(`has ${cells.length} columns, ${column} is missing`);
    fields[column] = cell;
  }
  return readLine(file, row, fields);
}

/** The cells of one line; undefined when it is not CSV. */
function cellsOf(line: string): string[] | undefined {
  // Most lines have no quote; splitting those is 20 times as fast as a parser per line.
  if (!line.includes('"')) return line.split(",");
  try {
    return parse(line, { relax_column_count: true })[0];
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

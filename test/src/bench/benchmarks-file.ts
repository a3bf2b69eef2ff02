import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryFolder } from "@septet/local-stack";

const BEGIN = "<!-- figures: begin (written by npm run bench) -->";
const END = "<!-- figures: end -->";

/** Puts the figures between the markers of BENCHMARKS.md. @throws when the file or a marker is missing. */
export async function writeFigures(text: string, file = join(repositoryFolder, "BENCHMARKS.md")): Promise<void> {
  await writeFile(file, withFigures(await readFile(file, "utf8"), text));
}

export function withFigures(page: string, text: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`BENCHMARKS.md lacks the line ${begin < 0 ? BEGIN : END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${page.slice(end)}`;
}

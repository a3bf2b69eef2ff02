import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryFolder } from "@septet/local-stack";

/** Which part of the page figures go to, with the command that writes it. */
const COMMAND = { figures: "npm run bench", burst: "npm run bench -- --burst" } as const;
export type Section = keyof typeof COMMAND;

/** Puts the figures between their markers of BENCHMARKS.md. @throws when the file or a marker is missing. */
export async function writeFigures(
  text: string,
  section: Section = "figures",
  file = join(repositoryFolder, "BENCHMARKS.md"),
): Promise<void> {
  await writeFile(file, withFigures(await readFile(file, "utf8"), text, section));
}

export function withFigures(page: string, text: string, section: Section = "figures"): string {
  const begin = `<!-- ${section}: begin (written by ${COMMAND[section]}) -->`;
  const end = `<!-- ${section}: end -->`;
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`BENCHMARKS.md lacks the line ${from < 0 ? begin : end}`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
}

/** Puts the tables into README.md; with --check it only says whether they are current. */
import { readFileSync, writeFileSync } from "node:fs";
import { TABLES } from "./render-tables.mjs";

const readme = new URL("../README.md", import.meta.url);
const present = readFileSync(readme, "utf8");

const wanted = Object.entries(TABLES).reduce((text, [name, table]) => {
  const between = new RegExp(`(<!-- ${name} -->\n)[^]*?(\n<!-- /${name} -->)`);
  if (!between.test(text)) throw new Error(`README.md has no place for the table "${name}"`);
  return text.replace(between, (_, before, after) => before + table + after);
}, present);

if (!process.argv.includes("--check")) writeFileSync(readme, wanted);
else if (wanted !== present) {
  process.stderr.write(
    "The tables of README.md are not what the contracts say.\nRun: npm run readme -w @septet/stock-contracts\n",
  );
  process.exitCode = 1;
}

/** `npm run generate`: writes src/generated/records.ts; with --check it only says whether the file is current. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { renderRecords } from "./render-records.mjs";
import { readSchemas } from "./schema-files.mjs";

const target = new URL("../src/generated/records.ts", import.meta.url);
const wanted = renderRecords(readSchemas());

if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== wanted) {
    process.stderr.write(
      "src/generated/records.ts is not what the schemas say.\nRun: npm run generate -w @septet/stock-contracts\n",
    );
    process.exitCode = 1;
  }
} else {
  mkdirSync(new URL(".", target), { recursive: true });
  writeFileSync(target, wanted);
}

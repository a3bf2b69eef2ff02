/**
 * `npm run release`: keeps a copy of every schema that differs from its last released one, under
 * schemas/released/<full name>/<n>.avsc. A released copy is never changed: others have written with it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { RELEASED_FOLDER, readReleased, readSchemas } from "./schema-files.mjs";

for (const { fullName, canonical } of readSchemas()) {
  const released = readReleased(fullName);
  const last = released.at(-1);
  if (last !== undefined && JSON.stringify(last.schema) === JSON.stringify(canonical)) continue;
  const version = (last?.version ?? 0) + 1;
  const folder = new URL(`${fullName}/`, RELEASED_FOLDER);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${version}.avsc`, folder), `${JSON.stringify(canonical, null, 2)}\n`);
  process.stdout.write(`released ${fullName} version ${version}\n`);
}

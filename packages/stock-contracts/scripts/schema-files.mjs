/** Reads the `.avsc` files of this package: name → { schema as written, canonical schema }. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

export const SCHEMAS_FOLDER = new URL("../schemas/", import.meta.url);
const FOLDERS = ["upstream", "stock"];

/**
 * The one form of a schema that is registered and released: without docs, so that a better explanation is no new
 * version, and with its keys in one order, because the registry gives another id to another text.
 */
export function canonical(schema) {
  if (Array.isArray(schema)) return schema.map(canonical);
  if (typeof schema !== "object" || schema === null) return schema;
  const ordered = {};
  for (const key of ["type", "name", "namespace", "logicalType", "items", "values", "fields", "default"]) {
    if (!(key in schema)) continue;
    ordered[key] = key === "default" ? schema.default : canonical(schema[key]);
  }
  return ordered;
}

/** Every record in order of folder and name; a file whose name is not its record's is refused. */
export function readSchemas() {
  return FOLDERS.flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, SCHEMAS_FOLDER))
      .filter((file) => file.endsWith(".avsc"))
      .sort()
      .map((file) => {
        const schema = JSON.parse(readFileSync(new URL(`${folder}/${file}`, SCHEMAS_FOLDER), "utf8"));
        if (`${schema.name}.avsc` !== file || schema.namespace !== `septet.${folder}`) {
          throw new Error(`schemas/${folder}/${file} holds ${schema.namespace}.${schema.name}: name the file after it`);
        }
        return {
          name: schema.name,
          fullName: `${schema.namespace}.${schema.name}`,
          schema,
          canonical: canonical(schema),
        };
      }),
  );
}

export const RELEASED_FOLDER = new URL("released/", SCHEMAS_FOLDER);

/** The released versions of a record, oldest first; none when it was never released. */
export function readReleased(fullName) {
  const folder = new URL(`${fullName}/`, RELEASED_FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((file) => ({
      version: Number.parseInt(file, 10),
      schema: JSON.parse(readFileSync(new URL(file, folder), "utf8")),
    }))
    .sort((a, b) => a.version - b.version);
}

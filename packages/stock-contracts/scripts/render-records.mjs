/** Turns the schemas into the text of `src/generated/records.ts`: an interface per record and the schemas themselves. */

const PRIMITIVES = {
  string: "string",
  int: "number",
  long: "number",
  boolean: "boolean",
  double: "number",
  null: "null",
};

function typeOf(type) {
  if (Array.isArray(type)) {
    const parts = type.map(typeOf);
    return [...parts.filter((part) => part !== "null"), ...parts.filter((part) => part === "null")].join(" | ");
  }
  if (typeof type === "string") return PRIMITIVES[type] ?? type;
  if (type.type === "array") return `readonly ${typeOf(type.items)}[]`;
  if (type.type === "map") return `{ readonly [key: string]: ${typeOf(type.values)} }`;
  if (type.type === "record") return type.name;
  return typeOf(type.type);
}

const isTimestamp = (type) => (Array.isArray(type) ? type.some(isTimestamp) : type?.logicalType === "timestamp-millis");

function nestedRecords(type) {
  if (Array.isArray(type)) return type.flatMap(nestedRecords);
  if (type?.type === "array") return nestedRecords(type.items);
  if (type?.type === "map") return nestedRecords(type.values);
  if (type?.type === "record") return [type];
  return [];
}

function comment(text, indent = "") {
  return text === "" ? [] : [`${indent}/** ${text} */`];
}

function renderInterface(record, seen) {
  if (seen.has(record.name)) throw new Error(`two records are called ${record.name}: short names are unique`);
  seen.add(record.name);
  const inner = record.fields
    .flatMap((field) => nestedRecords(field.type))
    .flatMap((nested) => renderInterface(nested, seen));
  const lines = [...comment(record.doc ?? ""), `export interface ${record.name} {`];
  for (const field of record.fields) {
    const notes = [field.doc ?? "", isTimestamp(field.type) ? "Epoch milliseconds." : ""].filter((note) => note !== "");
    lines.push(...comment(notes.join(" "), "  "), `  readonly ${field.name}: ${typeOf(field.type)};`);
  }
  return [...inner, ...lines, "}", ""];
}

/** The whole generated file. */
export function renderRecords(schemas) {
  const seen = new Set();
  const interfaces = schemas.flatMap(({ schema }) => renderInterface(schema, seen));
  return [
    "// Generated from schemas/*.avsc by `npm run generate -w @septet/stock-contracts`. Change the schema, not this file.",
    "",
    ...interfaces,
    "/** Every record by its short name. */",
    "export interface Records {",
    ...schemas.map(({ name }) => `  ${name}: ${name};`),
    "}",
    "",
    "/** Canonical schemas (no docs, keys in one order), by short name; what is registered and released. */",
    "export const SCHEMAS: { readonly [N in keyof Records]: object } = {",
    ...schemas.map(({ name, canonical }) => `  ${name}: ${JSON.stringify(canonical)},`),
    "};",
    "",
  ].join("\n");
}

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import avro from "avsc";
import { RECORD_NAMES, RECORDS } from "../src/index.js";
import { incompatibilities } from "./support/schema-compatibility.js";

const RELEASED = new URL("../schemas/released/", import.meta.url);
const RELEASE = "npm run release -w @septet/stock-contracts";

function releasedVersions(fullName: string): { version: number; schema: object }[] {
  const folder = new URL(`${fullName}/`, RELEASED);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((file) => ({
      version: Number.parseInt(file, 10),
      schema: JSON.parse(readFileSync(new URL(file, folder), "utf8")) as object,
    }))
    .sort((a, b) => a.version - b.version);
}

describe("the records", () => {
  test("generated from the schemas are current", () => {
    const script = fileURLToPath(new URL("../scripts/generate-records.mjs", import.meta.url));
    expect(() => execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" })).not.toThrow();
  });

  test.each(RECORD_NAMES)("%s can be read and written by avsc, and says when it happened", (name) => {
    const schema = RECORDS[name].schema as Parameters<typeof avro.Type.forSchema>[0];
    const type = avro.Type.forSchema(schema);
    expect(type.name).toBe(RECORDS[name].fullName);
    const value = type.random() as unknown as { eventId: unknown; occurredAt: unknown };
    expect(type.fromBuffer(type.toBuffer(value))).toEqual(value);
    expect(typeof value.eventId).toBe("string");
    expect(typeof value.occurredAt).toBe("number");
  });

  test.each(RECORD_NAMES)("%s is released as it stands", (name) => {
    const { fullName, schema } = RECORDS[name];
    const last = releasedVersions(fullName).at(-1);
    const current = JSON.stringify(last?.schema) === JSON.stringify(schema);
    expect(current ? "released" : `${fullName} differs from its last released version: run ${RELEASE}`).toBe(
      "released",
    );
  });

  test.each(RECORD_NAMES)("%s reads and is read by all its released versions", (name) => {
    const { fullName, schema } = RECORDS[name];
    const versions = releasedVersions(fullName);
    expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1));
    for (const older of versions) {
      expect({ version: older.version, faults: incompatibilities(older.schema, schema) }).toEqual({
        version: older.version,
        faults: [],
      });
    }
  });

  test("that were released once are still there", () => {
    const known = new Set(Object.values(RECORDS).map(({ fullName }) => fullName));
    expect(readdirSync(RELEASED).filter((fullName) => !known.has(fullName))).toEqual([]);
  });
});

describe("a schema change", () => {
  const field = (name: string, type: unknown, rest: object = {}) => ({ name, type, ...rest });
  const record = (...fields: object[]) => ({ type: "record", name: "Order", namespace: "septet.test", fields });
  const line = (...fields: object[]) => ({ type: "array", items: { type: "record", name: "Line", fields } });
  const base = record(field("orderId", "string"), field("lines", line(field("quantity", "int"))));

  test("that adds a nullable field with default null passes", () => {
    const newer = record(...base.fields, field("region", ["null", "string"], { default: null }));
    expect(incompatibilities(base, newer)).toEqual([]);
    expect(incompatibilities(newer, base)).toEqual([]);
  });

  test.each([
    ["adds a field without default", record(...base.fields, field("channel", "string"))],
    ["removes a field without default", record(field("orderId", "string"))],
    ["widens int to long", record(field("orderId", "string"), field("lines", line(field("quantity", "long"))))],
    [
      "makes a field nullable",
      record(field("orderId", ["null", "string"]), field("lines", line(field("quantity", "int")))),
    ],
    ["gives a field a default", record(field("orderId", "string", { default: "" }), base.fields[1] as object)],
    ["turns text into bytes", record(field("orderId", "bytes"), base.fields[1] as object)],
    [
      "renames a nested record",
      record(field("orderId", "string"), {
        name: "lines",
        type: { type: "array", items: { type: "record", name: "Row", fields: [field("quantity", "int")] } },
      }),
    ],
    [
      "brings an enum",
      record(...base.fields, field("state", { type: "enum", name: "State", symbols: ["A"] }, { default: "A" })),
    ],
    ["brings an alias", record(field("orderId", "string", { aliases: ["id"] }), base.fields[1] as object)],
  ])("that %s is refused", (_what, newer) => {
    expect(incompatibilities(base, newer)).not.toEqual([]);
  });

  test("that turns milliseconds into a bare number is refused, although Avro reads it", () => {
    const millis = record(field("at", { type: "long", logicalType: "timestamp-millis" }));
    expect(incompatibilities(millis, record(field("at", "long")))).toEqual([".at: long timestamp-millis became long"]);
  });

  test("that changes a default is refused, although Avro reads it", () => {
    const older = record(field("allowPartial", "boolean", { default: false }));
    const newer = record(field("allowPartial", "boolean", { default: true }));
    expect(incompatibilities(older, newer)).toEqual([
      ".allowPartial: the default changed, so old records read differently",
    ]);
  });
});

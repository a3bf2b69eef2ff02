import {
  anyWhole,
  type Fault,
  freeText,
  MAX_ITEMS,
  MAY_BE_EMPTY,
  NUMBER_RULES,
  optionalId,
  requiredId,
  shown,
  TEXT_RULES,
  timestamp,
  UNIQUE_BY,
} from "./field-rules.js";
import { LIMITS } from "./limits.js";
import type { Violation } from "./violations.js";

/**
 * A schema turned into functions once, so that checking a record costs no look-ups. `prefix` and `name` are joined
 * only for a violation: the path of a field that is right is never built.
 */
export type Check = (value: unknown, prefix: string, name: string, found: Violation[]) => void;

type Schema = string | readonly Schema[] | SchemaObject;
interface SchemaObject {
  readonly type: Schema;
  readonly name?: string;
  readonly logicalType?: string;
  readonly items?: Schema;
  readonly values?: Schema;
  readonly fields?: readonly { readonly name: string; readonly type: Schema }[];
}

/** Adds a violation, unless there are already more than anybody reads. */
export function report(found: Violation[], field: string, rule: string, wrong: string, instead: string): void {
  if (found.length < LIMITS.MAX_VIOLATIONS) found.push({ field, rule, message: `${field} ${wrong}: ${instead}` });
}

/** The check of a whole record by its canonical schema. */
export function checkOfRecord(schema: object): Check {
  return recordCheck(schema as SchemaObject);
}

function recordCheck({ name: record = "", fields = [] }: SchemaObject): Check {
  const checks = fields.map(({ name, type }) => [name, checkOf(type, record, name, false)] as const);
  return (value, prefix, name, found) => {
    if (typeof value !== "object" || value === null) {
      report(found, prefix + name || record, "type", `is ${shown(value)}`, "send a record");
      return;
    }
    const inner = name === "" ? prefix : `${prefix}${name}.`;
    for (const [field, check] of checks) check((value as Record<string, unknown>)[field], inner, field, found);
  };
}

function checkOf(type: Schema, record: string, field: string, nullable: boolean): Check {
  if (typeof type === "string") return primitiveCheck(type, record, field, nullable);
  if (isUnion(type)) {
    const check = checkOf(type.find((part) => part !== "null") ?? "null", record, field, true);
    return (value, prefix, name, found) => {
      if (value !== null) check(value, prefix, name, found);
    };
  }
  if (type.logicalType === "timestamp-millis") return numberCheck(timestamp);
  if (type.type === "record") return recordCheck(type);
  if (type.type === "array") return arrayCheck(type.items ?? "null", record, field);
  if (type.type === "map") return mapCheck();
  return checkOf(type.type, record, field, nullable);
}

function isUnion(type: Schema): type is readonly Schema[] {
  return Array.isArray(type);
}

function primitiveCheck(type: string, record: string, field: string, nullable: boolean): Check {
  if (type === "string") {
    return textCheck(
      TEXT_RULES[`${record}.${field}`] ?? TEXT_RULES[field] ?? (nullable ? optionalId : requiredId),
      nullable,
    );
  }
  if (type === "int" || type === "long") {
    return numberCheck(NUMBER_RULES[`${record}.${field}`] ?? NUMBER_RULES[field] ?? anyWhole);
  }
  if (type === "boolean") {
    return (value, prefix, name, found) => {
      if (typeof value !== "boolean") report(found, prefix + name, "type", `is ${shown(value)}`, "send true or false");
    };
  }
  throw new Error(`${record}.${field}: no check for the Avro type ${type}`);
}

function textCheck(rule: (text: string) => Fault, nullable: boolean): Check {
  return (value, prefix, name, found) => {
    if (typeof value !== "string") {
      report(found, prefix + name, "type", `is ${shown(value)}`, nullable ? "send a text or null" : "send a text");
      return;
    }
    // An optional text that is empty says the same as null.
    const fault = nullable && value === "" ? undefined : rule(value);
    if (fault !== undefined) report(found, prefix + name, ...fault);
  };
}

function numberCheck(rule: (value: number) => Fault): Check {
  return (value, prefix, name, found) => {
    const fault: Fault = typeof value === "number" ? rule(value) : ["type", `is ${shown(value)}`, "send a number"];
    if (fault !== undefined) report(found, prefix + name, ...fault);
  };
}

function arrayCheck(items: Schema, record: string, field: string): Check {
  const path = `${record}.${field}`;
  const check = checkOf(items, record, field, false);
  const maxItems = MAX_ITEMS[path] ?? Number.POSITIVE_INFINITY;
  const mayBeEmpty = MAY_BE_EMPTY.has(path);
  const uniqueBy = UNIQUE_BY[path];
  return (value, prefix, name, found) => {
    if (!Array.isArray(value)) {
      report(found, prefix + name, "type", `is ${shown(value)}`, "send a list");
    } else if (value.length === 0) {
      if (!mayBeEmpty) report(found, prefix + name, "empty", "is empty", "send at least one");
    } else if (value.length > maxItems) {
      report(found, prefix + name, "too-many", `has ${value.length} items`, `send at most ${maxItems}`);
    } else {
      for (let index = 0; index < value.length; index++) check(value[index], prefix, `${name}[${index}]`, found);
      if (uniqueBy !== undefined && value.length > 1) checkUnique(value, uniqueBy, prefix + name, found);
    }
  };
}

function checkUnique(items: readonly unknown[], fields: readonly string[], path: string, found: Violation[]): void {
  const seen = new Map<string, number>();
  items.forEach((item, index) => {
    const values = fields.map((field) => String((item as Record<string, unknown> | null)?.[field]).trim());
    const key = values.length === 1 ? (values[0] as string) : JSON.stringify(values);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    else {
      const what = fields.join(" and ");
      report(found, `${path}[${index}]`, "duplicate", `has the ${what} of ${path}[${first}]`, `send each ${what} once`);
    }
  });
}

function mapCheck(): Check {
  return (value, prefix, name, found) => {
    if (typeof value !== "object" || value === null) {
      report(found, prefix + name, "type", `is ${shown(value)}`, "send a map of texts");
      return;
    }
    for (const [key, text] of Object.entries(value)) {
      const fault = typeof text === "string" ? freeText(text) : (["type", `is ${shown(text)}`, "send a text"] as const);
      if (fault !== undefined) report(found, `${prefix}${name}.${key}`, ...fault);
    }
  };
}

import { SCHEMAS } from "./generated/records.js";
import type { RecordName, RecordOf } from "./records.js";

type Reader = (value: unknown) => unknown;
type Fields = readonly (readonly [name: string, read: Reader])[];

interface Field {
  readonly name: string;
  readonly type: unknown;
}

/**
 * The record as everybody reads it: SKUs trimmed, and optional texts that are empty null, since they say nothing. The
 * same object when there is nothing to change. The record must fit its schema.
 */
export function trimmed<N extends RecordName>(name: N, value: RecordOf<N>): RecordOf<N> {
  return READERS[name](value) as RecordOf<N>;
}

const READERS = Object.fromEntries(
  Object.entries(SCHEMAS).map(([name, schema]) => [name, recordReader(schema) ?? ((value: unknown) => value)]),
) as { readonly [N in RecordName]: Reader };

function readerOf({ name, type }: Field): Reader | undefined {
  if (Array.isArray(type)) {
    const inner = type.find((part) => part !== "null");
    const read = readerOf({ name, type: inner });
    if (inner === "string") return (value) => (value === null ? null : (read?.(value) ?? value) || null);
    return read && ((value) => (value === null ? null : read(value)));
  }
  if (type === "string") return name === "sku" ? (value) => (value as string).trim() : undefined;
  if (typeof type !== "object" || type === null) return undefined;
  const { type: kind, items } = type as { type: unknown; items?: unknown };
  if (kind === "record") return recordReader(type);
  if (kind === "array") return arrayReader(readerOf({ name: "", type: items }));
  return undefined;
}

function recordReader(schema: object): Reader | undefined {
  const fields: Fields = (schema as { fields: Field[] }).fields.flatMap((field) => {
    const read = readerOf(field);
    return read === undefined ? [] : [[field.name, read] as const];
  });
  if (fields.length === 0) return undefined;
  return (value) => {
    let changed: Record<string, unknown> | undefined;
    for (const [name, read] of fields) {
      const before = (value as Record<string, unknown>)[name];
      const after = read(before);
      if (after === before) continue;
      changed ??= { ...(value as Record<string, unknown>) };
      changed[name] = after;
    }
    return changed ?? value;
  };
}

function arrayReader(read: Reader | undefined): Reader | undefined {
  if (read === undefined) return undefined;
  return (value) => {
    const before = value as readonly unknown[];
    let changed: unknown[] | undefined;
    for (let index = 0; index < before.length; index++) {
      const after = read(before[index]);
      if (after === before[index]) continue;
      changed ??= [...before];
      changed[index] = after;
    }
    return changed ?? value;
  };
}

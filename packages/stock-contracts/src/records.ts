import { type Records, SCHEMAS } from "./generated/records.js";
import { TOPIC_OF, type TopicName } from "./topic-records.js";

/** The short name of a record; unique over all namespaces. */
export type RecordName = keyof Records;

/** The value of a record: a plain object as `avsc` reads and writes it; nullable fields are there and null. */
export type RecordOf<N extends RecordName> = Records[N];

export interface RecordDefinition {
  readonly name: RecordName;
  /** With its namespace: `septet.upstream.OrderPlaced`. */
  readonly fullName: string;
  /** Logical name of the topic that carries it. */
  readonly topic: TopicName;
  /** The canonical schema; register `JSON.stringify` of it and nothing else. */
  readonly schema: object;
}

/** Every record of the platform. */
export const RECORDS = Object.fromEntries(
  (Object.keys(SCHEMAS) as RecordName[]).map((name) => [name, definitionOf(name)]),
) as { readonly [N in RecordName]: RecordDefinition };

export const RECORD_NAMES = Object.keys(RECORDS) as readonly RecordName[];

const BY_FULL_NAME: ReadonlyMap<string, RecordDefinition> = new Map(
  Object.values(RECORDS).map((definition) => [definition.fullName, definition]),
);

/** The record with this full name, or undefined when it is none of ours. */
export function recordByFullName(fullName: string): RecordDefinition | undefined {
  return BY_FULL_NAME.get(fullName);
}

function definitionOf(name: RecordName): RecordDefinition {
  const schema = SCHEMAS[name] as { readonly namespace: string };
  return { name, fullName: `${schema.namespace}.${name}`, topic: TOPIC_OF[name], schema };
}

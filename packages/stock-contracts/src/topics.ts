import { keyOf } from "./keys.js";
import { LIMITS } from "./limits.js";
import type { RecordName, RecordOf } from "./records.js";
import {
  DEAD_LETTER_TOPICS,
  type DeadLetterTopic,
  RECORD_TOPICS,
  type RecordTopic,
  TOPIC_RECORDS,
  type TopicName,
} from "./topic-records.js";

export interface TopicDefinition {
  /** Logical name; a prefix may stand before it on a shared broker. */
  readonly name: TopicName;
  /** Fixed for ever: another number would send a key elsewhere, and means a new version of the topic. */
  readonly partitions: number;
  /** Only the last record of a key is kept. */
  readonly compacted: boolean;
  /** −1: kept for ever. */
  readonly retentionMs: number;
  readonly maxMessageBytes: number;
  /** The records it carries; none for dead letters, which carry what others sent. */
  readonly records: readonly RecordName[];
  /** The key of a record on this topic. Throws for dead letters: they keep the key of their source. */
  keyOf<N extends RecordName>(name: N, value: RecordOf<N>): string;
}

const PARTITIONS = 12;
const DAY_MS = 86_400_000;
const FOR_EVER_MS = -1;
/** Long enough to bring a service back from a backup and let it read what it missed. */
const FACTS_MS = 30 * DAY_MS;
/** A dead letter waits for a human. */
const DEAD_LETTERS_MS = 90 * DAY_MS;

/** Compacted topics hold the present state of things. */
const COMPACTED: ReadonlySet<RecordTopic> = new Set<RecordTopic>([
  "upstream.catalogue.v1",
  "stock.locations.v1",
  "stock.policies.v1",
  "stock.availability.v1",
]);

function recordTopic(name: RecordTopic): TopicDefinition {
  const compacted = COMPACTED.has(name);
  return {
    name,
    partitions: PARTITIONS,
    compacted,
    retentionMs: compacted || name === "stock.movements.v1" ? FOR_EVER_MS : FACTS_MS,
    maxMessageBytes: name.startsWith("upstream.") ? LIMITS.MAX_UPSTREAM_MESSAGE_BYTES : LIMITS.MAX_MESSAGE_BYTES,
    records: TOPIC_RECORDS[name],
    keyOf,
  };
}

function deadLetters(name: DeadLetterTopic): TopicDefinition {
  return {
    name,
    partitions: PARTITIONS,
    compacted: false,
    retentionMs: DEAD_LETTERS_MS,
    maxMessageBytes: LIMITS.MAX_DEAD_LETTER_BYTES,
    records: [],
    keyOf() {
      throw new RangeError(`${name}: a dead letter keeps the key of its source`);
    },
  };
}

/** Every topic of the platform by its logical name, dead letters included. */
export const TOPICS = Object.fromEntries(
  [...RECORD_TOPICS.map(recordTopic), ...DEAD_LETTER_TOPICS.map(deadLetters)].map((topic) => [topic.name, topic]),
) as { readonly [N in TopicName]: TopicDefinition };

export const TOPIC_NAMES = Object.keys(TOPICS) as readonly TopicName[];

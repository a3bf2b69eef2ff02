import { deadLetterTopic, type ServiceName } from "@septet/stock-contracts";
import type { InboundMessage } from "./event-log.js";
import type { OutboxRow } from "./outbox.js";

const MAX_ERROR_CHARS = 2_000;
const ORIGIN_HEADER = "origin-header-";

/** Headers that a dead letter carries beside its untouched value and key. */
export const DEAD_LETTER_HEADERS = {
  code: "dead-letter-code",
  message: "dead-letter-message",
  service: "dead-letter-service",
  occurredAt: "dead-letter-occurred-at",
  topic: "dead-letter-origin-topic",
  partition: "dead-letter-origin-partition",
  offset: "dead-letter-origin-offset",
  /** On the note that a letter was replayed: its `partition:offset` among the dead letters. */
  replayed: "dead-letter-replayed",
} as const;

export interface DeadLetterError {
  readonly code: string;
  readonly message: string;
}

/** The outbox row that puts a message aside: value and key untouched, error and origin in headers. */
export function deadLetterRow(service: ServiceName, message: InboundMessage, error: DeadLetterError): OutboxRow {
  const headers: Record<string, string> = {
    [DEAD_LETTER_HEADERS.code]: error.code,
    [DEAD_LETTER_HEADERS.message]: error.message.slice(0, MAX_ERROR_CHARS),
    [DEAD_LETTER_HEADERS.service]: service,
    [DEAD_LETTER_HEADERS.occurredAt]: new Date().toISOString(),
    [DEAD_LETTER_HEADERS.topic]: message.topic,
    [DEAD_LETTER_HEADERS.partition]: String(message.partition),
    [DEAD_LETTER_HEADERS.offset]: String(message.offset),
  };
  for (const [name, value] of Object.entries(message.headers)) headers[`${ORIGIN_HEADER}${name}`] = value;
  return { topic: deadLetterTopic(service), key: message.key ?? "", value: message.value, headers };
}

/** A message put aside, as it lies on the dead-letter topic. */
export interface DeadLetter {
  /** `partition:offset` on the dead-letter topic. */
  readonly id: string;
  readonly error: DeadLetterError;
  readonly occurredAt: string;
  readonly origin: { readonly topic: string; readonly partition: number; readonly offset: number };
  readonly key: string;
  readonly value: Buffer | null;
  /** The headers it had at its origin. */
  readonly headers: Record<string, string>;
}

/** Reads a dead letter back; undefined when the message is none (a replay note, or something foreign). */
export function deadLetterOf(message: InboundMessage): DeadLetter | undefined {
  const header = (name: keyof typeof DEAD_LETTER_HEADERS) => message.headers[DEAD_LETTER_HEADERS[name]];
  const topic = header("topic");
  if (topic === undefined) return undefined;
  const headers = Object.entries(message.headers)
    .filter(([name]) => name.startsWith(ORIGIN_HEADER))
    .map(([name, value]) => [name.slice(ORIGIN_HEADER.length), value] as const);
  return {
    id: `${message.partition}:${message.offset}`,
    error: { code: header("code") ?? "UNKNOWN", message: header("message") ?? "" },
    occurredAt: header("occurredAt") ?? "",
    origin: { topic, partition: Number(header("partition")), offset: Number(header("offset")) },
    key: message.key ?? "",
    value: message.value,
    headers: Object.fromEntries(headers),
  };
}

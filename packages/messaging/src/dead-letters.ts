import { deadLetterTopic, type ServiceName, TOPICS } from "@septet/stock-contracts";
import type { InboundMessage } from "./event-log.js";
import { type OutboxRow, recordBytes } from "./outbox.js";

const MAX_ERROR_CHARS = 2_000;
const ORIGIN_HEADER = "origin-header-";
/** Of a header that no text column takes: its name percent-encoded, its value in base64. */
const ORIGIN_BINARY_HEADER = "origin-binary-header-";
/** Postgres stores no NUL in a text; half a surrogate pair is what cutting a text can leave. */
const UNSTORABLE = /[\0\p{Cs}]/u;
const EACH_UNSTORABLE = new RegExp(UNSTORABLE, "gu");

/** Headers that a dead letter carries beside its untouched value and key. */
export const DEAD_LETTER_HEADERS = {
  code: "dead-letter-code",
  message: "dead-letter-message",
  service: "dead-letter-service",
  occurredAt: "dead-letter-occurred-at",
  topic: "dead-letter-origin-topic",
  partition: "dead-letter-origin-partition",
  offset: "dead-letter-origin-offset",
  /** `base64` when no text column takes the origin's key, and the letter's key is that of it. */
  keyEncoding: "dead-letter-key-encoding",
  /** What had to be left out, so that the letter fits its topic: `headers`, or `headers and key`. */
  dropped: "dead-letter-dropped",
  /** On the note that a letter was replayed: its `partition:offset` among the dead letters. */
  replayed: "dead-letter-replayed",
} as const;

export interface DeadLetterError {
  readonly code: string;
  readonly message: string;
}

/**
 * The outbox row that puts a message aside: value and key untouched, error and origin in headers. It can be stored and
 * sent whatever the message is made of, else the message would stand before its partition for ever: binary texts are
 * encoded, and headers (then the key) too large for the topic are left out, which a header tells.
 */
export function deadLetterRow(service: ServiceName, message: InboundMessage, error: DeadLetterError): OutboxRow {
  const topic = deadLetterTopic(service);
  const headers: Record<string, string> = {
    [DEAD_LETTER_HEADERS.code]: error.code,
    [DEAD_LETTER_HEADERS.message]: storable(error.message.slice(0, MAX_ERROR_CHARS)),
    [DEAD_LETTER_HEADERS.service]: service,
    [DEAD_LETTER_HEADERS.occurredAt]: new Date().toISOString(),
    [DEAD_LETTER_HEADERS.topic]: message.topic,
    [DEAD_LETTER_HEADERS.partition]: String(message.partition),
    [DEAD_LETTER_HEADERS.offset]: String(message.offset),
  };
  const key = message.key ?? "";
  if (!isStorable(key)) headers[DEAD_LETTER_HEADERS.keyEncoding] = "base64";
  const letter = { topic, key: isStorable(key) ? key : base64(key), value: message.value };
  const row = { ...letter, headers: { ...headers, ...originHeaders(message) } };
  const fits = (candidate: OutboxRow) => recordBytes(candidate) <= TOPICS[topic].maxMessageBytes;
  if (fits(row)) return row;
  const dropped = (what: string) => ({ ...headers, [DEAD_LETTER_HEADERS.dropped]: what });
  const bare = { ...letter, headers: dropped("headers") };
  return fits(bare) ? bare : { ...letter, key: "", headers: dropped("headers and key") };
}

function originHeaders(message: InboundMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (isStorable(name) && isStorable(value)) headers[`${ORIGIN_HEADER}${name}`] = value;
    else headers[`${ORIGIN_BINARY_HEADER}${encodeURIComponent(name)}`] = base64(value);
  }
  return headers;
}

function originHeadersOf(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      if (name.startsWith(ORIGIN_HEADER)) return [[name.slice(ORIGIN_HEADER.length), value]];
      if (!name.startsWith(ORIGIN_BINARY_HEADER)) return [];
      return [[decodeURIComponent(name.slice(ORIGIN_BINARY_HEADER.length)), fromBase64(value)]];
    }),
  );
}

function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

function storable(text: string): string {
  return isStorable(text) ? text : text.replace(EACH_UNSTORABLE, "\uFFFD");
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function fromBase64(text: string): string {
  return Buffer.from(text, "base64").toString();
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
  const key = message.key ?? "";
  return {
    id: `${message.partition}:${message.offset}`,
    error: { code: header("code") ?? "UNKNOWN", message: header("message") ?? "" },
    occurredAt: header("occurredAt") ?? "",
    origin: { topic, partition: Number(header("partition")), offset: Number(header("offset")) },
    key: header("keyEncoding") === "base64" ? fromBase64(key) : key,
    value: message.value,
    headers: originHeadersOf(message.headers),
  };
}

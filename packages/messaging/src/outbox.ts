import { TOPICS } from "@septet/stock-contracts";
import type { Session } from "./database-session.js";
import { MessageTooLargeError } from "./errors.js";

/** A message to be published by the relay. `sku` and `sequence` are set for movements only. */
export interface OutboxRow {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers?: Record<string, string>;
  readonly eventId?: string;
  readonly sku?: string;
  readonly sequence?: number;
}

/**
 * One statement for all rows, whatever their number. Ids are drawn in the order of `ord`, so the order of `rows` is the
 * order per key in Kafka; call it after the transaction's last lock.
 *
 * The payloads travel as one bytea that is cut in the database. Rejected: `$n::bytea[]`, which the driver sends as text,
 * two characters a byte, inside a quoted array. Postgres's CPU per row of 300 bytes: 5.7 µs against 9.7; of 2,000 bytes:
 * 19 µs against 45. The driver's is the same within the noise (5 to 9 µs).
 */
const APPEND = `
INSERT INTO outbox (topic, key, payload, headers, event_id, sku, sequence)
SELECT r.topic, r.key,
       CASE WHEN r.size >= 0 THEN substring($3::bytea FROM r.start FOR r.size) END,
       r.headers, r.event_id, r.sku, r.sequence
FROM unnest($1::text[], $2::text[], $4::int[], $5::int[], $6::jsonb[], $7::text[], $8::text[], $9::bigint[])
     WITH ORDINALITY AS r(topic, key, start, size, headers, event_id, sku, sequence, ord)
ORDER BY r.ord`;

/**
 * Writes the rows in the caller's transaction; nothing is sent before it commits. Wake the relay afterwards.
 * @throws MessageTooLargeError when a record is above its topic's limit (nothing is written).
 */
export async function appendToOutbox(session: Session, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  rows.forEach(checkSize);
  const payloads: Buffer[] = [];
  const starts: number[] = [];
  const sizes: number[] = [];
  let start = 1;
  for (const row of rows) {
    starts.push(start);
    sizes.push(row.value === null ? -1 : row.value.length);
    if (row.value === null) continue;
    payloads.push(row.value);
    start += row.value.length;
  }
  await session.query(APPEND, [
    rows.map((row) => row.topic),
    rows.map((row) => row.key),
    Buffer.concat(payloads),
    starts,
    sizes,
    rows.map((row) => (row.headers === undefined ? null : JSON.stringify(row.headers))),
    rows.map((row) => row.eventId ?? null),
    rows.map((row) => row.sku ?? null),
    rows.map((row) => row.sequence ?? null),
  ]);
}

/** Room in bytes for Kafka's own framing of a record, and of each header, beside their texts. */
const FRAMING_BYTES = 64;
const HEADER_FRAMING_BYTES = 10;

function checkSize(row: OutboxRow): void {
  const limit = (TOPICS as Record<string, { maxMessageBytes: number } | undefined>)[row.topic]?.maxMessageBytes;
  if (limit === undefined) throw new Error(`no topic named ${row.topic} in the contracts`);
  const size = recordBytes(row);
  if (size > limit) throw new MessageTooLargeError(`a message of ${size} bytes for ${row.topic}, which takes ${limit}`);
}

/** Bytes of a record on the wire, framing included, at most. */
export function recordBytes(record: { key: string; value: Buffer | null; headers?: Record<string, string> }): number {
  let bytes = FRAMING_BYTES + Buffer.byteLength(record.key) + (record.value?.length ?? 0);
  if (record.headers !== undefined) {
    for (const [name, value] of Object.entries(record.headers)) {
      bytes += Buffer.byteLength(name) + Buffer.byteLength(value) + HEADER_FRAMING_BYTES;
    }
  }
  return bytes;
}

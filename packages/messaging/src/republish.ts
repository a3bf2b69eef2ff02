import { RECORDS, type ServiceName, type StockMovement } from "@septet/stock-contracts";
import type { Codec } from "./avro-codec.js";
import type { Session } from "./database-session.js";
import type { EventLog, InboundMessage } from "./event-log.js";
import { partitionOf } from "./kafka/murmur2-partitioner.js";
import { appendToOutbox } from "./outbox.js";

const MOVEMENTS = RECORDS.StockMovement.topic;

export interface SequenceSpan {
  readonly sku: string;
  /** First and last sequence, both included. */
  readonly from: number;
  readonly to: number;
}

export interface Republished {
  /** Sequences that the relay will send again. */
  readonly sent: readonly number[];
  /** Sequences of the span that were recorded and of which the outbox has no copy. */
  readonly missing: readonly number[];
}

/**
 * Has the relay send the movements again, from the outbox: their rows become unpublished once more. Who has them already
 * drops them by their sequence.
 */
export async function republish(session: Session, span: SequenceSpan): Promise<Republished> {
  // A data-modifying CTE, because UPDATE … RETURNING comes back in another shape through TypeORM.
  const rows = await session.query<{ sequence: string }>(
    `WITH again AS (
       UPDATE outbox SET published_at = NULL
       WHERE topic = $4 AND sku = $1 AND sequence BETWEEN $2 AND $3
       RETURNING sequence)
     SELECT DISTINCT sequence FROM again ORDER BY sequence`,
    [span.sku, span.from, span.to, MOVEMENTS],
  );
  const sent = rows.map((row) => Number(row.sequence));
  const head = await headOf(session, span.sku);
  const found = new Set(sent);
  const missing: number[] = [];
  for (let sequence = Math.max(1, span.from); sequence <= Math.min(span.to, head); sequence++) {
    if (!found.has(sequence)) missing.push(sequence);
  }
  return { sent, missing };
}

async function headOf(session: Session, sku: string): Promise<number> {
  const rows = await session.query<{ sequence: string }>("SELECT sequence FROM sku_stream WHERE sku = $1", [sku]);
  return Number(rows[0]?.sequence ?? 0);
}

export interface MissingOptions {
  readonly session: Session;
  readonly eventLog: EventLog;
  readonly codec: Codec;
  readonly service: ServiceName;
  readonly sku: string;
  /** Sequences of which the outbox has no copy. */
  readonly sequences: readonly number[];
  /** Close with `VOID` what Kafka does not hold either. */
  readonly void: boolean;
  readonly actor?: string;
  /** What `copiesInKafka` found, read before the stream was locked; without it the copies are read here. */
  readonly copies?: ReadonlyMap<number, MovementCopy>;
}

export interface MissingRepublished {
  /** Copied from Kafka and put into the outbox again. */
  readonly copied: readonly number[];
  /** Closed by a movement of kind VOID. */
  readonly voided: readonly number[];
  /** No copy is left anywhere, and `void` was not asked for. */
  readonly lost: readonly number[];
}

/**
 * What the outbox no longer holds: from Kafka, where movements stay for ever, or, when no copy is left there either, as
 * `VOID`, which closes the sequence and moves nothing. What the owners' rows then differ by is repaired as drift.
 */
export async function republishMissing(options: MissingOptions): Promise<MissingRepublished> {
  const { session, sequences, service, sku } = options;
  if (sequences.length === 0) return { copied: [], voided: [], lost: [] };
  const copies = options.copies ?? (await copiesInKafka(options));
  const copied = sequences.filter((sequence) => copies.has(sequence));
  const gone = sequences.filter((sequence) => !copies.has(sequence));
  const voided = options.void ? gone : [];
  await appendToOutbox(session, [
    ...copied.map((sequence) => movementRow(sku, sequence, copies.get(sequence)!)),
    ...voided.map((sequence) => movementRow(sku, sequence, voidMovement(options, service, sequence))),
  ]);
  return { copied, voided, lost: options.void ? [] : gone };
}

/** A movement as Kafka holds it. */
export interface MovementCopy {
  readonly value: Buffer;
  readonly eventId: string;
}

function movementRow(sku: string, sequence: number, { value, eventId }: MovementCopy) {
  return { topic: MOVEMENTS, key: sku, value, eventId, sku, sequence };
}

/** By sequence. Reads the whole of the one partition that holds the SKU, which can take minutes: hold no lock meanwhile. */
export async function copiesInKafka(
  options: Pick<MissingOptions, "eventLog" | "codec" | "service" | "sku" | "sequences">,
): Promise<Map<number, MovementCopy>> {
  const { eventLog, codec, service, sku } = options;
  const wanted = new Set(options.sequences);
  if (wanted.size === 0) return new Map();
  const copies = new Map<number, MovementCopy>();
  const ends = await eventLog.endOffsets(MOVEMENTS);
  const partition = partitionOf(sku, ends.size);
  const from = new Map([...ends].map(([other, end]) => [other, other === partition ? 0 : end]));
  const visit = async (message: InboundMessage) => {
    if (message.key !== sku || message.value === null) return;
    const decoded = await codec.decode(message);
    if (!decoded.ok || decoded.name !== "StockMovement" || decoded.value.recordedBy !== service) return;
    const { sequence, eventId } = decoded.value;
    if (wanted.has(sequence)) copies.set(sequence, { value: message.value, eventId });
  };
  await eventLog.read({ topic: MOVEMENTS, from, visit });
  return copies;
}

function voidMovement(options: MissingOptions, service: ServiceName, sequence: number): MovementCopy {
  const eventId = crypto.randomUUID();
  const movement: StockMovement = {
    eventId,
    occurredAt: Date.now(),
    movementId: crypto.randomUUID(),
    sku: options.sku,
    kind: "VOID",
    sequence,
    recordedBy: service,
    reference: { type: "correction", id: `void-${service}-${options.sku}-${sequence}`, line: null },
    reverses: null,
    reason: "no copy of the movement is left",
    actor: options.actor ?? null,
    legs: [],
  };
  return { value: options.codec.encode("StockMovement", movement), eventId };
}

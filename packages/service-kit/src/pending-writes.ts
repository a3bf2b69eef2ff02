import { appendToOutbox, type InboundMessage, type OutboxRow, recordConsumed, type Session } from "@septet/messaging";
import { type StoredAnswer, storeAnswers } from "./idempotency.js";

/** What a unit of work has decided and not written yet. */
export interface PendingWrites {
  sequences: Map<string, number>;
  /** By group: rows of one group are written in one sorted statement, so that two slices of it cannot deadlock. */
  consumed: Map<string, InboundMessage[]>;
  answers: Map<string, StoredAnswer>;
  unanswered: string[];
  outbox: OutboxRow[];
  /** Those among the outbox rows, for the metric. */
  deadLetters: { topic: string; code: string }[];
}

/** Before anything is decided. */
export function nothingPending(): PendingWrites {
  return {
    sequences: new Map(),
    consumed: new Map(),
    answers: new Map(),
    unanswered: [],
    outbox: [],
    deadLetters: [],
  };
}

/** The claimed keys that had no answer and got none. */
export function unansweredOf(
  claimed: ReadonlyMap<string, StoredAnswer | undefined>,
  pending: Pick<PendingWrites, "answers">,
): string[] {
  return [...claimed].flatMap(([id, stored]) => (stored === undefined && !pending.answers.has(id) ? [id] : []));
}

const ADVANCE_STREAMS = `UPDATE sku_stream s SET sequence = t.sequence
  FROM unnest($1::text[], $2::bigint[]) AS t (sku, sequence) WHERE s.sku = t.sku`;

/** Writes them, each kind in one statement; outbox ids are drawn last. Returns whether something is to be sent. */
export async function flush(session: Session, pending: PendingWrites): Promise<boolean> {
  if (pending.sequences.size > 0) {
    await session.query(ADVANCE_STREAMS, [[...pending.sequences.keys()], [...pending.sequences.values()]]);
  }
  await storeAnswers(session, pending.answers, pending.unanswered);
  for (const [groupId, messages] of pending.consumed) await recordConsumed(session, groupId, messages);
  if (pending.outbox.length > 0) await appendToOutbox(session, pending.outbox);
  return pending.outbox.length > 0;
}

import { deadLetterRow, type OutboxRow } from "@septet/messaging";
import type { MovementDraft, RecordName, RecordOf, StockMovement } from "@septet/stock-contracts";
import { keyOf, RECORDS } from "@septet/stock-contracts";
import type { Recorder } from "./database.js";
import type { HeldLocks } from "./locks.js";
import type { PendingWrites } from "./pending-writes.js";
import { currentTrace, traceHeaders } from "./trace-context.js";
import type { PublishOptions, UnitOfWork } from "./unit-of-work.js";

type Outgoing = Pick<UnitOfWork, "sequenceOf" | "record" | "publish" | "deadLetter">;

/** What leaves with the commit: movements with their sequences, events and dead letters, in the order of the calls. */
export function outgoing(
  recorder: Recorder,
  held: HeldLocks,
  pending: PendingWrites,
  actor: string | undefined,
): Outgoing {
  const append = appending(recorder, pending);
  const sequenceOf = (sku: string) => pending.sequences.get(sku) ?? held.sequences.get(sku);
  return {
    sequenceOf,
    record(draft, o) {
      const { sku } = draft;
      const last = sequenceOf(sku);
      if (last === undefined) throw new Error(`the stream of ${sku} is not held: the plan must name its SKU`);
      const movementId = recorder.newId();
      const occurredAt = o?.occurredAt ?? held.now;
      const identity = {
        eventId: movementId,
        movementId,
        occurredAt,
        sequence: last + 1,
        recordedBy: recorder.service,
      };
      const movement = movementOf(draft, identity, actor);
      pending.sequences.set(sku, movement.sequence);
      append("StockMovement", movement, o, { eventId: movementId, sku, sequence: movement.sequence });
      return movement;
    },
    publish(name, value, o) {
      const record = { eventId: recorder.newId(), occurredAt: held.now, ...value } as RecordOf<typeof name>;
      append(name, record, o, { eventId: record.eventId });
    },
    deadLetter(message, error) {
      pending.outbox.push(deadLetterRow(recorder.service, message, error));
      pending.deadLetters.push({ topic: message.topic, code: error.code });
    },
  };
}

type Identity = Pick<StockMovement, "eventId" | "movementId" | "occurredAt" | "sequence" | "recordedBy">;

function movementOf(draft: MovementDraft, identity: Identity, actor: string | undefined): StockMovement {
  return {
    ...draft,
    ...identity,
    reference: { ...draft.reference, line: draft.reference.line ?? null },
    reverses: draft.reverses ?? null,
    reason: draft.reason ?? null,
    actor: draft.actor ?? actor ?? null,
    legs: [...draft.legs],
  };
}

/** Encodes at once, with the trace under way when the work began: a record that cannot be encoded fails its caller. */
function appending(recorder: Recorder, pending: PendingWrites) {
  const trace = currentTrace() === undefined ? undefined : traceHeaders();
  return <N extends RecordName>(
    name: N,
    value: RecordOf<N>,
    o: PublishOptions | undefined,
    ids: Pick<OutboxRow, "eventId" | "sku" | "sequence">,
  ) => {
    const headers = o?.headers === undefined ? trace : { ...trace, ...o.headers };
    const { topic } = RECORDS[name];
    const row = { topic, key: keyOf(name, value), value: recorder.encode(name, value), ...ids };
    pending.outbox.push(headers === undefined ? row : { ...row, headers });
  };
}

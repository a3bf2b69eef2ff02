import type { InboundMessage, Session } from "@septet/messaging";
import type { MovementDraft, RecordName, RecordOf, StockMovement } from "@septet/stock-contracts";
import type { Recorder } from "./database.js";
import { type IdempotencyClaim, isStored, type StoredAnswer } from "./idempotency.js";
import { type HeldLocks, type LockPlan, lockStatement } from "./locks.js";
import { outgoing } from "./outgoing.js";
import { nothingPending, type PendingWrites } from "./pending-writes.js";

/** A record without the fields that every record has; they are filled in unless given. */
export type Publishable<N extends RecordName> = Omit<RecordOf<N>, "eventId" | "occurredAt"> &
  Partial<Pick<RecordOf<N>, "eventId" | "occurredAt">>;

/** Settings of one message: headers beside the trace that is passed on by itself. */
export interface PublishOptions {
  headers?: Record<string, string>;
}

/** What the work inside one transaction has: reads in later statements, and what it decides is written at its end. */
export interface UnitOfWork extends Session {
  /** septet_now() read after the last lock, epoch milliseconds. */
  readonly now: number;
  /** Events of the plan's inbox that were not handled before. */
  readonly freshInbox: ReadonlySet<string>;
  /** By claim id: the answer of before, or undefined for a key that is new or had none. */
  readonly idempotency: ReadonlyMap<string, StoredAnswer | undefined>;
  /**
   * By table of the plan: how many of its rows were there to be locked. When more are read afterwards, one was created in
   * between and is not held: start over. Where rows are never deleted, equal numbers are the same rows.
   */
  readonly lockedRows: ReadonlyMap<string, number>;
  /** The last sequence of a held stream, movements of this work included; undefined when the stream is not held. */
  sequenceOf(sku: string): number | undefined;
  /** Class 5: rows found under the locks and changed without being the work's subject. Once per piece of work. */
  lockVictims(table: string, idColumn: string, ids: readonly string[]): Promise<void>;
  /** Takes the next sequence of the SKU's stream. @throws when the plan did not hold that stream. */
  record(draft: MovementDraft, o?: { occurredAt?: number } & PublishOptions): StockMovement;
  /** Publishes an event; movements and events keep the order of the calls. */
  publish<N extends RecordName>(name: N, value: Publishable<N>, o?: PublishOptions): void;
  /** Sends an untouched message to the service's dead letters. */
  deadLetter(message: InboundMessage, error: { code: string; message: string }): void;
  /** These messages are settled by this transaction. */
  consumed(groupId: string, messages: readonly InboundMessage[]): void;
  /** Keeps the answer with its key when it is 2xx, 409 or 422. A second command with the claim finds it at once. */
  answer(claim: IdempotencyClaim, answer: { status: number; body?: unknown }): void;
}

/** Begins the work under the held locks; what it decides gathers in `pending`. */
export function beginUnit(
  session: Session,
  recorder: Recorder,
  held: HeldLocks,
  plan: LockPlan,
  actor: string | undefined,
): { unit: UnitOfWork; pending: PendingWrites } {
  const pending = nothingPending();
  const unit: UnitOfWork = {
    query: session.query,
    now: held.now,
    freshInbox: held.freshInbox,
    lockedRows: held.lockedRows,
    lockVictims: victimsLock(session),
    ...outgoing(recorder, held, pending, actor),
    ...answering(plan, held, pending),
    consumed(groupId, messages) {
      if (messages.length === 0) return;
      const known = pending.consumed.get(groupId);
      if (known === undefined) pending.consumed.set(groupId, [...messages]);
      else for (const message of messages) known.push(message);
    },
  };
  return { unit, pending };
}

function victimsLock(session: Session): UnitOfWork["lockVictims"] {
  let locked = false;
  return async (table, idColumn, ids) => {
    if (locked) throw new Error("victims are locked in one statement, once per piece of work");
    locked = true;
    if (ids.length > 0) await session.query(lockStatement({ table, idColumn }), [[...new Set(ids)]]);
  };
}

function answering(
  plan: LockPlan,
  held: HeldLocks,
  pending: PendingWrites,
): Pick<UnitOfWork, "idempotency" | "answer"> {
  const answers = new Map(held.idempotency);
  return {
    idempotency: answers,
    answer(claim, answer) {
      if (!plan.idempotency?.some((planned) => planned.id === claim.id))
        throw new Error("the plan did not claim this key");
      if (!isStored(answer.status)) return;
      const stored: StoredAnswer = { status: answer.status, body: answer.body ?? null, bodyHash: claim.bodyHash };
      answers.set(claim.id, stored);
      pending.answers.set(claim.id, stored);
    },
  };
}

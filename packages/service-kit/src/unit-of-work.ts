import { deadLetterRow, type InboundMessage, type OutboxRow, type Session } from "@septet/messaging";
import type { MovementDraft, RecordName, RecordOf, StockMovement } from "@septet/stock-contracts";
import { keyOf, RECORDS } from "@septet/stock-contracts";
import type { PoolClient } from "pg";
import { type Database, type Recorder, rememberStreams, rollback } from "./database.js";
import type { IdempotencyClaim, StoredAnswer } from "./idempotency.js";
import { isStored } from "./idempotency.js";
import { type HeldLocks, type LockPlan, lockStatement, takeLocks } from "./locks.js";
import { flush, type PendingWrites } from "./pending-writes.js";
import { isStalePlan, preparingSession } from "./prepared-statements.js";
import { StartOver } from "./start-over.js";
import { currentTrace, traceHeaders } from "./trace-context.js";
import { sqlState, TransientError } from "./transient.js";

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

/** Settings of one transaction. */
export interface TransactOptions {
  /** How often it is begun, at most. */
  maxAttempts?: number;
  /** Who does it: goes into movements that name nobody. */
  actor?: string;
}

/** How often a unit of work is begun before it is given up as transient. */
export const MAX_ATTEMPTS = 10;
const MAX_PAUSE_MS = 200;

/**
 * The one way to a transaction. Takes the locks of the plan in the order that every transaction keeps (keys and inbox,
 * streams, documents, counters), each class in one statement sorted bytewise; then runs `work`, whose statements read
 * what the locks hold at READ COMMITTED; then writes sequences, answers, offsets and last the outbox; commits.
 *
 * `plan` may be a function that reads first (the SKUs of an order known only by its id): under the lock the work checks
 * that they are still the same and throws `StartOver` if not. Deadlock, lock timeout, serialization failure and
 * `StartOver` begin the whole again with a fresh plan, so `work` changes nothing outside of its unit of work.
 *
 * @throws TransientError when `maxAttempts` were not enough; whatever `plan` or `work` throws otherwise.
 */
export async function transact<R>(
  database: Database,
  plan: LockPlan | ((session: Session) => Promise<LockPlan>),
  work: (unit: UnitOfWork) => Promise<R>,
  o: TransactOptions = {},
): Promise<R> {
  const recorder = recorderOf(database);
  const end = recorder.metrics?.transactionSeconds.startTimer();
  const maxAttempts = o.maxAttempts ?? MAX_ATTEMPTS;
  for (let attempt = 1; ; attempt++) {
    try {
      const done = await database.withConnection((client) => attemptOnce(database, recorder, client, plan, work, o));
      if (done.published) recorder.wake();
      for (const { topic, code } of done.deadLetters) recorder.metrics?.messaging.deadLetters.inc({ topic, code });
      end?.({ outcome: "committed" });
      return done.result;
    } catch (error) {
      const reason = retryReason(error);
      if (reason === "deadlock") recorder.metrics?.deadlocks.inc();
      if (reason === undefined || attempt >= maxAttempts) {
        end?.({ outcome: "failed" });
        if (reason === undefined) throw error;
        throw new TransientError(`given up after ${attempt} attempts: ${reason}`, { cause: error });
      }
      recorder.metrics?.transactionRetries.inc({ reason });
      await pause(attempt);
    }
  }
}

function recorderOf(database: Database): Recorder {
  if (database.recorder === undefined) throw new Error("the database has no recorder: set `recorder` when opening it");
  return database.recorder;
}

async function attemptOnce<R>(
  database: Database,
  recorder: Recorder,
  client: PoolClient,
  plan: LockPlan | ((session: Session) => Promise<LockPlan>),
  work: (unit: UnitOfWork) => Promise<R>,
  o: TransactOptions,
): Promise<{ result: R; published: boolean; deadLetters: PendingWrites["deadLetters"] }> {
  const session = preparingSession(client);
  await client.query("BEGIN ISOLATION LEVEL READ COMMITTED");
  try {
    const locks = typeof plan === "function" ? await plan(session) : plan;
    const held = await takeLocks(database, session, locks);
    const { unit, pending } = begin(session, recorder, held, locks, o);
    const result = await work(unit);
    pending.unanswered = unansweredOf(held, pending);
    const published = await flush(session, pending);
    await client.query("COMMIT");
    rememberStreams(database.knownStreams, held.sequences.keys());
    return { result, published, deadLetters: pending.deadLetters };
  } catch (error) {
    await rollback(client, error);
    // The pool makes a new connection in its place.
    if (isStalePlan(error)) await client.end();
    throw error;
  }
}

function unansweredOf(held: HeldLocks, pending: PendingWrites): string[] {
  return [...held.idempotency].flatMap(([id, stored]) =>
    stored === undefined && !pending.answers.has(id) ? [id] : [],
  );
}

function begin(
  session: Session,
  recorder: Recorder,
  held: HeldLocks,
  plan: LockPlan,
  o: TransactOptions,
): { unit: UnitOfWork; pending: PendingWrites } {
  const pending: PendingWrites = {
    sequences: new Map(),
    consumed: new Map(),
    answers: new Map(),
    unanswered: [],
    outbox: [],
    deadLetters: [],
  };
  const answers = new Map(held.idempotency);
  const trace = currentTrace() === undefined ? undefined : traceHeaders();
  const fill = (value: object) => ({ eventId: recorder.newId(), occurredAt: held.now, ...value });
  const append = <N extends RecordName>(
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
  const sequenceOf = (sku: string) => pending.sequences.get(sku) ?? held.sequences.get(sku);
  let victimsLocked = false;
  const unit: UnitOfWork = {
    query: session.query,
    now: held.now,
    freshInbox: held.freshInbox,
    idempotency: answers,
    sequenceOf,
    async lockVictims(table, idColumn, ids) {
      if (victimsLocked) throw new Error("victims are locked in one statement, once per piece of work");
      victimsLocked = true;
      if (ids.length > 0) await session.query(lockStatement({ table, idColumn }), [[...new Set(ids)]]);
    },
    record(draft, options) {
      const last = sequenceOf(draft.sku);
      if (last === undefined) throw new Error(`the stream of ${draft.sku} is not held: the plan must name its SKU`);
      const movementId = recorder.newId();
      const movement: StockMovement = {
        ...draft,
        eventId: movementId,
        occurredAt: options?.occurredAt ?? held.now,
        movementId,
        sequence: last + 1,
        recordedBy: recorder.service,
        reference: { ...draft.reference, line: draft.reference.line ?? null },
        reverses: draft.reverses ?? null,
        reason: draft.reason ?? null,
        actor: draft.actor ?? o.actor ?? null,
        legs: [...draft.legs],
      };
      pending.sequences.set(draft.sku, movement.sequence);
      append("StockMovement", movement, options, {
        eventId: movementId,
        sku: movement.sku,
        sequence: movement.sequence,
      });
      return movement;
    },
    publish(name, value, options) {
      const record = fill(value) as RecordOf<typeof name>;
      append(name, record, options, { eventId: record.eventId });
    },
    deadLetter(message, error) {
      pending.outbox.push(deadLetterRow(recorder.service, message, error));
      pending.deadLetters.push({ topic: message.topic, code: error.code });
    },
    consumed(groupId, messages) {
      if (messages.length === 0) return;
      const known = pending.consumed.get(groupId);
      if (known === undefined) pending.consumed.set(groupId, [...messages]);
      else for (const message of messages) known.push(message);
    },
    answer(claim, answer) {
      if (!plan.idempotency?.some((planned) => planned.id === claim.id))
        throw new Error("the plan did not claim this key");
      if (!isStored(answer.status)) return;
      const stored: StoredAnswer = { status: answer.status, body: answer.body ?? null, bodyHash: claim.bodyHash };
      answers.set(claim.id, stored);
      pending.answers.set(claim.id, stored);
    },
  };
  return { unit, pending };
}

/** Why the whole may be begun again; undefined when it may not. */
function retryReason(error: unknown): string | undefined {
  if (error instanceof StartOver) return "start_over";
  if (isStalePlan(error)) return "stale_plan";
  switch (sqlState(error)) {
    case "40P01":
      return "deadlock";
    case "55P03":
      return "lock_timeout";
    case "40001":
      return "serialization";
    default:
      return undefined;
  }
}

/** Two that collided do not come back at the same moment. */
function pause(attempt: number): Promise<void> {
  const ms = Math.random() * Math.min(MAX_PAUSE_MS, 5 * 2 ** attempt);
  return new Promise((resolve) => setTimeout(resolve, ms));
}

import type { Session } from "@septet/messaging";
import type { PoolClient } from "pg";
import { type Database, type Recorder, rememberStreams, rollback } from "./database.js";
import { type LockPlan, takeLocks } from "./locks.js";
import { flush, type PendingWrites, unansweredOf } from "./pending-writes.js";
import { isStalePlan, preparingSession } from "./prepared-statements.js";
import { StartOver } from "./start-over.js";
import { sqlState, TransientError } from "./transient.js";
import { beginUnit, type UnitOfWork } from "./unit-of-work.js";

/** Settings of one transaction. */
export interface TransactOptions {
  /** How often it is begun, at most. */
  maxAttempts?: number;
  /** Who does it: goes into movements that name nobody. */
  actor?: string;
}

/**
 * Plans of prepared statements are kept, and the first ones are made while the tables are nearly empty: reading them whole is
 * cheapest then, and stays the plan while they grow, until autovacuum has looked at them, a minute or more. With 14,500 orders
 * `order_id = ANY($1)` of 500 ids took 290 ms so, by the index 2 ms. Every statement here has an index; where there is none, the
 * table is read whole all the same, and before PostgreSQL 18 that would look so dear that it would be compiled each time.
 */
const BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL enable_seqscan = off; SET LOCAL jit = off";
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
  await client.query(BEGIN);
  try {
    const locks = typeof plan === "function" ? await plan(session) : plan;
    const held = await takeLocks(database, session, locks);
    const { unit, pending } = beginUnit(session, recorder, held, locks, o.actor);
    const result = await work(unit);
    pending.unanswered = unansweredOf(held.idempotency, pending);
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

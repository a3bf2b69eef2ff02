import { claimInbox, type Session } from "@septet/messaging";
import { bytewise } from "@septet/stock-contracts";
import type { Database } from "./database.js";
import { type IdempotencyClaim, lockClaims, type StoredAnswer } from "./idempotency.js";
import { StartOver } from "./start-over.js";

/** Rows of one table, by their id. */
export interface RowsToLock {
  table: string;
  idColumn: string;
  ids: readonly string[];
  /** Counters only: rows are made when missing, and this column is set to the time of the lock. */
  markedIn?: string;
}

/** Everything a piece of work holds while it reads and decides, in the order of the classes. */
export interface LockPlan {
  /** Class 1: claims on idempotency keys. */
  idempotency?: readonly IdempotencyClaim[];
  /** Class 1: events that are applied once. */
  inbox?: { consumer: string; eventIds: readonly string[] };
  /** Class 2: SKU streams, created when missing. */
  skus?: readonly string[];
  /** Class 3: order and document rows that exist. */
  documents?: readonly RowsToLock[];
  /** Class 4: counters (customer, device, IP). */
  counters?: readonly RowsToLock[];
}

/** What the locks brought. */
export interface HeldLocks {
  idempotency: Map<string, StoredAnswer | undefined>;
  freshInbox: ReadonlySet<string>;
  /** Last sequence of each held stream. */
  sequences: Map<string, number>;
  /** By table of documents and counters: how many of the planned rows were there to be locked. */
  lockedRows: ReadonlyMap<string, number>;
  /** septet_now() after the last lock, epoch milliseconds. */
  now: number;
}

const CREATE_STREAMS = `INSERT INTO sku_stream (sku, sequence)
  SELECT sku, 0 FROM unnest($1::text[]) AS wanted (sku) ORDER BY sku COLLATE "C"
  ON CONFLICT (sku) DO NOTHING`;
// The locking statement returns the newest version of each row it waited for, so its sequence is the stream's head.
const LOCK_STREAMS = `SELECT sku, sequence FROM sku_stream
  WHERE sku = ANY($1::text[]) ORDER BY sku COLLATE "C" FOR UPDATE`;
const NOW = `(extract(epoch FROM septet_now()) * 1000)::float8`;

/** Takes the locks of the plan, class after class, each in one statement sorted bytewise; then reads the time. */
export async function takeLocks(database: Database, session: Session, plan: LockPlan): Promise<HeldLocks> {
  const idempotency =
    plan.idempotency !== undefined && plan.idempotency.length > 0
      ? await lockClaims(session, plan.idempotency)
      : new Map<string, StoredAnswer | undefined>();
  const freshInbox: ReadonlySet<string> =
    plan.inbox !== undefined && plan.inbox.eventIds.length > 0
      ? await claimInbox(session, plan.inbox.consumer, [...plan.inbox.eventIds])
      : new Set<string>();
  const sequences = await lockStreams(database, session, [...new Set(plan.skus ?? [])]);
  const rows = [...tableByTable(plan.documents ?? []), ...tableByTable(plan.counters ?? [])];
  const lockedRows = new Map<string, number>();
  let now: number | undefined;
  for (const [i, lock] of rows.entries()) {
    if (lock.markedIn !== undefined) {
      lockedRows.set(lock.table, (await session.query(markStatement(lock, lock.markedIn), [lock.ids])).length);
    } else if (i < rows.length - 1)
      lockedRows.set(lock.table, (await session.query(lockStatement(lock), [lock.ids])).length);
    else {
      const last = await lockAndReadTime(session, lock);
      lockedRows.set(lock.table, last.locked);
      now = last.now;
    }
  }
  return { idempotency, freshInbox, sequences, lockedRows, now: now ?? (await readTime(session)) };
}

/**
 * The rows of one class in the order that every transaction takes them: table by table in byte order, each table in one
 * statement. Tables without ids are left out.
 */
export function tableByTable(locks: readonly RowsToLock[]): RowsToLock[] {
  const ids = new Map<string, { idColumn: string; ids: Set<string>; markedIn: string | undefined }>();
  for (const lock of locks) {
    if (lock.ids.length === 0) continue;
    const known = ids.get(lock.table);
    if (known === undefined) {
      ids.set(lock.table, { idColumn: lock.idColumn, ids: new Set(lock.ids), markedIn: lock.markedIn });
    } else if (known.idColumn !== lock.idColumn) throw new Error(`${lock.table} is locked by one column only`);
    else for (const id of lock.ids) known.ids.add(id);
  }
  return [...ids]
    .sort(([a], [b]) => bytewise(a, b))
    .map(([table, { idColumn, ids: wanted, markedIn }]) => ({
      table,
      idColumn,
      ids: [...wanted],
      ...(markedIn === undefined ? {} : { markedIn }),
    }));
}

async function lockStreams(database: Database, session: Session, skus: string[]): Promise<Map<string, number>> {
  if (skus.length === 0) return new Map();
  const unseen = skus.filter((sku) => !database.knownStreams.has(sku));
  if (unseen.length > 0) await session.query(CREATE_STREAMS, [unseen]);
  const rows = await session.query<{ sku: string; sequence: string }>(LOCK_STREAMS, [skus]);
  const sequences = new Map(rows.map((row) => [row.sku, Number(row.sequence)]));
  const gone = skus.filter((sku) => !sequences.has(sku));
  if (gone.length > 0) {
    for (const sku of gone) database.knownStreams.delete(sku);
    throw new StartOver(`stream rows that were there are gone: ${gone.slice(0, 5).join(", ")}`);
  }
  return sequences;
}

/** Locks existing rows, sorted. Names come from code, never from a request. */
export function lockStatement(lock: Pick<RowsToLock, "table" | "idColumn">): string {
  const { table, idColumn } = lock;
  return `SELECT ${idColumn} FROM ${table} WHERE ${idColumn} = ANY($1::text[]) ORDER BY ${idColumn} COLLATE "C" FOR UPDATE`;
}

/**
 * Makes the rows that are missing and locks all of them, sorted: the upsert waits for whoever holds or makes one. One
 * statement, because a row that is dropped between making and locking would be held by nobody.
 */
function markStatement({ table, idColumn }: RowsToLock, column: string): string {
  return `INSERT INTO ${table} (${idColumn}, ${column})
    SELECT id, septet_now() FROM unnest($1::text[]) AS wanted (id) ORDER BY id COLLATE "C"
    ON CONFLICT (${idColumn}) DO UPDATE SET ${column} = excluded.${column} RETURNING 1 AS locked`;
}

// The count is known only when every row is locked, and the time is taken beside the count: one round trip saved.
async function lockAndReadTime(session: Session, lock: RowsToLock): Promise<{ now: number; locked: number }> {
  const sql = `WITH locked AS MATERIALIZED (${lockStatement(lock)}), held AS MATERIALIZED (SELECT count(*) AS n FROM locked)
    SELECT ${NOW} AS now, n FROM held`;
  const [row] = await session.query<{ now: number; n: string }>(sql, [lock.ids]);
  return { now: Math.floor(row!.now), locked: Number(row!.n) };
}

async function readTime(session: Session): Promise<number> {
  const [row] = await session.query<{ now: number }>(`SELECT ${NOW} AS now`);
  return Math.floor(row!.now);
}

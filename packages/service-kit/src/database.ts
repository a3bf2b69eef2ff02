import { CONNECTION_SETTINGS, QUERY_TIMEOUT_MS, type Session, STATEMENT_TIMEOUT_MS } from "@septet/messaging";
import type { RecordName, RecordOf, ServiceName } from "@septet/stock-contracts";
import type { PoolClient, QueryConfig } from "pg";
import { DataSource, type EntitySchema, type MigrationInterface } from "typeorm";
import type { HealthState } from "./health.js";
import type { KitMetrics } from "./metrics.js";

/** A pooled connection waits this long for a lock, milliseconds. */
export const LOCK_TIMEOUT_MS = 5_000;
/** PostgreSQL ends a transaction of ours that does nothing for this long, milliseconds: a frozen process frees its SKUs. */
export const IDLE_IN_TRANSACTION_TIMEOUT_MS = 5_000;
/** Waiting for a connection of the pool, milliseconds. */
export const CONNECTION_TIMEOUT_MS = 5_000;
/** A connection that does not roll back within this is closed, milliseconds; pg's types do not know the limit. */
const ROLLBACK: QueryConfig & { query_timeout: number } = { text: "ROLLBACK", query_timeout: 5_000 };
/** Streams remembered as there, at most: of one that was forgotten the row is asked for again. */
const MAX_KNOWN_STREAMS = 200_000;
/** "septet" as a number: the advisory lock that migrations of all instances take. */
const MIGRATION_LOCK = 0x5e97e7;

/** What units of work need beside the connection; set once by the lifecycle. */
export interface Recorder {
  /** Who records: goes into movements and dead letters. */
  service: ServiceName;
  encode<N extends RecordName>(name: N, value: RecordOf<N>): Buffer;
  newId(): string;
  /** Called after each commit that published something. */
  wake(): void;
  metrics?: KitMetrics;
}

/** The service's database. Queries here run on their own; work that belongs together goes through `transact`. */
export interface Database extends Session {
  readonly dataSource: DataSource;
  /** SKUs whose stream row is known to be there; rows are never deleted. Oldest first, bounded by `rememberStreams`. */
  readonly knownStreams: Set<string>;
  recorder: Recorder | undefined;
  /** Runs `work` on one connection; it is given back afterwards, or closed when it broke. */
  withConnection<T>(work: (client: PoolClient) => Promise<T>): Promise<T>;
  /** Runs `work` in one read-only REPEATABLE READ snapshot. */
  snapshot<T>(work: (session: Session) => Promise<T>): Promise<T>;
  health(): Promise<HealthState>;
  close(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: constructors of any shape, as TypeORM takes them
export type MigrationClass = new (...args: any[]) => MigrationInterface;

/**
 * Opens the pool and brings the schema up to date; instances that start at once take turns.
 * @throws a transient error when the database is not there.
 */
export async function openDatabase(o: {
  url: string;
  poolSize?: number;
  migrations: readonly MigrationClass[];
  // biome-ignore lint/suspicious/noExplicitAny: entities of any shape
  entities?: readonly EntitySchema<any>[];
  applicationName: string;
  recorder?: Recorder;
}): Promise<Database> {
  const dataSource = new DataSource({
    ...poolOptions(o),
    poolSize: o.poolSize ?? 10,
    entities: [...(o.entities ?? [])],
    extra: { ...POOL_SETTINGS, statement_timeout: STATEMENT_TIMEOUT_MS, query_timeout: QUERY_TIMEOUT_MS },
  });
  await migrate(o);
  await dataSource.initialize();
  return databaseOf(dataSource, o.recorder);
}

const POOL_SETTINGS = {
  lock_timeout: LOCK_TIMEOUT_MS,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
  connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
  ...CONNECTION_SETTINGS,
};

function poolOptions(o: { url: string; applicationName: string }) {
  return { type: "postgres", url: o.url, applicationName: o.applicationName, logging: false } as const;
}

/** On connections of its own: waiting for another instance, or making an index of a large table, may take its time. */
async function migrate(o: {
  url: string;
  applicationName: string;
  migrations: readonly MigrationClass[];
}): Promise<void> {
  const dataSource = new DataSource({
    ...poolOptions(o),
    poolSize: 2,
    migrations: [...o.migrations],
    migrationsTableName: "schema_migration",
    extra: POOL_SETTINGS,
  });
  await dataSource.initialize();
  try {
    await migrateInTurn(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

async function migrateInTurn(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(`SET lock_timeout = 0`);
    await runner.query(`SELECT pg_advisory_lock($1)`, [MIGRATION_LOCK]);
    await dataSource.runMigrations({ transaction: "each" });
  } finally {
    await runner.query(`SELECT pg_advisory_unlock($1)`, [MIGRATION_LOCK]);
    await runner.release();
  }
}

/** The database over a data source that is open and up to date. */
export function databaseOf(dataSource: DataSource, recorder: Recorder | undefined): Database {
  const withConnection = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const runner = dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      return await work(client).catch(async (error: unknown) => {
        // It waits for an answer that will not come, and whoever got it next would wait too: the pool makes a new one.
        if (isQueryTimeout(error)) await client.end();
        throw error;
      });
    } finally {
      await runner.release();
    }
  };
  const query: Session["query"] = (sql, params) => withConnection((client) => sessionOf(client).query(sql, params));
  return {
    dataSource,
    knownStreams: new Set(),
    recorder,
    query,
    withConnection,
    snapshot: (work) => withConnection((client) => inSnapshot(client, work)),
    async health() {
      await query("SELECT 1");
      return { ok: true };
    },
    close: () => dataSource.destroy(),
  };
}

/** Remembers that the rows are there, and forgets the oldest of too many. */
export function rememberStreams(known: Set<string>, skus: Iterable<string>, max = MAX_KNOWN_STREAMS): void {
  for (const sku of skus) known.add(sku);
  for (const oldest of known) {
    if (known.size <= max) return;
    known.delete(oldest);
  }
}

/** The session of a connection: rows of whatever returns rows, else none. */
export function sessionOf(client: PoolClient): Session {
  return { query: async (sql, params) => (await client.query(sql, params)).rows };
}

async function inSnapshot<T>(client: PoolClient, work: (session: Session) => Promise<T>): Promise<T> {
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  let result: T;
  try {
    result = await work(sessionOf(client));
  } catch (error) {
    await rollback(client, error);
    throw error;
  }
  await client.query("COMMIT");
  return result;
}

/**
 * Rolls back; the first error is the one that counts. A connection that is gone has rolled back by itself. One that cannot
 * is closed, which ends its transaction and keeps it out of the pool.
 */
export async function rollback(client: PoolClient, first: unknown): Promise<void> {
  // It is still busy with the statement: what is sent after that would only wait behind it.
  if (isQueryTimeout(first)) return void (await client.end());
  try {
    await client.query(ROLLBACK);
  } catch (error) {
    if (first instanceof Error && first.cause === undefined) first.cause = error;
    await client.end();
  }
}

/** pg leaves a connection as it was when it stops waiting for a statement: busy for ever, and good-looking. */
function isQueryTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === "Query read timeout";
}

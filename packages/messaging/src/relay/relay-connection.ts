import pg from "pg";
import { CONNECTION_SETTINGS, QUERY_TIMEOUT_MS, STATEMENT_TIMEOUT_MS } from "../database-patience.js";
import type { Session } from "../database-session.js";
import { messageOf } from "../errors.js";
import { endedWithin } from "../wait.js";

/** Postgres ends a session that says nothing for this long, and its lock with it: a frozen process must not keep it. */
const IDLE_SESSION_TIMEOUT_MS = 10_000;
const PING_EVERY_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** The lock's name within the database; one relay per service, so one per database. */
const LOCK = "hashtextextended('septet outbox relay', 0)";

/** Makes the client of the connection; the simulation puts its own in. */
export type NewRelayClient = (config: pg.ClientConfig) => pg.Client;

/**
 * The relay's own connection, never one of the pool: it lives as long as its session advisory lock is wanted, and pings
 * when nothing else is said. `lost` is set the moment anything goes wrong with it; a lost connection is never used again.
 */
export class RelayConnection implements Session {
  readonly #client: pg.Client;
  #pings: NodeJS.Timeout | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #lost: string | undefined;

  private constructor(connectionString: string, newClient: NewRelayClient) {
    this.#client = newClient({
      connectionString,
      application_name: "septet-relay",
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      ...CONNECTION_SETTINGS,
    });
    this.#client.on("error", (error) => this.#lose(error.message));
    this.#client.on("end", () => this.#lose("the connection ended"));
  }

  static async open(
    connectionString: string,
    newClient: NewRelayClient = (config) => new pg.Client(config),
  ): Promise<RelayConnection> {
    const connection = new RelayConnection(connectionString, newClient);
    try {
      await connection.#begin();
    } catch (error) {
      await connection.close();
      throw error;
    }
    return connection;
  }

  async #begin(): Promise<void> {
    await this.#client.connect();
    // Without a sequential scan the plan is the partial index from the first row on, whatever the statistics say. A mark
    // that a crash loses only means that rows are sent twice, so the commit need not wait for the disk.
    await this.query(
      `SET idle_session_timeout = ${IDLE_SESSION_TIMEOUT_MS}; SET statement_timeout = ${STATEMENT_TIMEOUT_MS};
       SET enable_seqscan = off; SET enable_bitmapscan = off; SET synchronous_commit = off; SET jit = off`,
    );
    this.#pings = setInterval(() => void this.#ping(), PING_EVERY_MS);
  }

  /** Why the connection is of no more use; undefined while it is. */
  get lost(): string | undefined {
    return this.#lost;
  }

  /** One statement after the other, pings included. */
  // biome-ignore lint/suspicious/noExplicitAny: as in Session.
  query<T = any>(sql: string, params?: unknown[]): Promise<T[]> {
    const answer = this.#queue.then(async () => {
      if (this.#lost !== undefined) throw new Error(this.#lost);
      const result = await this.#client.query<T & pg.QueryResultRow>(sql, params);
      return result.rows ?? [];
    });
    this.#queue = answer.catch(() => undefined);
    return answer;
  }

  /** Does not wait: a waiting session would hold a snapshot, and vacuum with it. */
  async tryLock(): Promise<boolean> {
    const [row] = await this.query<{ locked: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS locked`);
    return row?.locked === true;
  }

  async close(): Promise<void> {
    clearInterval(this.#pings);
    this.#lose("closed");
    await endedWithin(this.#client.end(), CONNECT_TIMEOUT_MS);
  }

  async #ping(): Promise<void> {
    try {
      await this.query("SELECT 1");
    } catch (error) {
      this.#lose(messageOf(error));
    }
  }

  #lose(reason: string): void {
    this.#lost ??= reason;
    clearInterval(this.#pings);
  }
}

import type { Scheduler } from "../kernel/scheduler.js";
import type { SimulatedProcess } from "../kernel/simulated-process.js";
import type { Backend, Statement } from "./backend.js";
import type { LockMonitor } from "./lock-monitor.js";
import type { SimulatedConnection } from "./simulated-connection.js";
import type { StandingDatabase } from "./standing-database.js";

/** What goes wrong with a statement: its connection is lost before it, or after it took effect. */
export type StatementFate = "well" | "lost-before" | "lost-after";

export interface ServerParts {
  readonly scheduler: Scheduler;
  readonly monitor: LockMonitor;
  /** A service's database, by the name in its connection string. */
  readonly databaseOf: (connectionString: string) => StandingDatabase;
  readonly fateOf: (process: SimulatedProcess, text: string) => StatementFate;
}

const LOCK_TIMEOUT_MS = 5_000;
const IDLE_IN_TRANSACTION_MS = 5_000;

/** Who waits for a lock, since when, and what to do when the wait is over. */
interface Waiter {
  readonly connection: SimulatedConnection;
  readonly statement: Statement;
  readonly since: number;
  over(): void;
}

/** The database server of the simulated world: hands out sessions, and carries out its own timeouts in simulated time. */
export class SimulatedServer {
  readonly parts: ServerParts;
  /** Sessions that ended and may begin again as another's, by their database's address. */
  readonly #free = new Map<string, Backend[]>();
  readonly #changes = new Map<string, number>();
  #connections: SimulatedConnection[] = [];
  #waiters: Waiter[] = [];

  constructor(parts: ServerParts) {
    this.parts = parts;
  }

  async backendFor(connectionString: string): Promise<Backend> {
    const database = this.parts.databaseOf(connectionString);
    return this.#free.get(database.url)?.shift() ?? (await database.session());
  }

  opened(connection: SimulatedConnection): void {
    this.#connections.push(connection);
  }

  /** The session of a connection ends: its transaction rolls back, its locks are free. */
  async end(connection: SimulatedConnection, connectionString: string): Promise<void> {
    const { backend } = connection;
    this.#connections = this.#connections.filter((other) => other !== connection);
    const waiter = this.#waiters.find((one) => one.connection === connection);
    this.#waiters = this.#waiters.filter((one) => one !== waiter);
    if (waiter !== undefined) await this.parts.monitor.abandon(waiter.statement);
    if (backend === undefined) return;
    await backend.recycle();
    const { url } = this.parts.databaseOf(connectionString);
    this.#free.set(url, [...(this.#free.get(url) ?? []), backend]);
    await this.released(backend);
  }

  /** All connections of a process break. */
  async endAll(process: SimulatedProcess): Promise<void> {
    for (const connection of this.#connections.filter((one) => one.process === process)) await connection.lose();
  }

  wait(connection: SimulatedConnection, statement: Statement, over: () => void): void {
    this.#waiters.push({ connection, statement, since: this.parts.scheduler.awakeMs, over });
  }

  /** A session is in no transaction (any more): tells those whose wait has ended with it. */
  async released({ pid }: Backend): Promise<void> {
    for (const statement of await this.parts.monitor.released(pid)) {
      const waiter = this.#waiters.find((one) => one.statement === statement);
      this.#waiters = this.#waiters.filter((one) => one !== waiter);
      waiter?.over();
    }
  }

  /** The server's own timeouts, as far as they are due. */
  async keepTime(): Promise<void> {
    const now = this.parts.scheduler.awakeMs;
    for (const waiter of this.#waiters) {
      if (now - waiter.since < LOCK_TIMEOUT_MS) continue;
      await this.parts.monitor.timeOut(waiter.statement);
      await this.released(waiter.statement.backend);
    }
    for (const connection of this.#connections) {
      if (connection.busy || connection.backend === undefined) continue;
      const idleMs = now - connection.lastUsed;
      const bound = connection.backend.inTransaction ? IDLE_IN_TRANSACTION_MS : connection.idleSessionMs;
      if (bound !== undefined && idleMs >= bound) await connection.lose();
    }
  }

  /** So long has the process said nothing to the server, ms more than it seems. */
  age(process: SimulatedProcess, ms: number): void {
    for (const connection of this.#connections) if (connection.process === process) connection.lastUsed -= ms;
  }

  /** Connections that are inside a transaction. */
  get inTransaction(): readonly SimulatedConnection[] {
    return this.#connections.filter((connection) => connection.backend?.inTransaction === true);
  }

  /** A statement has taken effect, also for others. */
  changed({ url }: Backend): void {
    this.#changes.set(url, this.changesOf(url) + 1);
  }

  /** Goes up whenever a transaction may have changed something in the database at `url`. */
  changesOf(url: string): number {
    return this.#changes.get(url) ?? 0;
  }

  /** Does no other session of the same database hold or want locks? */
  isAlone(backend: Backend): boolean {
    return this.#connections.every(({ backend: other, busy }) => {
      return other === undefined || other === backend || other.url !== backend.url || !(other.inTransaction || busy);
    });
  }
}

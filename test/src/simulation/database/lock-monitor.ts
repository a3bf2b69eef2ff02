import pg from "pg";
import { real } from "../kernel/simulated-globals.js";
import type { Statement } from "./backend.js";

const DEADLOCK = { code: "40P01", message: "deadlock detected" };
const LOCK_TIMEOUT = { code: "55P03", message: "canceling statement due to lock timeout" };
/** A statement that is not answered within this is asked about, ms of real time. */
const PATIENCE_MS = 4;

/**
 * Tells a statement that works from one that waits for a lock, and breaks deadlocks up itself, so that the victim is always
 * the same one: the statement that closed the circle.
 */
export class LockMonitor {
  readonly #client: pg.Client;
  #waiting: Statement[] = [];
  /** Circles that were broken up. */
  deadlocks = 0;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async open(adminUrl: string): Promise<LockMonitor> {
    const client = new pg.Client({ connectionString: adminUrl });
    client.on("error", () => undefined);
    await client.connect();
    return new LockMonitor(client);
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  get waiting(): readonly Statement[] {
    return this.#waiting;
  }

  /** Resolves when the statement is answered, or cannot be before somebody else moves (false). */
  async answeredOrBlocked(statement: Statement): Promise<boolean> {
    await Promise.race([statement.answered, pause(PATIENCE_MS)]);
    while (statement.outcome === undefined) {
      const blockers = (await this.#blockers([statement])).get(statement.backend.pid) ?? [];
      if (statement.outcome !== undefined) break;
      if (blockers.length > 0) {
        this.#waiting.push(statement);
        await this.#breakCircles();
        if (statement.outcome !== undefined) break;
        return false;
      }
      await Promise.race([statement.answered, pause(1)]);
    }
    this.#waiting = this.#waiting.filter((other) => other !== statement);
    return true;
  }

  /** After somebody ended a transaction: those whose wait is over, in the order in which they began to wait. */
  async released(): Promise<Statement[]> {
    if (this.#waiting.length === 0) return [];
    for (;;) {
      const open = this.#waiting.filter((statement) => statement.outcome === undefined);
      if (open.length === 0) break;
      const blockers = await this.#blockers(open);
      const still = open.filter((statement) => statement.outcome === undefined);
      if (still.length === open.length && still.every((one) => (blockers.get(one.backend.pid) ?? []).length > 0)) {
        await this.#breakCircles();
        break;
      }
      await pause(1);
    }
    const over = this.#waiting.filter((statement) => statement.outcome !== undefined);
    this.#waiting = this.#waiting.filter((statement) => statement.outcome === undefined);
    return over;
  }

  /** Ends a wait as a lock timeout does. */
  timeOut(statement: Statement): Promise<void> {
    return this.#cancel(statement, LOCK_TIMEOUT);
  }

  /** Ends a wait whose session is going away. */
  async abandon(statement: Statement): Promise<void> {
    await this.#cancel(statement, { code: "57P01", message: "the session is over" });
    this.#waiting = this.#waiting.filter((other) => other !== statement);
  }

  async #breakCircles(): Promise<void> {
    for (;;) {
      const open = this.#waiting.filter((statement) => statement.outcome === undefined);
      const blockers = await this.#blockers(open);
      const victim = [...open].reverse().find((one) => reaches(one.backend.pid, one.backend.pid, blockers));
      if (victim === undefined) return;
      this.deadlocks += 1;
      await this.#cancel(victim, DEADLOCK);
    }
  }

  async #cancel(statement: Statement, verdict: Statement["verdict"]): Promise<void> {
    if (statement.outcome !== undefined) return;
    statement.verdict = verdict;
    await this.#client.query("SELECT pg_cancel_backend($1)", [statement.backend.pid]);
    await statement.answered;
  }

  async #blockers(statements: readonly Statement[]): Promise<Map<number, number[]>> {
    const pids = statements.map((statement) => statement.backend.pid);
    const { rows } = await this.#client.query<{ pid: number; blockers: number[] }>(
      "SELECT pid, pg_blocking_pids(pid) AS blockers FROM unnest($1::int[]) AS pid",
      [pids],
    );
    return new Map(rows.map((row) => [row.pid, row.blockers]));
  }
}

function reaches(from: number, target: number, blockers: ReadonlyMap<number, readonly number[]>): boolean {
  const seen = new Set<number>();
  const open = [...(blockers.get(from) ?? [])];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    if (pid === target) return true;
    if (seen.has(pid)) continue;
    seen.add(pid);
    open.push(...(blockers.get(pid) ?? []));
  }
  return false;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void real.setTimeout(resolve, ms));
}

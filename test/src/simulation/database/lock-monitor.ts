import type pg from "pg";
import { real } from "../kernel/simulated-globals.js";
import type { Statement } from "./backend.js";

const DEADLOCK = { code: "40P01", message: "deadlock detected" };
const LOCK_TIMEOUT = { code: "55P03", message: "canceling statement due to lock timeout" };
/** A statement that is not answered within this is asked about, ms of real time: when others hold locks, and when none does. */
const PATIENCE_MS = 1;
const PATIENCE_ALONE_MS = 20;

/** Sessions that each of some sessions waits for, by their process ids. */
type Blockers = ReadonlyMap<number, readonly number[]>;

/**
 * Tells a statement that works from one that waits for a lock, and breaks deadlocks up itself, so that the victim is always
 * the same one: the statement that closed the circle. Who waits is stopped as an operating system process: when a transaction
 * ends, all that waited for it would go on at once and race for the next lock; so they go on one after the other.
 */
export class LockMonitor {
  readonly #client: pg.Client;
  #waiting: Statement[] = [];
  /** Of those who wait, as far as it was asked. */
  #blockers: Blockers = new Map();
  /** Circles that were broken up. */
  deadlocks = 0;

  /** @param client may look at every session; it stays the caller's */
  constructor(client: pg.Client) {
    this.#client = client;
  }

  get waiting(): readonly Statement[] {
    return this.#waiting;
  }

  /**
   * Resolves when the statement is answered, or cannot be before somebody else moves (false).
   * @param alone when nobody else holds locks, so that waiting is unlikely
   */
  async answeredOrBlocked(statement: Statement, alone: boolean): Promise<boolean> {
    if (await this.#runs(statement, alone ? PATIENCE_ALONE_MS : PATIENCE_MS)) return true;
    this.#waiting.push(statement);
    await this.#breakCircles();
    if (statement.outcome === undefined) return false;
    this.#waiting = this.#waiting.filter((other) => other !== statement);
    return true;
  }

  /** After session `pid` let locks go: those whose wait is over, one after the other as they began to wait. */
  async released(pid: number): Promise<Statement[]> {
    if (!this.#concerns(pid)) return [];
    for (let open = this.#open(); open.length > 0; open = this.#open()) {
      this.#blockers = await this.#ask(open);
      const next = open.find((statement) => !this.#isBlocked(statement));
      if (next === undefined) {
        if (!(await this.#breakCircles())) break;
      } else {
        process.kill(next.backend.pid, "SIGCONT");
        await this.#runs(next, PATIENCE_MS);
      }
    }
    const over = this.#waiting.filter((statement) => statement.outcome !== undefined);
    this.#waiting = this.#open();
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

  /** Until the statement is answered (true), or waits for a lock (false) and is stopped. */
  async #runs(statement: Statement, patienceMs: number): Promise<boolean> {
    await answeredWithin(statement, patienceMs);
    while (statement.outcome === undefined) {
      this.#blockers = await this.#ask([...new Set([...this.#open(), statement])]);
      if (statement.outcome !== undefined) break;
      if (this.#isBlocked(statement)) {
        process.kill(statement.backend.pid, "SIGSTOP");
        return false;
      }
      await answeredWithin(statement, PATIENCE_MS);
    }
    return true;
  }

  /** Nobody's wait ends because of a session that nobody waits for; who has no blockers any more was freed already. */
  #concerns(pid: number): boolean {
    return this.#waiting.some(({ outcome, backend }) => {
      const blockers = this.#blockers.get(backend.pid) ?? [];
      return outcome !== undefined || blockers.length === 0 || blockers.includes(pid);
    });
  }

  #open(): Statement[] {
    return this.#waiting.filter((statement) => statement.outcome === undefined);
  }

  #isBlocked({ backend }: Statement): boolean {
    return (this.#blockers.get(backend.pid) ?? []).length > 0;
  }

  /** With the blockers just asked for: who closed a circle is sent away. True when there was one. */
  async #breakCircles(): Promise<boolean> {
    for (let broken = false; ; broken = true) {
      const open = this.#open();
      const victim = [...open].reverse().find((one) => reaches(one.backend.pid, one.backend.pid, this.#blockers));
      if (victim === undefined) return broken;
      this.deadlocks += 1;
      await this.#cancel(victim, DEADLOCK);
      this.#blockers = await this.#ask(this.#open());
    }
  }

  async #cancel(statement: Statement, verdict: Statement["verdict"]): Promise<void> {
    if (statement.outcome !== undefined) return;
    statement.verdict = verdict;
    await this.#client.query("SELECT pg_cancel_backend($1)", [statement.backend.pid]);
    process.kill(statement.backend.pid, "SIGCONT");
    await statement.answered;
  }

  async #ask(statements: readonly Statement[]): Promise<Blockers> {
    const pids = statements.map((statement) => statement.backend.pid);
    const { rows } = await this.#client.query<{ pid: number; blockers: number[] }>({
      name: "blockers",
      text: "SELECT pid, pg_blocking_pids(pid) AS blockers FROM unnest($1::int[]) AS pid",
      values: [pids],
    });
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

async function answeredWithin(statement: Statement, ms: number): Promise<void> {
  if (statement.outcome !== undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = real.setTimeout(resolve, ms);
  });
  await Promise.race([statement.answered, late]);
  real.clearTimeout(timer);
}

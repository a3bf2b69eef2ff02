import { EventEmitter } from "node:events";
import type pg from "pg";
import type { SimulatedProcess } from "../kernel/simulated-process.js";
import type { Backend, Statement, StatementText } from "./backend.js";
import type { SimulatedServer } from "./simulated-server.js";

const LOST = "Connection terminated unexpectedly";
const LABEL_CHARS = 70;
const READS = /^\s*(SELECT|SET|ROLLBACK)\b/i;
const IDLE_SESSION = /SET idle_session_timeout = (\d+)/i;

type Answer = Pick<pg.QueryResult, "rows" | "rowCount">;

/**
 * What a service takes for its connection: the part of pg's client that the floor uses. Each statement is a step of the
 * process; a statement that waits for a lock ends its step waiting, and goes on when the lock is free.
 */
export class SimulatedConnection extends EventEmitter {
  readonly process: SimulatedProcess;
  backend: Backend | undefined;
  busy = false;
  lastUsed = 0;
  idleSessionMs: number | undefined;
  lost = false;
  readonly #server: SimulatedServer;
  readonly #url: string;
  #queue: Promise<unknown> = Promise.resolve();
  #fail: ((error: Error) => void) | undefined;

  constructor(server: SimulatedServer, process: SimulatedProcess, url: string) {
    super();
    this.#server = server;
    this.#url = url;
    this.process = process;
  }

  connect(): Promise<void> {
    return this.#server.parts.scheduler.take(this.process, "connect", async () => {
      this.backend = await this.#server.backendFor(this.#url);
      this.lastUsed = this.#server.parts.scheduler.awakeMs;
      this.#server.opened(this);
    });
  }

  query(statement: string | StatementText, values?: unknown[]): Promise<Answer> {
    const asked: StatementText =
      typeof statement === "string" ? { text: statement, ...(values === undefined ? {} : { values }) } : statement;
    const answer = this.#queue.then(() => this.#ask(asked));
    this.#queue = answer.catch(() => undefined);
    return answer;
  }

  async end(): Promise<void> {
    if (this.lost) return;
    await this.#server.parts.scheduler.take(this.process, "disconnect", () => this.lose());
  }

  /** The connection breaks, whoever broke it. What was under way fails, unless its process is dead. */
  async lose(): Promise<void> {
    if (this.lost) return;
    this.lost = true;
    await this.#server.end(this, this.#url);
    this.backend = undefined;
    this.#fail?.(new Error(LOST));
    const { process } = this;
    if (!process.dead && this.listenerCount("error") > 0) process.run(() => this.emit("error", new Error(LOST)));
  }

  #ask(statement: StatementText): Promise<Answer> {
    const { scheduler } = this.#server.parts;
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      scheduler.offer(this.process, label(statement.text), async () => {
        if (this.lost || this.backend === undefined) {
          reject(new Error(LOST));
          return "lost";
        }
        return this.#execute(statement, this.backend, resolve, reject);
      });
    });
  }

  async #execute(
    statement: StatementText,
    backend: Backend,
    resolve: (answer: Answer) => void,
    reject: (error: Error) => void,
  ): Promise<string> {
    const { scheduler, monitor, fateOf } = this.#server.parts;
    const fate = fateOf(this.process, statement.text);
    if (fate === "lost-before") {
      await this.lose();
      return "connection lost before it";
    }
    this.busy = true;
    const sent = await backend.send(statement, scheduler.now);
    const deliver = () => {
      this.busy = false;
      this.lastUsed = scheduler.awakeMs;
      return this.#deliver(sent, statement.text, resolve, reject);
    };
    if (!(await monitor.answeredOrBlocked(sent, this.#server.isAlone(backend)))) {
      this.#server.wait(this, sent, () => scheduler.offer(this.process, `granted: ${label(statement.text)}`, deliver));
      return "waits for a lock";
    }
    if (fate === "lost-after") {
      this.busy = false;
      this.#server.changed(backend);
      await this.lose();
      return "connection lost after it";
    }
    // First the others' waits, which take real time; the answer last, so that what follows from it follows at once.
    // A statement that fails lets go of what its transaction holds.
    if (!backend.inTransaction || sent.outcome?.ok === false) {
      if (!READS.test(statement.text)) this.#server.changed(backend);
      await this.#server.released(backend);
    }
    return deliver();
  }

  #deliver(sent: Statement, text: string, resolve: (answer: Answer) => void, reject: (error: Error) => void): string {
    const { outcome } = sent;
    if (outcome === undefined) throw new Error("a statement was delivered before its answer");
    if (!outcome.ok) {
      reject(outcome.error);
      return `failed: ${outcome.error.message}`;
    }
    const idle = IDLE_SESSION.exec(text);
    if (idle !== null) this.idleSessionMs = Number(idle[1]);
    // Several statements in one text come back as several results.
    const result = Array.isArray(outcome.result) ? (outcome.result.at(-1) as pg.QueryResult) : outcome.result;
    resolve(result);
    return String(result.rowCount ?? 0);
  }
}

function label(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > LABEL_CHARS ? `${line.slice(0, LABEL_CHARS)}…` : line;
}

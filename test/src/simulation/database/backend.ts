import pg from "pg";
import { TimedQuery } from "./timed-query.js";

/** A statement as the driver takes it. */
export interface StatementText {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

export type Outcome =
  | { readonly ok: true; readonly result: pg.QueryResult }
  | { readonly ok: false; readonly error: Error };

/** A statement that was sent; `outcome` appears when the database has answered. */
export class Statement {
  readonly backend: Backend;
  readonly answered: Promise<void>;
  outcome: Outcome | undefined;
  /** What a cancelled statement says it died of, in place of the cancellation. */
  verdict: { readonly code: string; readonly message: string } | undefined;

  constructor(backend: Backend, sent: Promise<pg.QueryResult>) {
    this.backend = backend;
    this.answered = sent.then(
      (result) => {
        this.outcome = { ok: true, result };
      },
      (error: Error) => {
        this.outcome = { ok: false, error: this.#named(error) };
      },
    );
  }

  #named(error: Error): Error {
    return this.verdict === undefined ? error : Object.assign(new Error(this.verdict.message), this.verdict);
  }
}

const BEGIN = /^\s*BEGIN\b/i;
/** Statements that look at the clock, by themselves or through a column's default. */
const TIMED = /now\(|clock_timestamp|insert into/i;
const END = /^\s*(COMMIT|ROLLBACK)\b/i;
/** What a session leaves behind: an open transaction, locks, settings. */
const LEAVE = "ROLLBACK; SELECT pg_advisory_unlock_all(); RESET ALL";

/** Limits in real time would strike at moments that no seed decides; the simulated server keeps them in simulated time. */
const LIMITS = /((?:SET +|set_config\(')\w+_timeout(?: *= *|', *))('?\w+'?)/gi;

/** What is known of a text once it was seen; texts are few. */
interface Text {
  /** Without limits in real time. */
  readonly timeless: string;
  /** Under which it is prepared; undefined: several statements, or none that can be. */
  readonly name: string | undefined;
  readonly timed: boolean;
  readonly begins: boolean;
  readonly ends: boolean;
}

const texts = new Map<string, Text>();

/** A real session of Postgres, with the simulated clock in it; simulated connections borrow it one after the other. */
export class Backend {
  readonly client: pg.Client;
  /** Of its database. */
  readonly url: string;
  pid = 0;
  inTransaction = false;
  #failed = false;
  #clock: number | undefined;

  constructor(url: string) {
    this.url = url;
    this.client = new pg.Client({
      connectionString: url,
      application_name: "septet-simulation",
      options: "-c search_path=public,simulated,pg_catalog -c deadlock_timeout=1h -c septet.now=0",
    });
    this.client.on("error", () => undefined);
  }

  async open(): Promise<void> {
    await this.client.connect();
    const { rows } = await this.client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    this.pid = rows[0]!.pid;
    await TimedQuery.prepareClock(this.client);
  }

  /** Sends a statement, the clock set before it if it matters (not inside a failed transaction, which refuses all). */
  async send(statement: StatementText, now: number): Promise<Statement> {
    const text = textOf(statement.text);
    const late = this.#clock !== now && !this.#failed && text.timed;
    if (late) this.#clock = now;
    const sent = new Statement(this, this.#submit(statement, text, late ? now : undefined));
    void sent.answered.then(() => this.#note(text, sent.outcome?.ok === true));
    return sent;
  }

  async #submit(statement: StatementText, text: Text, now: number | undefined): Promise<pg.QueryResult> {
    try {
      return await this.#ask(statement, text, now);
    } catch (error) {
      // The error is told before the transaction has let go of its locks; the next answer comes after.
      await this.client.query("").catch(() => undefined);
      throw error;
    }
  }

  async #ask(statement: StatementText, { name, timeless }: Text, now: number | undefined): Promise<pg.QueryResult> {
    const asked = { text: timeless, ...(statement.values ? { values: statement.values } : {}) };
    if (name !== undefined) return TimedQuery.ask(this.client, { name, ...asked }, now);
    if (now !== undefined) await this.client.query(`SET septet.now = ${now}`);
    return this.client.query(asked);
  }

  /** The session ends, and another begins in its place: nothing of it is left. */
  async recycle(): Promise<void> {
    await this.client.query(LEAVE);
    this.inTransaction = false;
    this.#failed = false;
    this.#clock = undefined;
  }

  /** Forgets also how statements are best carried out: on another day, the tables are of other sizes. */
  async rest(): Promise<void> {
    await this.recycle();
    await this.client.query("DISCARD PLANS");
  }

  #note({ begins, ends }: Text, ok: boolean): void {
    // A transaction that is rolled back takes its settings back, the clock too.
    if (!ok) this.#clock = undefined;
    if (ends) {
      this.inTransaction = false;
      this.#failed = false;
      this.#clock = undefined;
    } else if (ok && begins) this.inTransaction = true;
    else if (!ok && this.inTransaction) this.#failed = true;
  }
}

/** Every text is prepared once per session, whether the service does so or not: half the work of small statements is theirs. */
function textOf(text: string): Text {
  let known = texts.get(text);
  if (known === undefined) {
    known = {
      timeless: text.replaceAll(LIMITS, "$1'0'"),
      name: /;|^\s*DO\b/i.test(text) ? undefined : `text_${texts.size + 1}`,
      timed: TIMED.test(text),
      begins: BEGIN.test(text),
      ends: END.test(text),
    };
    texts.set(text, known);
  }
  return known;
}

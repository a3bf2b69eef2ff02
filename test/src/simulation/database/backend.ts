import pg from "pg";

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

/** A real session of Postgres, with the simulated clock in it; simulated connections borrow it one after the other. */
export class Backend {
  readonly client: pg.Client;
  pid = 0;
  inTransaction = false;
  #failed = false;
  #clock: number | undefined;

  constructor(url: string) {
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
  }

  /** Sends a statement, the clock set before it if it matters (not inside a failed transaction, which refuses all). */
  async send(statement: StatementText, now: number): Promise<Statement> {
    if (this.#clock !== now && !this.#failed && TIMED.test(statement.text)) {
      await this.client.query(`SET septet.now = ${now}`);
      this.#clock = now;
    }
    const sent = new Statement(this, this.client.query(statement));
    void sent.answered.then(() => this.#note(statement.text, sent.outcome?.ok === true));
    return sent;
  }

  /** The session ends, and another begins in its place: nothing of it is left. */
  async recycle(): Promise<void> {
    await this.client.query("ROLLBACK");
    await this.client.query("SELECT pg_advisory_unlock_all()");
    await this.client.query("RESET ALL");
    this.inTransaction = false;
    this.#failed = false;
    this.#clock = undefined;
  }

  #note(text: string, ok: boolean): void {
    if (END.test(text)) {
      this.inTransaction = false;
      this.#failed = false;
      // A rollback takes settings of its transaction back.
      this.#clock = undefined;
    } else if (ok && BEGIN.test(text)) this.inTransaction = true;
    else if (!ok && this.inTransaction) this.#failed = true;
  }
}

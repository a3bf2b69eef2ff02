import pg from "pg";
import type { StatementText } from "./backend.js";

/** The part of the driver's connection that a query writes to. */
interface Wire {
  bind(order: { portal: string; statement: string; values: string[] }): void;
  execute(order: { portal: string }): void;
}

/** The driver's query as it is inside, which its types do not tell. */
interface InnerQuery {
  callback: (error: Error | null, result: pg.QueryResult) => void;
  requiresPreparation(): boolean;
  prepare(wire: Wire): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, wire: Wire): void;
}
const Query = pg.Query as unknown as new (statement: StatementText) => InnerQuery;

const CLOCK = "septet_clock";

/** A prepared statement and, before it in the same round trip, the setting of the session's simulated clock. */
export class TimedQuery extends Query {
  #now: number | undefined;

  private constructor(statement: StatementText, now: number | undefined) {
    super(statement);
    this.#now = now;
  }

  /** Once per session, before the first query. */
  static async prepareClock(client: pg.Client): Promise<void> {
    await client.query({ name: CLOCK, text: "SELECT set_config('septet.now', $1, false)", values: ["0"] });
  }

  /** @param now epoch ms to set the clock to; undefined leaves it */
  static ask(client: pg.Client, statement: StatementText, now: number | undefined): Promise<pg.QueryResult> {
    return new Promise((resolve, reject) => {
      const query = new TimedQuery(statement, now);
      query.callback = (error, result) => (error === null ? resolve(result) : reject(error));
      client.query(query as unknown as pg.Submittable);
    });
  }

  override requiresPreparation(): boolean {
    return true;
  }

  override prepare(wire: Wire): void {
    if (this.#now !== undefined) {
      wire.bind({ portal: "", statement: CLOCK, values: [String(this.#now)] });
      wire.execute({ portal: "" });
    }
    super.prepare(wire);
  }

  override handleDataRow(message: unknown): void {
    if (this.#now === undefined) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, wire: Wire): void {
    // The first is the clock's own.
    if (this.#now === undefined) super.handleCommandComplete(message, wire);
    else this.#now = undefined;
  }
}

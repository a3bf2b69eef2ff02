import pg from "pg";
import { Backend } from "./backend.js";

/** What a template holds before its first day: the shape of its tables, and how they come back to what they held. */
export interface Pristine {
  /** Changes when a table is made or dropped. */
  readonly shape: string;
  /** Puts the rows and sequences of the migrated schema back. */
  readonly restore: string;
}

/** Keeps copies of what migrations put into tables, out of the way of those who look at the tables. */
const KEEP = "pristine";
/** Tables that somebody wrote to, also if nothing came of it. */
const TOUCHED = `
SELECT (SELECT array_agg(quote_ident(relname) ORDER BY relname) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0) AS touched,
       (SELECT md5(string_agg(oid || relname, ',' ORDER BY oid)) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace) AS shape`;

interface Look {
  readonly touched: string[] | null;
  readonly shape: string;
}

/**
 * A service's database in a simulated world, and its sessions. It outlives the world: emptied and filled as the migrations
 * left it, with sessions that have read the catalogue and prepared their statements, it is another world's. That world
 * cannot tell it from a fresh one: the tables' files are new, sequences begin again, plans are forgotten.
 */
export class StandingDatabase {
  readonly service: string;
  readonly url: string;
  readonly #pristine: Pristine;
  #rested: Backend[] = [];
  #inUse: Backend[] = [];
  #looker: pg.Client | undefined;

  constructor(service: string, url: string, pristine: Pristine) {
    this.service = service;
    this.url = url;
    this.#pristine = pristine;
  }

  /** A session that nobody has used in this world. */
  async session(): Promise<Backend> {
    let backend = this.#rested.shift();
    if (backend === undefined) {
      backend = new Backend(this.url);
      await backend.open();
    }
    this.#inUse.push(backend);
    return backend;
  }

  /** Asks from outside of the world. */
  async look<T extends pg.QueryResultRow>(sql: string): Promise<T[]> {
    if (this.#looker === undefined) {
      this.#looker = new pg.Client({ connectionString: this.url });
      this.#looker.on("error", () => undefined);
      await this.#looker.connect();
    }
    return (await this.#looker.query<T>(sql)).rows;
  }

  /** Makes the database as it was on its first day; false when it cannot be: its tables are others now. */
  async restore(): Promise<boolean> {
    const { shape, restore } = this.#pristine;
    for (const backend of this.#inUse) await backend.rest();
    this.#rested = [...this.#inUse, ...this.#rested];
    this.#inUse = [];
    const [state] = await this.look<Look & pg.QueryResultRow>(TOUCHED);
    if (state?.shape !== shape) return false;
    const emptied = state.touched === null ? "" : `TRUNCATE ${state.touched.join(", ")} RESTART IDENTITY CASCADE;`;
    await this.look(`BEGIN; SET LOCAL session_replication_role = replica; ${emptied} ${restore} COMMIT`);
    return true;
  }

  async close(): Promise<void> {
    for (const { client } of [...this.#inUse, ...this.#rested]) await client.end();
    await this.#looker?.end();
  }
}

/** Looks at a freshly migrated template, and keeps copies in it of what the migrations put into its tables. */
export async function keepPristine(client: pg.Client): Promise<Pristine> {
  const { rows } = await client.query<Look>(TOUCHED);
  const { touched, shape } = rows[0]!;
  await client.query(`CREATE SCHEMA ${KEEP}`);
  const statements: string[] = [];
  for (const table of touched ?? []) {
    await client.query(`CREATE TABLE ${KEEP}.${table} AS TABLE public.${table}`);
    statements.push(`INSERT INTO public.${table} OVERRIDING SYSTEM VALUE SELECT * FROM ${KEEP}.${table};`);
  }
  const sequences = await client.query<{ name: string; start: string; last: string | null }>(
    `SELECT format('%I.%I', schemaname, sequencename) AS name, start_value AS start, last_value AS last
     FROM pg_sequences WHERE schemaname = 'public' ORDER BY sequencename`,
  );
  for (const { name, start, last } of sequences.rows) {
    statements.push(`SELECT setval('${name}', ${last ?? start}, ${last !== null});`);
  }
  return { shape, restore: statements.join(" ") };
}

import { messagingMigrations } from "@septet/messaging";
import { kitMigrations, openDatabase, type ServiceDefinition } from "@septet/service-kit";
import pg from "pg";

/** Every simulated world begins at this moment. */
export const EPOCH = Date.UTC(2026, 0, 5, 8, 0, 0);

/**
 * The database's clocks, all of them, are the simulation's: `simulated` stands before `pg_catalog` on the search path, also
 * while the tables are made, so that their defaults mean these functions.
 */
const CLOCKS = `
CREATE SCHEMA simulated;
CREATE FUNCTION simulated.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
  $$ SELECT to_timestamp(current_setting('septet.now')::float8 / 1000) $$;
CREATE FUNCTION simulated.now() RETURNS timestamptz LANGUAGE sql STABLE AS
  $$ SELECT to_timestamp(current_setting('septet.now')::float8 / 1000) $$;`;
const SERVICE_CLOCK = `
CREATE OR REPLACE FUNCTION septet_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS
  $$ SELECT to_timestamp(current_setting('septet.now')::float8 / 1000) $$`;

type Definition = Pick<ServiceDefinition, "name" | "migrations">;

/** Databases of simulated worlds: one per service, each copied from a template that was migrated once. */
export class Templates {
  readonly #admin: pg.Client;
  readonly #adminUrl: string;
  readonly #prefix: string;
  readonly #made: string[] = [];

  private constructor(admin: pg.Client, adminUrl: string, prefix: string) {
    this.#admin = admin;
    this.#adminUrl = adminUrl;
    this.#prefix = prefix;
  }

  /** @param prefix of the names: lower-case letters, digits and `_` */
  static async open(adminUrl: string, prefix: string): Promise<Templates> {
    const admin = new pg.Client({ connectionString: adminUrl });
    await admin.connect();
    return new Templates(admin, adminUrl, prefix);
  }

  /** Migrates a template for each service. */
  async prepare(definitions: readonly Definition[]): Promise<void> {
    for (const definition of definitions) await this.#prepareOne(definition);
  }

  /** A fresh database of a service; its address. */
  async copy(service: string, world: string): Promise<string> {
    const name = `${this.#prefix}_${world}_${plain(service)}`;
    await this.#admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await this.#admin.query(`CREATE DATABASE ${name} TEMPLATE ${this.#templateOf(service)}`);
    this.#made.push(name);
    return this.#urlOf(name);
  }

  async drop(url: string): Promise<void> {
    const name = new URL(url).pathname.slice(1);
    await this.#admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    this.#made.splice(this.#made.indexOf(name), 1);
  }

  async close(): Promise<void> {
    for (const name of this.#made) await this.#admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await this.#admin.end();
  }

  async #prepareOne({ name: service, migrations }: Definition): Promise<void> {
    const name = this.#templateOf(service);
    await this.#admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await this.#admin.query(`CREATE DATABASE ${name}`);
    this.#made.push(name);
    const url = this.#urlOf(name);
    await query(url, CLOCKS);
    await this.#admin.query(`ALTER DATABASE ${name} SET septet.now = ${EPOCH}`);
    // TypeORM makes its tables in the current schema, which is the first of the path that is no catalogue.
    await this.#admin.query(`ALTER DATABASE ${name} SET search_path = public, simulated, pg_catalog`);
    await atEpoch(async () => {
      const all = [...messagingMigrations, ...kitMigrations, ...migrations];
      const database = await openDatabase({ url, migrations: all, applicationName: "septet-simulation" });
      await database.close();
    });
    await query(url, SERVICE_CLOCK);
  }

  #templateOf(service: string): string {
    return `${this.#prefix}_template_${plain(service)}`;
  }

  #urlOf(name: string): string {
    const url = new URL(this.#adminUrl);
    url.pathname = `/${name}`;
    return url.href;
  }
}

/** Migrations that look at the date (the outbox's partitions) find the simulated one. */
function atEpoch<T>(work: () => Promise<T>): Promise<T> {
  const realNow = Date.now;
  Date.now = () => EPOCH;
  return work().finally(() => {
    Date.now = realNow;
  });
}

const plain = (service: string) => service.replaceAll("-", "_");

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

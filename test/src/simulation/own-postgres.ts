import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, ProcessKeeper, startPostgres } from "@septet/local-stack";

const run = promisify(execFile);

/** Says where the Postgres of a simulation is that was started by another process, as JSON of a `PostgresAddress`. */
export const POSTGRES_VARIABLE = "SEPTET_SIMULATION_POSTGRES";
/** Longer paths of sockets are refused by operating systems. */
const MAX_SOCKET_FOLDER_CHARS = 90;

/**
 * Nothing outlives the simulation, so nothing waits for the disk; and nothing happens by itself: what autovacuum finds out
 * would change plans, and with them the order of rows, at moments that no seed decides.
 */
const SETTINGS = {
  autovacuum: "off",
  synchronous_commit: "off",
  wal_level: "minimal",
  max_wal_senders: 0,
  max_wal_size: "4GB",
  checkpoint_timeout: "1d",
  shared_buffers: "256MB",
  // Plans depend on what was prepared, never on how often it was asked before.
  plan_cache_mode: "force_generic_plan",
  max_parallel_workers_per_gather: 0,
  TimeZone: "UTC",
};

export interface PostgresAddress {
  /** Superuser, database `postgres`, over TCP. */
  readonly adminUrl: string;
  /** The folder of its socket, which takes half the time of TCP; undefined where there is none. */
  readonly socketFolder: string | undefined;
}

/** A Postgres to make databases in. */
export interface BorrowedPostgres extends PostgresAddress {
  stop(): Promise<void>;
}

/** The one that the environment names, or one of our own in a temporary folder. */
export async function borrowPostgres(env = process.env): Promise<BorrowedPostgres> {
  const shared = env[POSTGRES_VARIABLE];
  if (shared) return { ...(JSON.parse(shared) as PostgresAddress), stop: async () => undefined };
  const home = mkdtempSync(join(tmpdir(), "septet-simulation-"));
  const keeper = new ProcessKeeper(join(home, "run"), home);
  const folder = join(home, "postgres");
  const socketFolder = folder.length <= MAX_SOCKET_FOLDER_CHARS && process.platform !== "win32" ? folder : undefined;
  const settings = { ...SETTINGS, ...(socketFolder === undefined ? {} : { unix_socket_directories: socketFolder }) };
  const order = { home, port: await freePort(), keeper, logs: home, fsync: false, settings };
  const { adminUrl, process: server } = await startPostgres(order);
  const stop = async () => {
    // Sessions that a world stopped, and never came to wake: they could not hear that it is over. None is no error.
    await run("pkill", ["-CONT", "-P", String(server.pid)]).catch(() => undefined);
    await keeper.close(5_000);
    rmSync(home, { recursive: true, force: true });
  };
  return { adminUrl, socketFolder, stop };
}

/** The same address over the socket, if there is one. */
export function nearUrl(url: string, socketFolder: string | undefined): string {
  if (socketFolder === undefined) return url;
  const near = new URL(url);
  near.searchParams.set("host", socketFolder);
  return near.href;
}

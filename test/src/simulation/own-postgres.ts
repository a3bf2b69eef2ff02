import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, ProcessKeeper, STACK_VARIABLE, startPostgres } from "@septet/local-stack";

/** A Postgres to make databases in. */
export interface BorrowedPostgres {
  readonly adminUrl: string;
  stop(): Promise<void>;
}

/** The one of the test runner, or one of our own in a temporary folder, which does not wait for the disk. */
export async function borrowPostgres(env = process.env): Promise<BorrowedPostgres> {
  const shared = env[STACK_VARIABLE];
  if (shared) {
    const { adminUrl } = JSON.parse(shared) as { adminUrl: string };
    return { adminUrl, stop: async () => undefined };
  }
  const home = mkdtempSync(join(tmpdir(), "septet-simulation-"));
  const keeper = new ProcessKeeper(join(home, "run"), home);
  const postgres = await startPostgres({ home, port: await freePort(), keeper, logs: home, fsync: false });
  const stop = async () => {
    await keeper.close(5_000);
    rmSync(home, { recursive: true, force: true });
  };
  return { adminUrl: postgres.adminUrl, stop };
}

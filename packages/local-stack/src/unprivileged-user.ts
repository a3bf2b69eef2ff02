import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** How to run a program that refuses to run as root. */
export interface UnprivilegedUser {
  /** Who has to own the files it writes; undefined: whoever runs this. */
  readonly owner: Ids | undefined;
  /** What to give to `spawn`. */
  readonly spawnAs: Partial<Ids>;
  /** Words to put before the command. */
  readonly prefix: readonly string[];
}

const CAPABILITY = "+dac_override";

/**
 * Postgres refuses root. Started by root it runs as the user `postgres` (made if there is none), by anybody else as that
 * user. A checkout may lie below a folder that only root may enter (`/root`, a temporary folder); then `setpriv` gives
 * the process the one right to pass through folders, instead of changing the modes of folders that are not ours.
 * @param folders everything the program has to reach
 */
export async function unprivilegedUser(folders: readonly string[]): Promise<UnprivilegedUser> {
  if (process.getuid?.() !== 0) return { owner: undefined, spawnAs: {}, prefix: [] };
  const owner = (await lookUp()) ?? (await create());
  if (folders.every(everybodyMayEnter)) return { owner, spawnAs: owner, prefix: [] };
  return {
    owner,
    spawnAs: {},
    prefix: [
      "setpriv",
      `--reuid=${owner.uid}`,
      `--regid=${owner.gid}`,
      "--clear-groups",
      // access(2) drops the capabilities of ordinary users without this bit, and initdb looks for postgres with it.
      "--securebits=+no_setuid_fixup",
      `--inh-caps=${CAPABILITY}`,
      `--ambient-caps=${CAPABILITY}`,
    ],
  };
}

async function lookUp(): Promise<Ids | undefined> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", "postgres"]), run("id", ["-g", "postgres"])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch (error) {
    if (typeof (error as { code?: unknown }).code === "number") return undefined;
    throw error;
  }
}

async function create(): Promise<Ids> {
  try {
    await run("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/bin/false", "postgres"]);
  } catch (error) {
    throw new Error(
      `Postgres does not run as root and the user "postgres" cannot be made: ${(error as Error).message}`,
    );
  }
  const made = await lookUp();
  if (made === undefined) throw new Error('The user "postgres" was made and cannot be found.');
  return made;
}

function everybodyMayEnter(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

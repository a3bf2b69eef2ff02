import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { until } from "./deadline.js";
import { identify } from "./process-identity.js";
import { endProcess } from "./process-keeper.js";

/**
 * After SIGKILL postmaster.pid stays. Postgres takes it over when nothing has its pid any more; but it refuses to start
 * when the pid has been given to some other process meanwhile, or when nobody has collected the dead one (containers
 * without an init). Then the file goes, once no session of the old Postgres is left. A Postgres that really runs on this
 * folder is ended first.
 */
export async function recoverFromKill(data: string): Promise<void> {
  const file = join(data, "postmaster.pid");
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isTaken(pid)) return;
  const identity = identify(pid);
  if (identity !== undefined && commandOf(pid).includes(data)) await endProcess(identity, 8_000);
  await until(`sessions of a killed Postgres in ${data} have ended`, 60_000, () => !isWorkedIn(data));
  rmSync(file, { force: true });
}

/** In the eyes of Postgres: a dead process that nobody has collected counts. */
function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Whether any process has the folder as its working directory, as all of Postgres's have. */
function isWorkedIn(data: string): boolean {
  if (!existsSync("/proc/self/cwd")) return false;
  return readdirSync("/proc").some(
    (pid) => /^\d+$/.test(pid) && readIfThere(() => readlinkSync(`/proc/${pid}/cwd`)) === data,
  );
}

function commandOf(pid: number): string {
  return readIfThere(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")) ?? "";
}

/** Processes come and go while they are looked at, and others' are not ours to read. */
function readIfThere(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

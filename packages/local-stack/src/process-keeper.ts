import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./deadline.js";
import { identify, isRunning, type ProcessIdentity } from "./process-identity.js";

export interface ProcessOrder {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Takes the process's output; appended to. */
  readonly logFile: string;
  readonly uid?: number;
  readonly gid?: number;
}

export interface KeptProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves once it has ended, however it came about, with a description such as "exit code 1". */
  readonly ended: Promise<string>;
  /** How it ended; undefined while it runs. */
  end(): string | undefined;
  kill(signal: NodeJS.Signals): void;
  /** SIGINT (an orderly stop for Postgres, Java and Node alike), and SIGKILL to what still runs after `withinMs`. */
  stop(withinMs: number): Promise<void>;
}

/**
 * A shell that outlives this process just long enough: it holds the pids of all children, and when its input closes
 * (this process ended, by SIGKILL too) it asks them to stop, wakes those of their own children that somebody had stopped
 * (a simulation stops sessions of Postgres that wait), and removes the folder that was not to be kept. The records below
 * cover the case that it was killed as well.
 */
const GUARD = `
pids=
while read -r line; do pids=$line; done
for pid in $pids; do kill -INT $pid; pkill -CONT -P $pid; done 2>/dev/null
[ -n "$1" ] || exit 0
alive() { for pid in $pids; do kill -0 $pid && return 0; done; return 1; }
tenths=0
while [ $tenths -lt 100 ] && alive; do sleep 0.1; tenths=$((tenths + 1)); done
rm -rf "$1"`;

/**
 * Starts processes that never outlive this one. Each is recorded in `folder` with its start time, so that the next start
 * can end what was left over, and nothing else.
 */
export class ProcessKeeper {
  readonly #folder: string;
  readonly #doomedFolder: string;
  readonly #running = new Map<number, KeptProcess>();
  #guard: ChildProcess | undefined;

  /**
   * @param folder of the records
   * @param doomedFolder removed should this process end without having done it; for temporary data
   */
  constructor(folder: string, doomedFolder = "") {
    this.#folder = folder;
    this.#doomedFolder = doomedFolder;
    mkdirSync(folder, { recursive: true });
  }

  start(order: ProcessOrder): KeptProcess {
    const log = openSync(order.logFile, "a");
    const child = spawn(order.command, order.args, {
      cwd: order.cwd,
      env: order.env ?? process.env,
      stdio: ["ignore", log, log],
      // A group of its own: Ctrl-C in the terminal reaches this process only, which then stops its children in order.
      detached: true,
      ...(order.uid === undefined ? {} : { uid: order.uid }),
      ...(order.gid === undefined ? {} : { gid: order.gid }),
    });
    closeSync(log);
    const ended = endOf(child);
    const pid = child.pid;
    if (pid === undefined) throw new Error(`${order.name}: cannot run ${order.command}`);
    child.unref();
    const kept = this.#keep(order, child, pid, ended);
    this.#running.set(pid, kept);
    this.#tellGuard();
    const identity = identify(pid);
    const record = join(this.#folder, `${order.name}.json`);
    if (identity !== undefined) writeFileSync(record, JSON.stringify(identity));
    void ended.then(() => {
      this.#running.delete(pid);
      this.#tellGuard();
      if (recordedIn(record)?.pid === pid) rmSync(record, { force: true });
    });
    return kept;
  }

  /** Stops whatever still runs and lets the guard go. */
  async close(withinMs: number): Promise<void> {
    await Promise.all([...this.#running.values()].map((process) => process.stop(withinMs)));
    this.#guard?.stdin?.end();
    this.#guard = undefined;
  }

  #keep(order: ProcessOrder, child: ChildProcess, pid: number, ended: Promise<string>): KeptProcess {
    let end: string | undefined;
    void ended.then((how) => {
      end = how;
    });
    return {
      name: order.name,
      pid,
      logFile: order.logFile,
      ended,
      end: () => end,
      kill: (signal) => void child.kill(signal),
      stop: async (withinMs) => {
        // Until now it did not keep this process alive; its end has to be seen.
        child.ref();
        child.kill("SIGINT");
        const timer = setTimeout(() => child.kill("SIGKILL"), withinMs);
        await ended;
        clearTimeout(timer);
      },
    };
  }

  #tellGuard(): void {
    if (this.#guard === undefined) {
      if (this.#running.size === 0) return;
      this.#guard = spawn("sh", ["-c", GUARD, "septet-guard", this.#doomedFolder], {
        cwd: "/",
        stdio: ["pipe", "ignore", "ignore"],
        detached: true,
      });
      this.#guard.unref();
      (this.#guard.stdin as unknown as { unref(): void }).unref();
      // Without a guard the records still do; a broken pipe must not take the stack down.
      this.#guard.on("error", () => undefined);
      this.#guard.stdin?.on("error", () => undefined);
    }
    this.#guard.stdin?.write(`${[...this.#running.keys()].join(" ")}\n`);
  }
}

/** Ends processes recorded in `folder`, or below it, by an owner that is gone. Only a pid whose start time matches is signalled. */
export async function endLeftovers(folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const ended: string[] = [];
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  for (const file of files.filter((name) => name.endsWith(".json"))) {
    const identity = recordedIn(join(folder, file));
    if (identity !== undefined && isRunning(identity)) {
      await endProcess(identity, 8_000);
      ended.push(file.slice(0, -".json".length));
    }
    rmSync(join(folder, file), { force: true });
  }
  return ended;
}

/** SIGINT, then SIGKILL after `withinMs`, each only while it is the same process. */
export async function endProcess(identity: ProcessIdentity, withinMs: number): Promise<void> {
  const gone = () => !isRunning(identity);
  for (const [signal, patienceMs] of [
    ["SIGINT", withinMs],
    ["SIGKILL", 5_000],
  ] as const) {
    if (gone()) return;
    process.kill(identity.pid, signal);
    const end = performance.now() + patienceMs;
    await until(`end of process ${identity.pid}`, patienceMs + 1_000, () => gone() || performance.now() > end);
  }
}

/** The last lines of a log file, for error messages. */
export function tailOf(logFile: string, lines = 20): string {
  try {
    return readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } catch (error) {
    return `(no log: ${(error as Error).message})`;
  }
}

function recordedIn(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ProcessIdentity;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    child.once("error", (error) => resolve(error.message));
  });
}

import { type ChildProcess, fork } from "node:child_process";
import { real } from "./kernel/simulated-globals.js";
import { Laboratory } from "./laboratory.js";
import { type BorrowedPostgres, borrowPostgres, POSTGRES_VARIABLE } from "./own-postgres.js";
import type { RunResult } from "./run.js";
import type { Script } from "./workload/script.js";

/** What is told of a day that was played elsewhere. */
export type Played = Pick<RunResult, "findings" | "steps" | "fingerprint" | "messages"> & {
  /** Real time that it took, s. */
  readonly seconds: number;
};

/** Argument of a process that plays what it is told to, and nothing by itself. */
export const WORKER_ARGUMENT = "--as-worker";

/** A worker whose parent is gone has this long to end its day and leave its databases in order, ms. */
const LAST_DAY_MS = 30_000;

interface Order {
  readonly script: Script;
  readonly resolve: (played: Played) => void;
  readonly reject: (error: Error) => void;
}
type Report = { readonly played: Played } | { readonly failed: string };

/** Processes that play days, each one day at a time, on one Postgres. */
export class Players {
  readonly #postgres: BorrowedPostgres;
  readonly #idle: ChildProcess[];
  readonly #busy = new Map<ChildProcess, Order>();
  readonly #queue: Order[] = [];
  #closing = false;

  private constructor(postgres: BorrowedPostgres, children: ChildProcess[]) {
    this.#postgres = postgres;
    this.#idle = children;
    for (const child of children) {
      child.on("message", (report) => this.#settle(child, report as Report));
      child.once("exit", (code, signal) => this.#lost(child, `a player ended with ${signal ?? code}`));
    }
  }

  /** @param program that becomes a worker when it is told to by its argument */
  static async open(count: number, program: string): Promise<Players> {
    const postgres = await borrowPostgres();
    const { adminUrl, socketFolder } = postgres;
    const env = { ...process.env, [POSTGRES_VARIABLE]: JSON.stringify({ adminUrl, socketFolder }) };
    const children = Array.from({ length: count }, () => fork(program, [WORKER_ARGUMENT], { env }));
    return new Players(postgres, children);
  }

  play(script: Script): Promise<Played> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ script, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    const children = [...this.#idle, ...this.#busy.keys()];
    const ended = children.map(
      (child) => new Promise((resolve) => (child.exitCode !== null ? resolve(0) : child.once("exit", resolve))),
    );
    for (const child of children) if (child.connected) child.disconnect();
    await Promise.all(ended);
    await this.#postgres.stop();
  }

  #next(): void {
    while (this.#queue.length > 0 && this.#idle.length > 0) {
      const child = this.#idle.shift()!;
      const order = this.#queue.shift()!;
      this.#busy.set(child, order);
      child.send({ script: order.script });
    }
  }

  #settle(child: ChildProcess, report: Report): void {
    const order = this.#busy.get(child);
    this.#busy.delete(child);
    this.#idle.push(child);
    if ("played" in report) order?.resolve(report.played);
    else order?.reject(new Error(report.failed));
    this.#next();
  }

  #lost(child: ChildProcess, reason: string): void {
    if (this.#closing) return;
    const error = new Error(reason);
    this.#busy.get(child)?.reject(error);
    this.#busy.delete(child);
    const at = this.#idle.indexOf(child);
    if (at >= 0) this.#idle.splice(at, 1);
    if (this.#idle.length + this.#busy.size === 0) for (const { reject } of this.#queue.splice(0)) reject(error);
  }
}

/** Plays in this process what the parent process says, until that goes away. */
export async function serveAsWorker(): Promise<void> {
  const laboratory = await Laboratory.open();
  const gone = new Promise<void>((resolve) => process.once("disconnect", resolve));
  let last = Promise.resolve();
  process.on("message", (order: { script: Script }) => {
    last = last.then(async () => {
      const report = await playTimed(laboratory, order.script).then(
        (played): Report => ({ played }),
        (error: unknown): Report => ({
          failed: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }),
      );
      if (process.connected) process.send?.(report);
    });
  });
  await gone;
  // Without its Postgres, a day may never end.
  real.setTimeout(() => process.exit(1), LAST_DAY_MS).unref();
  await last;
  await laboratory.close();
}

/** @param print gets a line per step */
export async function playTimed(
  laboratory: Laboratory,
  script: Script,
  print?: (line: string) => void,
): Promise<Played> {
  const started = performance.now();
  const { findings, steps, fingerprint, messages } = await laboratory.play(script, print);
  return { findings, steps, fingerprint, messages, seconds: (performance.now() - started) / 1_000 };
}

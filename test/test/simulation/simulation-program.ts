import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { repositoryFolder } from "@septet/local-stack";

const PROGRAM = join(repositoryFolder, "test", "dist", "simulation", "main.js");

export interface Simulated {
  readonly code: number | null;
  readonly output: string;
}

/**
 * Runs the simulation as a program: it puts its own clock and randomness in the place of the process's, which jest's would
 * not let it do.
 * @param env in place of the test's
 */
export function simulate(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Simulated> {
  if (!existsSync(PROGRAM)) throw new Error("the simulation is not built: npm run build");
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--enable-source-maps", PROGRAM, ...args], {
      env: { ...process.env, ...env },
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output: Buffer.concat(chunks).toString() }));
  });
}

/** A process that does nothing but take a processor's time, for a minute at most or until it is killed. */
export function busyProcess(): ChildProcess {
  return spawn(process.execPath, ["-e", "const end = Date.now() + 60_000; while (Date.now() < end);"]);
}

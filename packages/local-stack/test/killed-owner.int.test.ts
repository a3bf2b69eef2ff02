import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { freePortBase, NOTHING_EXTERNAL, repositoryFolder, type Stack, startStack, until } from "../src/index.js";
import { identify } from "../src/process-identity.js";
import { ALL_TRACES, findTraces, leaveTraces, type Places, placesOf } from "./support/goods.js";

const KEEPER = resolve(repositoryFolder, "packages/local-stack/test/support/stack-keeper.mjs");

describe("a stack whose owner is killed", () => {
  let home: string;
  let portBase: number;
  let owner: ChildProcess;
  let next: Stack | undefined;
  let pids: number[];

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "septet-home-"));
    portBase = await freePortBase();
    owner = spawn(process.execPath, [KEEPER, home, String(portBase)], { stdio: ["ignore", "pipe", "inherit"] });
    const told = await firstLineOf(owner);
    pids = told.pids;
    await leaveTraces(told.places);
  });
  afterEach(async () => {
    owner.kill("SIGKILL");
    await next?.stop();
    next = undefined;
    rmSync(home, { recursive: true, force: true });
  });

  test("Postgres, Kafka and the registry end with it, and the next start finds all data", async () => {
    owner.kill("SIGKILL");
    await until("the children are gone", 60_000, () => owner.signalCode !== null && pids.every((pid) => !isAlive(pid)));

    next = await startStack({ home, portBase, fsync: false, external: NOTHING_EXTERNAL });
    expect(await findTraces(placesOf(next))).toEqual(ALL_TRACES);
  });

  test("what was left running, because its guard was killed too, is ended by the next start on the same ports", async () => {
    process.kill(guardOf(owner), "SIGKILL");
    owner.kill("SIGKILL");
    await until("the owner is gone", 60_000, () => owner.signalCode !== null);
    expect(pids.map(isAlive)).toEqual([true, true, true]);

    next = await startStack({ home, portBase, fsync: false, external: NOTHING_EXTERNAL });
    expect(pids.map(isAlive)).toEqual([false, false, false]);
    expect(await findTraces(placesOf(next))).toEqual(ALL_TRACES);
  });

  test("everything killed at once, data and all, starts again with what had been acknowledged", async () => {
    for (const pid of [guardOf(owner), ...pids]) process.kill(pid, "SIGKILL");
    owner.kill("SIGKILL");
    await until("all are gone", 60_000, () => owner.signalCode !== null && pids.every((pid) => !isAlive(pid)));

    next = await startStack({ home, portBase, fsync: false, external: NOTHING_EXTERNAL });
    expect(await findTraces(placesOf(next))).toEqual(ALL_TRACES);
  });
});

function firstLineOf(owner: ChildProcess): Promise<{ pids: number[]; places: Places }> {
  return new Promise((resolve, reject) => {
    owner.once("exit", (code) => reject(new Error(`the owner ended with ${code}`)));
    createInterface({ input: owner.stdout as NodeJS.ReadableStream }).once("line", (line) => resolve(JSON.parse(line)));
  });
}

/** The shell that ends a killed owner's children: its child with that name. */
function guardOf(owner: ChildProcess): number {
  const guards = readdirSync("/proc").filter((pid) => {
    const file = `/proc/${pid}/cmdline`;
    if (!/^\d+$/.test(pid) || !existsSync(file)) return false;
    const parent = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    return parent === owner.pid && readFileSync(file, "utf8").includes("septet-guard");
  });
  if (guards.length !== 1) throw new Error(`expected one guard, found ${guards.length}`);
  return Number(guards[0]);
}

function isAlive(pid: number): boolean {
  return identify(pid) !== undefined;
}

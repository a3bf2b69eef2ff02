import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  attachOrStartStack,
  describeStack,
  freePortBase,
  NOTHING_EXTERNAL,
  STACK_VARIABLE,
  type Stack,
  type System,
  startStack,
  startSystem,
  type TestStack,
} from "@septet/local-stack";
import type { PlatformAccess } from "../platform/access.js";
import { accessTo } from "../platform/own-platform.js";
import { stderrLogger } from "../platform/stderr-logger.js";
import type { Watched } from "./processes.js";

/** Partitions per topic, as in production. */
const PARTITIONS = 12;

export interface BenchPlatform {
  readonly access: PlatformAccess;
  readonly system: System;
  readonly stack: Stack;
  readonly tests: TestStack;
  /** Every process that takes part, this one included. */
  readonly processes: readonly Watched[];
  stop(): Promise<void>;
}

/** A stack that waits for the disk like a real one (tests do not), with one instance of each service or more. */
export async function startBenchPlatform(instances: number): Promise<BenchPlatform> {
  const stack = await startStack({
    home: mkdtempSync(join(tmpdir(), "septet-bench-")),
    portBase: await freePortBase(),
    keep: false,
    fsync: true,
    external: NOTHING_EXTERNAL,
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  try {
    const tests = await attachOrStartStack({ [STACK_VARIABLE]: JSON.stringify(describeStack(stack)) });
    const services = { "order-reservation": instances, warehouse: 1, ledger: 1 };
    const system = await startSystem({ stack: tests, services, partitions: PARTITIONS });
    const stop = async () => {
      await system.stop();
      await tests.stop();
      await stack.stop();
    };
    const access = accessTo(system, tests, stderrLogger);
    return { access, system, stack, tests, processes: processesOf(stack, system, instances), stop };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

function processesOf(stack: Stack, system: System, instances: number): Watched[] {
  const services: Watched[] = Array.from({ length: instances }, (_, i) => ({
    name: instances === 1 ? "order-reservation" : `order-reservation ${i + 1}`,
    pid: system.pid("order-reservation", i),
  }));
  return [
    ...services,
    { name: "warehouse", pid: system.pid("warehouse") },
    { name: "ledger", pid: system.pid("ledger") },
    ...stack.parts.map((part) => ({ name: part, pid: stack.process(part).pid })),
    { name: "load generator", pid: process.pid },
  ];
}

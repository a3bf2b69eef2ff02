import { existsSync } from "node:fs";
import { join } from "node:path";
import { GivenUp, until } from "./deadline.js";
import { repositoryFolder } from "./paths.js";
import type { LocalService } from "./ports.js";
import { type KeptProcess, type ProcessKeeper, tailOf } from "./process-keeper.js";

/** The built program of a service. */
export function entryPoint(service: LocalService): string {
  return join(repositoryFolder, "services", service, "dist", "main.js");
}

/** The services that exist in this checkout and are built. */
export function builtServices(all: readonly LocalService[]): LocalService[] {
  return all.filter((service) => existsSync(entryPoint(service)));
}

export interface ServiceOrder {
  readonly service: LocalService;
  readonly instance: string;
  /** Variables of service-kit's configuration; PORT and HOST say where it is asked for its health. */
  readonly env: Readonly<Record<string, string>>;
  readonly logs: string;
  readonly keeper: ProcessKeeper;
}

/**
 * Node sizes its heap by the machine's memory and lets garbage lie. Bounded like in production, the services held 133 to
 * 168 MiB at the end of a replay instead of 177 to 236, at the same pace.
 */
const HEAP_FLAGS = ["--max-old-space-size=256", "--max-semi-space-size=8"];

/** Starts a service as a child process; it may not be ready yet. */
export function startService({ service, instance, env, logs, keeper }: ServiceOrder): KeptProcess {
  const { NODE_OPTIONS: _testRunners, ...inherited } = process.env;
  return keeper.start({
    name: instance,
    command: process.execPath,
    args: [...HEAP_FLAGS, entryPoint(service)],
    cwd: repositoryFolder,
    env: { ...inherited, ...env },
    logFile: join(logs, `${instance}.log`),
  });
}

/**
 * Waits until the service answers `/health/ready` with 200.
 * @throws with the last lines of its log when it ends or is not ready in time
 */
export async function untilReady(service: KeptProcess, url: string, withinMs: number): Promise<void> {
  try {
    await until(`${service.name} is ready`, withinMs, async () => {
      const end = service.end();
      if (end !== undefined) throw new GivenUp(`${service.name} ended with ${end}`);
      const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3_000) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${answer.status} ${text}`);
      return true;
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${tailOf(service.logFile, 40)}`, { cause: error });
  }
}

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { auditEnv, ledgerLast } from "./audit-env.js";
import { openAuth, type Role } from "./auth.js";
import { ownerOf } from "./owner-lock.js";
import { defaultHome } from "./paths.js";
import { freePort, type LocalService, SERVICES } from "./ports.js";
import { isRunning } from "./process-identity.js";
import { builtServices } from "./service-process.js";
import { type Stack, type StackOptions, startStack } from "./stack.js";
import { SupervisedService } from "./supervised-service.js";
import { startTemporaryStack } from "./testing.js";

/** Everything needed to speak to a running platform. */
export interface PlatformAccess {
  readonly home: string;
  readonly kafkaBrokers: string;
  /** Before every topic and group; empty. */
  readonly topicPrefix: string;
  readonly registryUrl: string;
  /** All instances of each service. */
  readonly urls: Readonly<Record<string, readonly string[]>>;
  token(roles: readonly Role[], subject?: string): Promise<string>;
}

export interface Platform extends PlatformAccess {
  readonly stack: Stack;
  /** Everything ends within `withinMs` milliseconds; 14 s if not given. */
  stop(withinMs?: number): Promise<void>;
}

export interface PlatformOptions extends StackOptions {
  /** Instances by service; one of each that is built if not given. */
  readonly services?: Partial<Record<LocalService, number>>;
  /** Further variables for all services. */
  readonly env?: Readonly<Record<string, string>>;
  /** True: temporary folder and free ports instead of the home, nothing stays. */
  readonly temporary?: boolean;
  /** Milliseconds until every service must be ready; 60 s if not given. */
  readonly readyMs?: number;
}

const STOP_MS = 14_000;
/** What the services may use of it; the stack needs a second, or some more the first time. */
const SERVICES_STOP_MS = 8_000;

/**
 * Starts the stack, then the services on it, and waits until all are ready. A service that ends by itself is reported and
 * started again.
 * @throws what startStack throws, and the last lines of a service's log when it does not become ready
 */
export async function startPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const report = options.onProgress ?? (() => undefined);
  const counts = ledgerLast(countsOf(options.services));
  const furtherPorts = counts.map(([service]) => [SERVICES[service].portOffset, service] as const);
  const stack = options.temporary
    ? await startTemporaryStack(options.onProgress)
    : await startStack({ ...options, furtherPorts: [...furtherPorts, ...(options.furtherPorts ?? [])] });
  const services: SupervisedService[] = [];
  const stop = async (withinMs = STOP_MS) => {
    const end = performance.now() + withinMs;
    rmSync(descriptionFile(stack.home), { force: true });
    await Promise.all(services.map((service) => service.stop(Math.min(SERVICES_STOP_MS, withinMs / 2))));
    await stack.stop(Math.max(4_000, end - performance.now()));
  };
  try {
    const urls: Record<string, string[]> = {};
    for (const [service, count] of counts) {
      const audit = service === "ledger" ? await auditEnv(stack.auth, urls) : {};
      const started = await startInstances(stack, service, count, { ...audit, ...options.env }, report);
      services.push(...started);
      urls[service] = started.map(({ url }) => url);
    }
    await Promise.all(services.map((service) => service.ready(options.readyMs ?? 60_000)));
    const access = {
      home: stack.home,
      kafkaBrokers: stack.kafkaBrokers,
      topicPrefix: "",
      registryUrl: stack.registryUrl,
      urls,
    };
    writeFileSync(descriptionFile(stack.home), JSON.stringify(access));
    return { ...access, stack, token: tokens(stack.auth), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * The platform that `npm start` runs in `home` (`SEPTET_HOME` if not given), for programs beside it.
 * @throws when none runs there
 */
export async function runningPlatform(home = defaultHome()): Promise<PlatformAccess> {
  const owner = ownerOf(join(resolve(home), "run", "stack.lock"));
  let text: string | undefined;
  try {
    text = readFileSync(descriptionFile(home), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  if (owner === undefined || !isRunning(owner) || text === undefined)
    throw new Error(
      `No platform runs in ${resolve(home)}. Start it with "npm start", or set SEPTET_HOME to its folder.`,
    );
  const access = JSON.parse(text) as Omit<PlatformAccess, "token">;
  return { ...access, token: tokens(await openAuth(access.home)) };
}

/** The first instance on the service's own port, further ones on free ports. */
async function startInstances(
  stack: Stack,
  service: LocalService,
  count: number,
  env: Readonly<Record<string, string>>,
  report: (line: string) => void,
): Promise<SupervisedService[]> {
  const { logs, keeper } = stack;
  const started: SupervisedService[] = [];
  for (let i = 1; i <= count; i++) {
    const instance = count === 1 ? service : `${service}-${i}`;
    const own = { SEPTET_INSTANCE: instance, ...(i === 1 ? {} : { PORT: String(await freePort()) }) };
    const order = { service, instance, env: { ...stack.env(service), ...env, ...own }, logs, keeper };
    started.push(new SupervisedService(order, report));
  }
  return started;
}

function countsOf(services: PlatformOptions["services"]): [LocalService, number][] {
  if (services !== undefined) return Object.entries(services) as [LocalService, number][];
  return builtServices(Object.keys(SERVICES) as LocalService[]).map((service) => [service, 1]);
}

function tokens(auth: { issueToken(order: { subject: string; roles: readonly Role[] }): Promise<string> }) {
  return (roles: readonly Role[], subject = "local") => auth.issueToken({ subject, roles });
}

function descriptionFile(home: string): string {
  return join(resolve(home), "run", "platform");
}

import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { auditEnv, ledgerLast } from "./audit-env.js";
import { ROLES, type Role } from "./auth.js";
import type { Loose } from "./loose.js";
import { type LocalService, type PortRange, SERVICES, takePortRange } from "./ports.js";
import { withClient } from "./postgres.js";
import { type KeptProcess, ProcessKeeper, tailOf } from "./process-keeper.js";
import { type ServiceClient, serviceClient } from "./service-client.js";
import { startService, untilReady } from "./service-process.js";
import type { TestDatabase, TestStack } from "./testing.js";

export interface SystemOptions {
  readonly stack: TestStack;
  /** How many instances of each service. */
  readonly services: Partial<Record<LocalService, number>>;
  /** Further variables for all services. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further variables by service. */
  readonly envOf?: Partial<Record<LocalService, Readonly<Record<string, string>>>>;
  /** Partitions per topic; 4 if not given. */
  readonly partitions?: number;
  /** Milliseconds until every service must be ready; 120 s if not given. */
  readonly readyMs?: number;
}

/** Services as child processes with databases, topics and ports of their own. */
export interface System {
  readonly topicPrefix: string;
  readonly kafkaBrokers: string;
  readonly registryUrl: string;
  readonly urls: Readonly<Record<string, readonly string[]>>;
  /** Folder of the log files, `<service>-<i>.log`. */
  readonly logs: string;
  databaseUrl(service: LocalService): string;
  pid(service: LocalService, i?: number): number;
  token(roles: readonly Role[], options?: { subject?: string; supplier?: string }): Promise<string>;
  /** A client with all roles but supplier, or those given. */
  http(service: LocalService, i?: number, roles?: readonly Role[]): ServiceClient;
  /** Sends a signal and waits for the end; SIGKILL if not given. */
  kill(service: LocalService, i?: number, signal?: NodeJS.Signals): Promise<void>;
  /** Freezes and thaws a process: SIGSTOP, SIGCONT, without waiting. */
  signal(service: LocalService, i: number, signal: NodeJS.Signals): void;
  /** Starts an instance again on its port (ending it first, if it runs) and waits until it is ready. */
  restart(service: LocalService, i?: number, env?: Readonly<Record<string, string>>): Promise<void>;
  /** Moves the clock of every service by so many milliseconds from where it stands now. */
  moveClock(ms: number): Promise<void>;
  query<T = Loose>(service: LocalService, sql: string, params?: unknown[]): Promise<T[]>;
  /** The whole log of an instance. */
  log(service: LocalService, i?: number): string;
  /** Ends the services and removes databases and topics. @throws when a service had ended by itself. */
  stop(): Promise<void>;
}

interface Instance {
  readonly service: LocalService;
  readonly url: string;
  readonly name: string;
  readonly env: Record<string, string>;
  process: KeptProcess;
  /** Ended because a test wanted it. */
  killed: boolean;
}

const STOP_MS = 12_000;
const READY_MS = 120_000;

/** Starts services on a stack and waits until all are ready. What it started is gone again if one of them is not. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { stack } = options;
  const id = `system-${randomBytes(4).toString("hex")}`;
  const logs = join(stack.home, "logs", id);
  mkdirSync(logs, { recursive: true });
  const records = join(stack.home, "run", id);
  const keeper = new ProcessKeeper(records);
  const counts = ledgerLast(Object.entries(options.services) as [LocalService, number][]);
  const [prefix, ...databases] = await Promise.all([
    stack.topicPrefix(options.partitions === undefined ? {} : { partitions: options.partitions }),
    ...counts.map(async ([service]) => [service, await stack.createDatabase(SERVICES[service].database)] as const),
  ]);
  const ports = await takePortRange();
  const system = new RunningSystem({ options, prefix, databases: new Map(databases), logs, keeper, records, ports });
  try {
    for (const [service, count] of counts) for (let i = 0; i < count; i++) await system.add(service, i);
    await system.ready(options.readyMs ?? READY_MS);
  } catch (error) {
    await system.end();
    throw error;
  }
  return system;
}

interface Ground {
  readonly options: SystemOptions;
  readonly prefix: string;
  readonly databases: ReadonlyMap<LocalService, TestDatabase>;
  readonly logs: string;
  readonly keeper: ProcessKeeper;
  readonly records: string;
  readonly ports: PortRange;
}

class RunningSystem implements System {
  readonly topicPrefix: string;
  readonly kafkaBrokers: string;
  readonly registryUrl: string;
  readonly urls: Record<string, string[]> = {};
  readonly logs: string;
  readonly #options: SystemOptions;
  readonly #databases: ReadonlyMap<LocalService, TestDatabase>;
  readonly #keeper: ProcessKeeper;
  readonly #records: string;
  readonly #ports: PortRange;
  readonly #instances = new Map<string, Instance>();

  constructor({ options, prefix, databases, logs, keeper, records, ports }: Ground) {
    this.#records = records;
    this.#ports = ports;
    this.#options = options;
    this.topicPrefix = prefix;
    this.kafkaBrokers = options.stack.kafkaBrokers;
    this.registryUrl = options.stack.registryUrl;
    this.#databases = databases;
    this.logs = logs;
    this.#keeper = keeper;
  }

  async add(service: LocalService, i: number): Promise<void> {
    const { stack } = this.#options;
    const [port, name] = [this.#ports.base + this.#instances.size, `${service}-${i}`];
    const env = {
      PORT: String(port),
      HOST: "127.0.0.1",
      DATABASE_URL: this.databaseUrl(service),
      KAFKA_BROKERS: stack.kafkaBrokers,
      KAFKA_TOPIC_PREFIX: this.topicPrefix,
      SCHEMA_REGISTRY_URL: stack.registryUrl,
      AUTH_MODE: "jwt",
      AUTH_ISSUER: stack.auth.issuer,
      AUTH_AUDIENCE: stack.auth.audience,
      AUTH_JWKS_FILE: stack.auth.jwksFile,
      LOG_LEVEL: "info",
      SEPTET_INSTANCE: name,
      ...(service === "ledger" ? await auditEnv(stack.auth, this.urls) : {}),
      ...this.#options.env,
      ...this.#options.envOf?.[service],
    };
    const url = `http://127.0.0.1:${port}`;
    this.urls[service] = [...(this.urls[service] ?? []), url];
    const process = startService({ service, instance: name, env, logs: this.logs, keeper: this.#keeper });
    this.#instances.set(name, { service, url, name, env, process, killed: false });
  }

  async ready(withinMs: number): Promise<void> {
    await Promise.all([...this.#instances.values()].map(({ process, url }) => untilReady(process, url, withinMs)));
  }

  databaseUrl(service: LocalService): string {
    const database = this.#databases.get(service);
    if (database === undefined) throw new Error(`this system has no ${service}`);
    return database.url;
  }

  pid(service: LocalService, i = 0): number {
    return this.#instance(service, i).process.pid;
  }

  token(roles: readonly Role[], { subject = "test", supplier }: { subject?: string; supplier?: string } = {}) {
    return this.#options.stack.auth.issueToken({ subject, roles, ...(supplier === undefined ? {} : { supplier }) });
  }

  http(service: LocalService, i = 0, roles: readonly Role[] = ROLES.filter((role) => role !== "supplier")) {
    return serviceClient(this.#instance(service, i).url, () => this.token(roles));
  }

  async kill(service: LocalService, i = 0, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const instance = this.#instance(service, i);
    instance.killed = true;
    instance.process.kill(signal);
    await instance.process.ended;
  }

  signal(service: LocalService, i: number, signal: NodeJS.Signals): void {
    this.#instance(service, i).process.kill(signal);
  }

  async restart(service: LocalService, i = 0, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const instance = this.#instance(service, i);
    instance.killed = true;
    if (instance.process.end() === undefined) await instance.process.stop(STOP_MS);
    Object.assign(instance.env, env);
    instance.process = startService({
      service,
      instance: instance.name,
      env: instance.env,
      logs: this.logs,
      keeper: this.#keeper,
    });
    instance.killed = false;
    await untilReady(instance.process, instance.url, this.#options.readyMs ?? READY_MS);
  }

  async moveClock(ms: number): Promise<void> {
    for (const service of this.#databases.keys())
      await this.query(service, "UPDATE clock_shift SET shift_ms = shift_ms + $1", [ms]);
  }

  query<T = Loose>(service: LocalService, sql: string, params: unknown[] = []): Promise<T[]> {
    return withClient(this.databaseUrl(service), async (client) => (await client.query(sql, params)).rows as T[]);
  }

  log(service: LocalService, i = 0): string {
    return readFileSync(this.#instance(service, i).process.logFile, "utf8");
  }

  async stop(): Promise<void> {
    const fallen = [...this.#instances.values()].filter(
      ({ process, killed }) => process.end() !== undefined && !killed,
    );
    const stories = fallen.map(
      ({ process }) => `${process.name} ended with ${process.end()}:\n${tailOf(process.logFile)}`,
    );
    await this.end();
    if (stories.length > 0) throw new Error(stories.join("\n"));
  }

  async end(): Promise<void> {
    await this.#keeper.close(STOP_MS);
    this.#ports.release();
    rmSync(this.#records, { recursive: true, force: true });
    await this.#options.stack.dropTopics(this.topicPrefix);
    for (const database of this.#databases.values()) await database.drop();
  }

  #instance(service: LocalService, i: number): Instance {
    const instance = this.#instances.get(`${service}-${i}`);
    if (instance === undefined) throw new Error(`this system has no ${service} ${i}`);
    return instance;
  }
}

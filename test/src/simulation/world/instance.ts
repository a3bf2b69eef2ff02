import type { RequestListener } from "node:http";
import { type Codec, type SimulatedBroker, SimulatedEventLog } from "@septet/messaging";
import {
  databaseOf,
  type Logger,
  type RunningService,
  type ServiceDefinition,
  startService,
} from "@septet/service-kit";
import type pg from "pg";
import { SimulatedConnection } from "../database/simulated-connection.js";
import { SimulatedPool } from "../database/simulated-pool.js";
import type { SimulatedServer } from "../database/simulated-server.js";
import type { Random } from "../kernel/random.js";
import type { Scheduler } from "../kernel/scheduler.js";
import { SimulatedProcess } from "../kernel/simulated-process.js";
import type { ArmedFaults } from "./armed-faults.js";
import { call, type HttpAnswer, type HttpRequest } from "./http-call.js";
import { quietLogger } from "./quiet-logger.js";

// biome-ignore lint/suspicious/noExplicitAny: services have variables of any shape
export type AnyDefinition = ServiceDefinition<any>;

export interface InstanceParts {
  readonly scheduler: Scheduler;
  readonly server: SimulatedServer;
  readonly broker: SimulatedBroker;
  readonly codec: Codec;
  readonly faults: ArmedFaults;
  readonly ids: Random;
  /** Something that no service may say happened. */
  finding(statement: string): void;
  /** Definitions keep state of their own, so each life of an instance has its own. */
  define(): AnyDefinition;
}

/** One instance of a service: a process that starts, dies, is started again, and runs the service's real code. */
export class Instance {
  readonly service: string;
  readonly name: string;
  process: SimulatedProcess;
  readonly #parts: InstanceParts;
  #log: SimulatedEventLog | undefined;
  #running: RunningService | undefined;
  #app: RequestListener | undefined;
  #lives = 0;

  constructor(name: string, service: string, parts: InstanceParts) {
    this.name = name;
    this.service = service;
    this.#parts = parts;
    this.process = new SimulatedProcess(name, parts.scheduler);
    this.process.dead = true;
  }

  get up(): boolean {
    return this.#running !== undefined && !this.process.dead;
  }

  /** Begins to start; it is up once its steps were taken. */
  start(): void {
    if (!this.process.dead) return;
    this.#lives += 1;
    this.#running = undefined;
    const process = new SimulatedProcess(this.name, this.#parts.scheduler);
    this.process = process;
    process.run(() => {
      this.#begin(process).catch((error: unknown) => {
        if (!process.dead)
          this.#parts.finding(`no service fails by itself: ${this.name} could not start: ${textOf(error)}`);
      });
    });
  }

  /** Dies at once, wherever it is. */
  async crash(): Promise<void> {
    if (this.process.dead) return;
    const { scheduler, server } = this.#parts;
    scheduler.bury(this.process);
    this.#running = undefined;
    this.#log?.kill();
    await server.endAll(this.process);
  }

  /** Its groups miss it while it is frozen: its partitions go to others. */
  evict(): void {
    if (this.process.frozen) this.#log?.evict();
  }

  /** Is told to stop, and dies when it has stopped. */
  stop(): void {
    const running = this.#running;
    const { process } = this;
    if (running === undefined || process.dead) return;
    this.#running = undefined;
    process.run(() => {
      void running.stop().then(() =>
        this.#parts.scheduler.offer(process, "exit", async () => {
          await this.#exit(process);
          return "";
        }),
      );
    });
  }

  async #exit(process: SimulatedProcess): Promise<void> {
    if (process === this.process) await this.crash();
  }

  /** Asks over HTTP; undefined when nobody listens. */
  request(request: HttpRequest): Promise<HttpAnswer> | undefined {
    return this.up && this.#app !== undefined ? call(this.process, this.#app, request) : undefined;
  }

  async #begin(process: SimulatedProcess): Promise<void> {
    const { scheduler, broker, server, codec, faults, ids } = this.#parts;
    const url = `postgres://${this.service}`;
    const log = new SimulatedEventLog(`${this.name}#${this.#lives}`, broker, {
      take: (label, work) => scheduler.take(process, label, work),
      choose: (below) => scheduler.choose(below),
      publishFate: () => faults.publishFate(process),
      commitHeard: () => faults.commitHeard(process),
      wait: (ms) => new Promise((resolve) => scheduler.setTimer(process, ms, resolve)),
      now: () => scheduler.now,
    });
    this.#log = log;
    const running = await startService(this.#parts.define(), {
      env: environment(url, this.name),
      logger: this.#logger(),
      onFatal: (error) =>
        this.#parts.finding(`no service fails by itself: ${this.name} cannot go on: ${error.message}`),
      parts: {
        openDatabase: async () =>
          databaseOf(
            new SimulatedPool(server, process, url).asDataSource() as Parameters<typeof databaseOf>[0],
            undefined,
          ),
        codec,
        eventLog: log,
        newRelayClient: () => new SimulatedConnection(server, process, url) as unknown as pg.Client,
        newId: () => ids.uuid(),
        listen: async (handler) => {
          this.#app = handler;
          return this.#httpServer();
        },
      },
    });
    if (!process.dead) this.#running = running as RunningService;
  }

  #httpServer() {
    const close = async () => {
      this.#app = undefined;
    };
    const use = (handler: RequestListener) => {
      this.#app = handler;
    };
    return { server: undefined as never, port: 0, use, close };
  }

  #logger(): Logger {
    return quietLogger((text) => this.#parts.finding(`no service fails by itself: ${this.name} says: ${text}`));
  }
}

function environment(url: string, instance: string): Record<string, string> {
  return {
    PORT: "0",
    DATABASE_URL: `${url}@simulated/database`,
    KAFKA_BROKERS: "simulated:1",
    SCHEMA_REGISTRY_URL: "http://simulated",
    AUTH_MODE: "none",
    LOG_LEVEL: "silent",
    SEPTET_INSTANCE: instance,
    AUDIT_INTERVAL_SECONDS: "0",
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

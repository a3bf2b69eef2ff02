import type { Codec, Consumption, EventLog, Session } from "@septet/messaging";
import type { RecordName, ServiceName } from "@septet/stock-contracts";
import type { EntitySchema } from "typeorm";
import type { z } from "zod";
import type { CommonConfig, ConfigOf } from "./config.js";
import type { Database, MigrationClass } from "./database.js";
import type { HealthChecks } from "./health.js";
import type { Job } from "./jobs.js";
import type { LockPlan } from "./locks.js";
import type { Logger } from "./logging.js";
import type { KitMetrics } from "./metrics.js";
import type { Route } from "./route.js";
import type { TransactOptions } from "./transact.js";
import type { UnitOfWork } from "./unit-of-work.js";

type Shape = Record<string, z.ZodType>;

/** What the parts of a service are made with. */
export interface ServiceContext<S extends Shape = Record<never, never>> {
  readonly service: ServiceName;
  readonly config: CommonConfig & ConfigOf<S>;
  readonly logger: Logger;
  readonly db: Database;
  readonly codec: Codec;
  readonly eventLog: EventLog;
  readonly metrics: KitMetrics;
  readonly health: HealthChecks;
  transact<R>(
    plan: LockPlan | ((session: Session) => Promise<LockPlan>),
    work: (unit: UnitOfWork) => Promise<R>,
    o?: TransactOptions,
  ): Promise<R>;
  newId(): string;
  /** A periodic job, stopped with the service. */
  every(ms: number, name: string, work: () => Promise<void> | void): Job;
  /** Runs on stop, after intake has ended and before the database closes; last registered first. */
  onStop(name: string, stop: () => Promise<void>): void;
}

/** A consumer: topics of one group, and what settles a slice of them. */
export interface ConsumerDefinition {
  groupId: string;
  topics: readonly string[];
  maxSliceMessages?: number;
  handle: Parameters<EventLog["consume"]>[0]["handle"];
}

/** A service, as `runService` runs it. */
export interface ServiceDefinition<S extends Shape = Record<never, never>> {
  name: ServiceName;
  /** Variables of its own beside the common ones. */
  config?: S;
  migrations: readonly MigrationClass[];
  // biome-ignore lint/suspicious/noExplicitAny: entities of any shape
  entities?: readonly EntitySchema<any>[];
  /** Records it writes: registered before anything is published. */
  records: readonly RecordName[];
  /** Called once the database is open, before routes and consumers are made. */
  prepare?(context: ServiceContext<S>): Promise<void> | void;
  routes(context: ServiceContext<S>): readonly Route[] | Promise<readonly Route[]>;
  consumers?(context: ServiceContext<S>): readonly ConsumerDefinition[];
  jobs?(context: ServiceContext<S>): readonly Job[];
}

/** A service that runs. */
export interface RunningService<S extends Shape = Record<never, never>> {
  readonly context: ServiceContext<S>;
  readonly port: number;
  readonly consumptions: readonly Consumption[];
  stop(): Promise<void>;
}

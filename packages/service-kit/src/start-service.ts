import {
  assertNotRestored,
  type Codec,
  createCodec,
  createKafkaEventLog,
  type EventLog,
  type MessagingMetrics,
  messagingMigrations,
  type NewRelayClient,
  OutboxRelay,
} from "@septet/messaging";
import type { z } from "zod";
import { authOptions, createAuthenticator } from "./auth.js";
import { Closers } from "./closers.js";
import { type CommonConfig, type ConfigOf, loadConfig } from "./config.js";
import { type Database, openDatabase } from "./database.js";
import { HealthChecks } from "./health.js";
import { housekeeping, isReady } from "./housekeeping.js";
import { createHttpApp, listen } from "./http.js";
import { type NewId, newId as randomId } from "./ids.js";
import { every, type Job } from "./jobs.js";
import { createLogger, type Logger } from "./logging.js";
import { createMetrics } from "./metrics.js";
import { kitMigrations } from "./migrations.js";
import type { RunningService, ServiceContext, ServiceDefinition } from "./service-definition.js";
import { transact } from "./transact.js";
import { isTransient } from "./transient.js";
import { type StartProgress, untilUp } from "./until-up.js";

/** Messages settled in one transaction, at most. */
export const MAX_SLICE_MESSAGES = 500;
/** Requests under way at the stop signal have this long, milliseconds. */
export const HTTP_GRACE_MS = 4_000;

type Shape = Record<string, z.ZodType>;

/** What a service stands on, put in place of the real thing; the simulation's way in. */
export interface ServiceParts {
  openDatabase(o: Parameters<typeof openDatabase>[0]): Promise<Database>;
  codec: Codec;
  eventLog: EventLog;
  newRelayClient: NewRelayClient;
  newId: NewId;
  listen: typeof listen;
}

/** What a start takes beside the definition. */
export interface StartOptions {
  env?: Record<string, string | undefined>;
  /** Called once when the service cannot go on: it must be stopped, and somebody must look. */
  onFatal?(error: Error): void;
  /** Ends a start that still waits for something. */
  signal?: AbortSignal;
  logger?: Logger;
  parts?: ServiceParts;
}

/**
 * Starts a service in this process: HTTP first, so that health answers; then database, registry and broker, waiting for
 * each as long as it takes (readiness says for which); then relay, routes, consumers and jobs.
 * @throws ConfigError naming every wrong variable; DatabaseRestoredError; StoppedWhileStarting
 */
export async function startService<S extends Shape = Record<never, never>>(
  definition: ServiceDefinition<S>,
  o: StartOptions = {},
): Promise<RunningService<S>> {
  const config = loadConfig((definition.config ?? {}) as S, o.env ?? process.env);
  const logger =
    o.logger ?? createLogger({ service: definition.name, instance: config.SEPTET_INSTANCE, level: config.LOG_LEVEL });
  const closers = new Closers(logger);
  try {
    return await start(definition, config, logger, closers, o);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function start<S extends Shape>(
  definition: ServiceDefinition<S>,
  config: CommonConfig & ConfigOf<S>,
  logger: Logger,
  closers: Closers,
  o: StartOptions,
): Promise<RunningService<S>> {
  const service = definition.name;
  const signal = o.signal ?? new AbortController().signal;
  const { parts } = o;
  const newId = parts?.newId ?? randomId;
  const metrics = createMetrics({ service, processMetrics: parts === undefined });
  const health = new HealthChecks();
  const auth = createAuthenticator(authOptions(config));
  const progress: StartProgress = { reason: "starting" };
  let accepting = true;
  const shared = {
    service,
    auth,
    health,
    metrics,
    logger,
    accepting: () => accepting,
    starting: () => progress.reason,
  };
  // A request that came in while the service started may get here after it has: "no such path" would be a lie.
  const beforeRoutes = createHttpApp({ ...shared, routes: [], starting: () => progress.reason ?? "starting" });
  const http = await (parts?.listen ?? listen)(beforeRoutes, { host: config.HOST, port: config.PORT });
  closers.push("http", () => http.close(0));
  logger.info({ host: config.HOST, port: http.port }, "listening, starting");

  const waitFor = { progress, logger, signal };
  const db = await untilUp(
    "database",
    () => (parts?.openDatabase ?? openDatabase)(databaseOptions(definition, config)),
    {
      ...waitFor,
      retry: isTransient,
    },
  );
  closers.push("database", () => db.close());
  health.register("database", () => db.health());
  const codec =
    parts?.codec ?? createCodec({ registryUrl: config.SCHEMA_REGISTRY_URL, logger, registerWithinMs: 1_000 });
  await untilUp("schema registry", () => codec.register(definition.records), { ...waitFor, retry: isTransient });
  const eventLog = parts?.eventLog ?? openEventLog(service, config, logger, metrics.messaging);
  closers.push("event log", () => eventLog.close());
  health.register("kafka", () => eventLog.health());
  const relay = new OutboxRelay({
    connectionString: config.DATABASE_URL,
    eventLog,
    logger,
    metrics: metrics.messaging,
    recordedBy: service,
    ...(parts === undefined ? {} : { newClient: parts.newRelayClient }),
  });
  db.recorder = { service, encode: codec.encode, newId, wake: () => relay.wake(), metrics };

  const jobs: Job[] = [];
  const stops = new Closers(logger);
  const context: ServiceContext<S> = {
    service,
    config,
    logger,
    db,
    codec,
    eventLog,
    metrics,
    health,
    newId,
    transact: (plan, work, options) => transact(db, plan, work, options),
    every(ms, name, work) {
      const job = every(ms, name, work, { logger, metrics });
      jobs.push(job);
      return job;
    },
    onStop: (name, stop) => stops.push(name, stop),
  };
  closers.push("relay", () => relay.stop());
  closers.push("own parts", () => stops.close());
  closers.push("jobs", () => Promise.all(jobs.map((job) => job.stop())));
  await definition.prepare?.(context);
  const routes = await definition.routes(context);
  const consumers = definition.consumers?.(context) ?? [];
  for (const { groupId, topics } of consumers) {
    const guard = () => assertNotRestored({ session: db, eventLog, codec, service, groupId, topics });
    await untilUp("kafka", guard, { ...waitFor, retry: () => true });
  }
  relay.start();
  health.register("outbox relay", () => relay.health());
  progress.reason = undefined;
  http.use(createHttpApp({ ...shared, routes }));

  const onFatal = (error: Error) => {
    logger.fatal({ err: error }, "the service cannot go on");
    o.onFatal?.(error);
  };
  const consumptions = await Promise.all(
    consumers.map(async ({ maxSliceMessages = MAX_SLICE_MESSAGES, ...consumer }) => {
      const consumption = await eventLog.consume({ ...consumer, maxSliceMessages, onFatal });
      health.register(`consumer ${consumer.groupId}`, () => consumption.health());
      return consumption;
    }),
  );
  const ready = () => isReady(health);
  jobs.push(...(definition.jobs?.(context) ?? []), ...housekeeping({ db, metrics, logger, isReady: ready }));
  logger.info({ port: http.port }, "started");

  let stopping: Promise<void> | undefined;
  const stop = async () => {
    accepting = false;
    await Promise.allSettled([
      http.close(HTTP_GRACE_MS),
      ...consumptions.map((consumption) => consumption.stop()),
      ...[...new Set(jobs)].map((job) => job.stop()),
    ]);
    await closers.close();
    logger.info("stopped");
  };
  return {
    context,
    port: http.port,
    consumptions,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

function databaseOptions(
  definition: Pick<ServiceDefinition, "name" | "migrations" | "entities">,
  config: CommonConfig,
): Parameters<typeof openDatabase>[0] {
  return {
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
    migrations: [...messagingMigrations, ...kitMigrations, ...definition.migrations],
    entities: definition.entities ?? [],
    applicationName: `septet-${definition.name}-${config.SEPTET_INSTANCE}`,
  };
}

function openEventLog(service: string, config: CommonConfig, logger: Logger, metrics: MessagingMetrics): EventLog {
  const {
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username = "",
    KAFKA_SASL_PASSWORD: password = "",
  } = config;
  return createKafkaEventLog({
    brokers: config.KAFKA_BROKERS,
    clientId: `${service}-${config.SEPTET_INSTANCE}`,
    topicPrefix: config.KAFKA_TOPIC_PREFIX,
    ...(config.KAFKA_TLS ? { ssl: true } : {}),
    ...(mechanism === undefined ? {} : { sasl: { mechanism, username, password } as SASLOptions }),
    logger,
    metrics,
  });
}

type SASLOptions = NonNullable<Parameters<typeof createKafkaEventLog>[0]["sasl"]>;

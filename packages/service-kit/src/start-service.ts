import { assertNotRestored, type Consumption } from "@septet/messaging";
import type { z } from "zod";
import { Closers } from "./closers.js";
import { type CommonConfig, type ConfigOf, loadConfig } from "./config.js";
import { HealthChecks } from "./health.js";
import { housekeeping, isReady } from "./housekeeping.js";
import { newId as randomId } from "./ids.js";
import { every, type Job } from "./jobs.js";
import { createLogger, type Logger } from "./logging.js";
import { createMetrics } from "./metrics.js";
import type { ConsumerDefinition, RunningService, ServiceContext, ServiceDefinition } from "./service-definition.js";
import { openDoor } from "./service-door.js";
import { type Ground, openGround, type ServiceParts, type Start } from "./service-ground.js";
import { transact } from "./transact.js";
import { untilUp } from "./until-up.js";

/** Messages settled in one transaction, at most. */
export const MAX_SLICE_MESSAGES = 500;
/** Requests under way at the stop signal have this long, milliseconds. */
export const HTTP_GRACE_MS = 4_000;

type Shape = Record<string, z.ZodType>;

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
    return await bringUp(definition, startOf(definition.name, config, logger, closers, o), o);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

function startOf<C extends CommonConfig>(
  service: Start["service"],
  config: C,
  logger: Logger,
  closers: Closers,
  o: StartOptions,
): Start<C> {
  return {
    service,
    config,
    logger,
    closers,
    metrics: createMetrics({ service, processMetrics: o.parts === undefined }),
    health: new HealthChecks(),
    progress: { reason: "starting" },
    signal: o.signal ?? new AbortController().signal,
    newId: o.parts?.newId ?? randomId,
    parts: o.parts,
  };
}

async function bringUp<S extends Shape>(
  definition: ServiceDefinition<S>,
  start: Start<CommonConfig & ConfigOf<S>>,
  o: Pick<StartOptions, "onFatal">,
): Promise<RunningService<S>> {
  const { logger, health, metrics, closers } = start;
  const door = await openDoor(start);
  const ground = await openGround(start, definition);
  const jobs: Job[] = [];
  const context = contextOf(start, ground, jobs);
  await definition.prepare?.(context);
  const routes = await definition.routes(context);
  const consumers = definition.consumers?.(context) ?? [];
  await refuseRestored(start, ground, consumers);
  ground.relay.start();
  health.register("outbox relay", () => ground.relay.health());
  start.progress.reason = undefined;
  door.serve(routes);
  const consumptions = await consume(start, ground, consumers, o);
  const ready = () => isReady(health);
  jobs.push(...(definition.jobs?.(context) ?? []), ...housekeeping({ db: ground.db, metrics, logger, isReady: ready }));
  logger.info({ port: door.port }, "started");

  const stop = async () => {
    await Promise.allSettled([
      door.close(HTTP_GRACE_MS),
      ...consumptions.map((consumption) => consumption.stop()),
      ...[...new Set(jobs)].map((job) => job.stop()),
    ]);
    await closers.close();
    logger.info("stopped");
  };
  return { context, port: door.port, consumptions, stop: once(stop) };
}

/** What the parts of the service are made with; they end, in reverse, after intake and before the ground. */
function contextOf<S extends Shape>(
  start: Start<CommonConfig & ConfigOf<S>>,
  ground: Ground,
  jobs: Job[],
): ServiceContext<S> {
  const { service, config, logger, metrics, health, newId, closers } = start;
  const { db, codec, eventLog, relay } = ground;
  const stops = new Closers(logger);
  closers.push("relay", () => relay.stop());
  closers.push("own parts", () => stops.close());
  closers.push("jobs", () => Promise.all(jobs.map((job) => job.stop())));
  return {
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
}

async function refuseRestored(start: Start, ground: Ground, consumers: readonly ConsumerDefinition[]): Promise<void> {
  const { service, progress, logger, signal } = start;
  const { db: session, eventLog, codec } = ground;
  for (const { groupId, topics } of consumers) {
    const guard = () => assertNotRestored({ session, eventLog, codec, service, groupId, topics });
    await untilUp("kafka", guard, { progress, logger, signal, retry: () => true });
  }
}

function consume(
  { logger, health }: Start,
  { eventLog }: Ground,
  consumers: readonly ConsumerDefinition[],
  o: Pick<StartOptions, "onFatal">,
): Promise<Consumption[]> {
  const onFatal = (error: Error) => {
    logger.fatal({ err: error }, "the service cannot go on");
    o.onFatal?.(error);
  };
  return Promise.all(
    consumers.map(async ({ maxSliceMessages = MAX_SLICE_MESSAGES, ...consumer }) => {
      const consumption = await eventLog.consume({ ...consumer, maxSliceMessages, onFatal });
      health.register(`consumer ${consumer.groupId}`, () => consumption.health());
      return consumption;
    }),
  );
}

/** Whoever asks again waits for the same end. */
function once(stop: () => Promise<void>): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  return () => {
    stopping ??= stop();
    return stopping;
  };
}

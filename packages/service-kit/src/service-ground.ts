import {
  type Codec,
  createCodec,
  createKafkaEventLog,
  type EventLog,
  type MessagingMetrics,
  messagingMigrations,
  type NewRelayClient,
  OutboxRelay,
} from "@septet/messaging";
import type { ServiceName } from "@septet/stock-contracts";
import type { Closers } from "./closers.js";
import type { CommonConfig } from "./config.js";
import { type Database, openDatabase } from "./database.js";
import type { HealthChecks } from "./health.js";
import type { listen } from "./http.js";
import type { NewId } from "./ids.js";
import type { Logger } from "./logging.js";
import type { KitMetrics } from "./metrics.js";
import { kitMigrations } from "./migrations.js";
import type { ServiceDefinition } from "./service-definition.js";
import { isTransient } from "./transient.js";
import { type StartProgress, untilUp } from "./until-up.js";

/** What a service stands on, put in place of the real thing; the simulation's way in. */
export interface ServiceParts {
  openDatabase(o: Parameters<typeof openDatabase>[0]): Promise<Database>;
  codec: Codec;
  eventLog: EventLog;
  newRelayClient: NewRelayClient;
  newId: NewId;
  listen: typeof listen;
}

/** What every step of a start shares. */
export interface Start<C extends CommonConfig = CommonConfig> {
  readonly service: ServiceName;
  readonly config: C;
  readonly logger: Logger;
  readonly metrics: KitMetrics;
  readonly health: HealthChecks;
  readonly progress: StartProgress;
  readonly signal: AbortSignal;
  readonly closers: Closers;
  readonly newId: NewId;
  readonly parts: ServiceParts | undefined;
}

/** What a service stands on. */
export interface Ground {
  readonly db: Database;
  readonly codec: Codec;
  readonly eventLog: EventLog;
  /** Not started yet. */
  readonly relay: OutboxRelay;
}

/** Database, registry and broker, waiting for each as long as it takes; the relay between them. */
export async function openGround(
  start: Start,
  definition: Pick<ServiceDefinition, "name" | "migrations" | "entities" | "records">,
): Promise<Ground> {
  const { config, logger, metrics, health, closers, parts } = start;
  const waitFor = { progress: start.progress, logger, signal: start.signal, retry: isTransient };
  const open = () => (parts?.openDatabase ?? openDatabase)(databaseOptions(definition, config));
  const db = await untilUp("database", open, waitFor);
  closers.push("database", () => db.close());
  health.register("database", () => db.health());
  const codec =
    parts?.codec ?? createCodec({ registryUrl: config.SCHEMA_REGISTRY_URL, logger, registerWithinMs: 1_000 });
  await untilUp("schema registry", () => codec.register(definition.records), waitFor);
  const eventLog = parts?.eventLog ?? openEventLog(start.service, config, logger, metrics.messaging);
  closers.push("event log", () => eventLog.close());
  health.register("kafka", () => eventLog.health());
  const relay = new OutboxRelay({
    connectionString: config.DATABASE_URL,
    eventLog,
    logger,
    metrics: metrics.messaging,
    recordedBy: start.service,
    ...(parts === undefined ? {} : { newClient: parts.newRelayClient }),
  });
  db.recorder = {
    service: start.service,
    encode: codec.encode,
    newId: start.newId,
    wake: () => relay.wake(),
    metrics,
  };
  return { db, codec, eventLog, relay };
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

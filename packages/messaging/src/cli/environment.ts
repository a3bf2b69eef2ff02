import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { SERVICES, type ServiceName } from "@septet/stock-contracts";
import type { KafkaConfig } from "kafkajs";
import pg from "pg";
import { type Codec, createCodec } from "../avro-codec.js";
import { CONNECTION_SETTINGS } from "../database-patience.js";
import type { Session } from "../database-session.js";
import type { EventLog } from "../event-log.js";
import { createKafkaEventLog } from "../kafka/kafka-event-log.js";
import { silentLogger } from "../logger.js";

type Environment = Readonly<Record<string, string | undefined>>;

const repositoryFolder = resolve(dirname(fileURLToPath(import.meta.url)), "../../../..");
const PORT_OFFSETS = { postgres: 32, registry: 81, kafka: 92 };

/** What a command line may use; closed at its end. */
export interface Tools {
  readonly eventLog: EventLog;
  readonly codec: Codec;
  /** A transaction on the service's database, connected only when asked for. */
  transact<R>(work: (session: Session) => Promise<R>): Promise<R>;
}

/** Something the user can mend; told without a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** @throws UsageError unless it is one of the services. */
export function serviceNamed(name: string | undefined): ServiceName {
  const service = SERVICES.find((known) => known === name);
  if (service === undefined) throw new UsageError(`--service takes one of ${SERVICES.join(", ")}`);
  return service;
}

/**
 * Kafka, registry and database by the same variables as the service itself; what is not set is the local stack's
 * (`SEPTET_PORT_BASE`, `SEPTET_HOME`).
 */
export async function withTools<R>(service: ServiceName, work: (tools: Tools) => Promise<R>): Promise<R> {
  const env: Environment = process.env;
  const base = Number(env.SEPTET_PORT_BASE || 7100);
  const registryUrl = env.SCHEMA_REGISTRY_URL || `http://127.0.0.1:${base + PORT_OFFSETS.registry}/apis/ccompat/v7`;
  const sasl = saslOf(env);
  const eventLog = createKafkaEventLog({
    brokers: (env.KAFKA_BROKERS || `127.0.0.1:${base + PORT_OFFSETS.kafka}`).split(","),
    clientId: `${service}-command`,
    topicPrefix: env.KAFKA_TOPIC_PREFIX ?? "",
    logger: silentLogger,
    ...(env.KAFKA_TLS === "true" ? { ssl: true } : {}),
    ...(sasl === undefined ? {} : { sasl }),
  });
  const codec = createCodec({ registryUrl, logger: silentLogger, registerWithinMs: 5_000 });
  try {
    return await work({ eventLog, codec, transact: (task) => transact(databaseUrl(service, env, base), task) });
  } finally {
    await eventLog.close();
  }
}

/** `DATABASE_URL`, or the service's database of the local stack, whose password lies in its home. */
function databaseUrl(service: ServiceName, env: Environment, base: number): string {
  if (env.DATABASE_URL) return env.DATABASE_URL;
  const name = service.replaceAll("-", "_");
  const file = join(resolve(env.SEPTET_HOME || join(repositoryFolder, ".local")), "postgres.secret");
  let password: string;
  try {
    password = readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new UsageError(`DATABASE_URL is not set and there is no local stack (${(error as Error).message})`);
  }
  return `postgres://${name}:${password}@127.0.0.1:${base + PORT_OFFSETS.postgres}/${name}`;
}

function saslOf(env: Environment): KafkaConfig["sasl"] {
  const mechanism = env.KAFKA_SASL_MECHANISM?.toLowerCase();
  if (!mechanism) return undefined;
  const credentials = { username: env.KAFKA_SASL_USERNAME ?? "", password: env.KAFKA_SASL_PASSWORD ?? "" };
  if (mechanism === "plain" || mechanism === "scram-sha-256" || mechanism === "scram-sha-512") {
    return { mechanism, ...credentials } as NonNullable<KafkaConfig["sasl"]>;
  }
  throw new UsageError("KAFKA_SASL_MECHANISM takes plain, scram-sha-256 or scram-sha-512");
}

async function transact<R>(connectionString: string, work: (session: Session) => Promise<R>): Promise<R> {
  const client = new pg.Client({
    connectionString,
    application_name: "septet-command",
    connectionTimeoutMillis: 5_000,
    ...CONNECTION_SETTINGS,
  });
  await client.connect();
  try {
    await client.query("BEGIN");
    const result = await work({ query: async (sql, params) => (await client.query(sql, params)).rows });
    await client.query("COMMIT");
    return result;
  } finally {
    await client.end();
  }
}

/** Runs a command line: a usage error ends in one line and status 2, anything else in its message and status 1. */
export async function runCommand(usage: string, command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const isUsage = error instanceof UsageError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
    process.stderr.write(`${(error as Error).message}\n${isUsage ? `${usage}\n` : ""}`);
    process.exitCode = isUsage ? 2 : 1;
  }
}

/** One line on standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Artifacts, fetchArtifacts } from "./artifacts.js";
import { type LocalAuth, openAuth } from "./auth.js";
import { databaseVariable, type External, externalFrom } from "./external.js";
import { type LocalKafka, startKafka } from "./kafka.js";
import { tryLock } from "./owner-lock.js";
import { defaultArtifacts, defaultHome, defaultPortBase } from "./paths.js";
import { assertPortFree, type LocalService, PORT_OFFSETS, SERVICES } from "./ports.js";
import { createDatabases, type Postgres, startPostgres } from "./postgres.js";
import { assertNode, findJava, type Java } from "./prerequisites.js";
import { endLeftovers, type KeptProcess, ProcessKeeper } from "./process-keeper.js";
import { type LocalRegistry, startRegistry } from "./registry.js";
import { createTopics, prepareGroups } from "./topics.js";

export interface StackOptions {
  /** Folder of the data; `SEPTET_HOME` or `.local` if not given. */
  readonly home?: string;
  /** First port; `SEPTET_PORT_BASE` or 7100 if not given. */
  readonly portBase?: number;
  /** Folder of the fetched jars; `SEPTET_ARTIFACTS` or `.local/artifacts` if not given. */
  readonly artifacts?: string;
  /** Told in a line each what takes long. */
  readonly onProgress?: (line: string) => void;
  /** False: `stop` removes the home. */
  readonly keep?: boolean;
  /** False: commits do not wait for the disk; for tests only. */
  readonly fsync?: boolean;
  /** Parts that exist already; read from the environment if not given. */
  readonly external?: External;
}

export interface Stack {
  readonly home: string;
  readonly portBase: number;
  readonly kafkaBrokers: string;
  readonly registryUrl: string;
  /** Null when every database and the registry exist elsewhere. */
  readonly postgres: { readonly host: string; readonly port: number; readonly adminUrl: string } | null;
  readonly auth: LocalAuth;
  /** Folder of the log files. */
  readonly logs: string;
  /** Starts further processes that end with this one. */
  readonly keeper: ProcessKeeper;
  /** Processes of the embedded parts, by name: postgres, kafka, registry. */
  readonly processes: ReadonlyMap<string, KeptProcess>;
  databaseUrl(service: LocalService): string;
  /** The environment of a service: every variable that service-kit reads. */
  env(service: LocalService): Record<string, string>;
  stop(): Promise<void>;
}

/** Long enough for the class archives to be written, short enough for Ctrl-C. */
const STOP_MS = 9_000;

interface Parts {
  kafka?: LocalKafka;
  postgres?: Postgres;
  registry?: LocalRegistry;
}

/**
 * Starts Postgres, Kafka and the schema registry, each unless it exists elsewhere, with the databases and topics of the
 * contracts. Data of an earlier run is kept; what a killed run left running or half written is cleaned up.
 * @throws one line that says what to do: a missing prerequisite, a port in use, a stack that runs in this home already
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  assertNode();
  const home = resolve(options.home ?? defaultHome());
  const portBase = options.portBase ?? defaultPortBase();
  const external = options.external ?? externalFrom(process.env);
  for (const folder of ["run", "logs", "tmp"]) mkdirSync(join(home, folder), { recursive: true });
  const release = lockHome(home);
  const keeper = new ProcessKeeper(join(home, "run"));
  const parts: Parts = {};
  const end = async () => {
    await stopParts(parts);
    await keeper.close(STOP_MS);
    release();
    if (options.keep === false) rmSync(home, { recursive: true, force: true });
  };
  try {
    await endLeftovers(join(home, "run"));
    const need = needOf(external);
    await Promise.all(need.ports.map(([offset, purpose]) => assertPortFree(portBase + offset, purpose)));
    const [java, artifacts, auth] = await Promise.all([
      need.kafka || need.registry ? findJava() : undefined,
      fetchArtifacts(options.artifacts ?? defaultArtifacts(), need, options.onProgress ?? (() => undefined)),
      openAuth(home),
    ]);
    const context = { home, portBase, external, keeper, java, artifacts, fsync: options.fsync ?? true };
    await startParts(parts, need, context);
    return stackOf({ ...context, auth, parts, end });
  } catch (error) {
    await end();
    throw error;
  }
}

interface Context {
  readonly home: string;
  readonly portBase: number;
  readonly external: External;
  readonly keeper: ProcessKeeper;
  readonly java: Java | undefined;
  readonly artifacts: Artifacts;
  readonly fsync: boolean;
}

interface Need {
  readonly postgres: boolean;
  readonly kafka: boolean;
  readonly registry: boolean;
  readonly ports: readonly (readonly [offset: number, purpose: string])[];
}

function needOf(external: External): Need {
  const registry = external.registryUrl === undefined;
  const kafka = external.kafkaBrokers === undefined;
  const services = Object.keys(SERVICES) as LocalService[];
  const postgres = registry || services.some((service) => external.databaseUrls[service] === undefined);
  const ports: (readonly [number, string])[] = [];
  if (postgres) ports.push([PORT_OFFSETS.postgres, "Postgres"]);
  if (kafka) ports.push([PORT_OFFSETS.kafka, "Kafka"], [PORT_OFFSETS.kafkaController, "Kafka's controller"]);
  if (registry) ports.push([PORT_OFFSETS.registry, "the schema registry"]);
  return { postgres, kafka, registry, ports };
}

/** Postgres, then databases, then the registry; Kafka and its topics beside them. */
async function startParts(parts: Parts, need: Need, context: Context): Promise<void> {
  const { home, portBase, keeper, artifacts } = context;
  const java = context.java as Java;
  const logs = join(home, "logs");
  const storage = async () => {
    if (!need.postgres) return;
    const port = portBase + PORT_OFFSETS.postgres;
    parts.postgres = await startPostgres({ home, port, keeper, logs, fsync: context.fsync });
    const { adminUrl } = parts.postgres;
    // The registry's database first, because the registry's start takes longest.
    await createDatabases(adminUrl, ["registry"]);
    const others = createDatabases(
      adminUrl,
      Object.values(SERVICES).map((service) => service.database),
    );
    const registryPort = portBase + PORT_OFFSETS.registry;
    const databaseUrl = parts.postgres.url("registry");
    if (need.registry)
      parts.registry = await startRegistry({ home, port: registryPort, databaseUrl, artifacts, java, keeper, logs });
    await others;
  };
  const messages = async () => {
    if (need.kafka) {
      const [port, controllerPort] = [portBase + PORT_OFFSETS.kafka, portBase + PORT_OFFSETS.kafkaController];
      parts.kafka = await startKafka({ home, port, controllerPort, artifacts, java, keeper, logs });
    }
    await createTopics(context.external.kafkaBrokers ?? parts.kafka?.brokers ?? "");
    if (parts.kafka) await prepareGroups(parts.kafka.brokers);
  };
  // Both settle before anything is stopped: what one of them has begun must not outlive the other's failure.
  const results = await Promise.allSettled([storage(), messages()]);
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

function stackOf(all: Context & { auth: LocalAuth; parts: Parts; end: () => Promise<void> }): Stack {
  const { home, portBase, external, keeper, auth, parts } = all;
  const kafkaBrokers = external.kafkaBrokers ?? parts.kafka?.brokers ?? "";
  const registryUrl = external.registryUrl ?? parts.registry?.url ?? "";
  const databaseUrl = (service: LocalService) => {
    const url = external.databaseUrls[service] ?? parts.postgres?.url(SERVICES[service].database);
    if (url === undefined) throw new Error(`${databaseVariable(service)} is not set`);
    return url;
  };
  const running = [parts.postgres, parts.kafka, parts.registry].flatMap((part) => (part ? [part.process] : []));
  let stopping: Promise<void> | undefined;
  return {
    home,
    portBase,
    kafkaBrokers,
    registryUrl,
    postgres: parts.postgres ?? null,
    auth,
    logs: join(home, "logs"),
    keeper,
    processes: new Map(running.map((process) => [process.name, process])),
    databaseUrl,
    env: (service) => ({
      PORT: String(portBase + SERVICES[service].portOffset),
      HOST: "127.0.0.1",
      DATABASE_URL: databaseUrl(service),
      KAFKA_BROKERS: kafkaBrokers,
      ...external.kafkaSecurity,
      SCHEMA_REGISTRY_URL: registryUrl,
      AUTH_MODE: "jwt",
      AUTH_ISSUER: auth.issuer,
      AUTH_AUDIENCE: auth.audience,
      AUTH_JWKS_FILE: auth.jwksFile,
      LOG_LEVEL: "info",
      SEPTET_INSTANCE: `${service}-1`,
    }),
    stop: () => {
      stopping ??= all.end();
      return stopping;
    },
  };
}

async function stopParts(parts: Parts): Promise<void> {
  // The registry before its database.
  await Promise.all([
    parts.kafka?.process.stop(STOP_MS),
    (async () => {
      await parts.registry?.process.stop(STOP_MS);
      await parts.postgres?.process.stop(STOP_MS);
    })(),
  ]);
  parts.kafka?.settle();
  parts.registry?.settle();
}

function lockHome(home: string): () => void {
  const attempt = tryLock(join(home, "run", "stack.lock"));
  if (!attempt.ok)
    throw new Error(
      `A stack runs in ${home} already (process ${attempt.owner.pid}). Stop it, or set SEPTET_HOME to another folder.`,
    );
  return () => attempt.lock.release();
}

import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fetchArtifacts } from "./artifacts.js";
import { type LocalAuth, openAuth } from "./auth.js";
import { databaseVariable, type External, externalFrom } from "./external.js";
import { tryLock } from "./owner-lock.js";
import { defaultArtifacts, defaultHome, defaultPortBase } from "./paths.js";
import { assertPortFree, type LocalService, SERVICES } from "./ports.js";
import { assertNode, findJava } from "./prerequisites.js";
import { endLeftovers, type KeptProcess, ProcessKeeper } from "./process-keeper.js";
import { type PartName, StackParts } from "./stack-parts.js";

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
  /** False: commits do not wait for the disk, and the broker is patient with a busy machine; for tests only. */
  readonly fsync?: boolean;
  /** Further ports that must be free, as offset from the base and purpose. */
  readonly furtherPorts?: readonly (readonly [offset: number, purpose: string])[];
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
  /** Names of the embedded parts, those that exist elsewhere left out. */
  readonly parts: readonly PartName[];
  /** The process of an embedded part as it is now. @throws when the part exists elsewhere. */
  process(part: PartName): KeptProcess;
  /** Starts an embedded part again on its data, ending it first if it runs, and waits until it is ready. */
  restart(part: PartName): Promise<void>;
  databaseUrl(service: LocalService): string;
  /** The environment of a service: every variable that service-kit reads. */
  env(service: LocalService): Record<string, string>;
  /** @param withinMs milliseconds after which what still runs is killed; 12 s if not given */
  stop(withinMs?: number): Promise<void>;
}

/** Long enough for the class archives to be written by the first stop. */
const STOP_MS = 12_000;

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
  const keeper = new ProcessKeeper(join(home, "run"), options.keep === false ? home : "");
  const parts = new StackParts({ home, portBase, keeper, external, fsync: options.fsync ?? true });
  const end = async (withinMs: number) => {
    await parts.stop(withinMs);
    await keeper.close(withinMs);
    release();
    if (options.keep === false) rmSync(home, { recursive: true, force: true });
  };
  try {
    await endLeftovers(join(home, "run"));
    const ports = [...parts.ports, ...(options.furtherPorts ?? [])];
    await Promise.all(ports.map(([offset, purpose]) => assertPortFree(portBase + offset, purpose)));
    const needed = { kafka: parts.needs("kafka"), registry: parts.needs("registry") };
    const [java, artifacts, auth] = await Promise.all([
      needed.kafka || needed.registry ? findJava() : { command: "java", version: "" },
      fetchArtifacts(options.artifacts ?? defaultArtifacts(), needed, options.onProgress ?? (() => undefined)),
      openAuth(home),
    ]);
    await parts.start(java, artifacts);
    return stackOf({ home, portBase, external, keeper, auth, parts, end });
  } catch (error) {
    await end(STOP_MS);
    throw error;
  }
}

interface Running {
  readonly home: string;
  readonly portBase: number;
  readonly external: External;
  readonly keeper: ProcessKeeper;
  readonly auth: LocalAuth;
  readonly parts: StackParts;
  end(withinMs: number): Promise<void>;
}

function stackOf({ home, portBase, external, keeper, auth, parts, end }: Running): Stack {
  const { kafkaBrokers, registryUrl } = parts;
  const databaseUrl = (service: LocalService) => {
    const url = external.databaseUrls[service] ?? parts.postgres?.url(SERVICES[service].database);
    if (url === undefined) throw new Error(`${databaseVariable(service)} is not set`);
    return url;
  };
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
    parts: parts.names,
    process: (part) => parts.process(part),
    restart: (part) => parts.restart(part),
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
    stop: (withinMs = STOP_MS) => {
      stopping ??= end(withinMs);
      return stopping;
    },
  };
}

function lockHome(home: string): () => void {
  const attempt = tryLock(join(home, "run", "stack.lock"));
  if (!attempt.ok)
    throw new Error(
      `A stack runs in ${home} already (process ${attempt.owner.pid}). Stop it, or set SEPTET_HOME to another folder.`,
    );
  return () => attempt.lock.release();
}

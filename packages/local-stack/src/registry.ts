import { join } from "node:path";
import { type Artifacts, REGISTRY_VERSION } from "./artifacts.js";
import { classArchive } from "./class-archive.js";
import { GivenUp, until } from "./deadline.js";
import type { Java } from "./prerequisites.js";
import { type KeptProcess, type ProcessKeeper, tailOf } from "./process-keeper.js";

export interface RegistryOptions {
  readonly home: string;
  readonly port: number;
  /** Postgres, so that schema ids survive a kill: its file database lost the last schema. */
  readonly databaseUrl: string;
  readonly artifacts: Artifacts;
  readonly java: Java;
  readonly keeper: ProcessKeeper;
  readonly logs: string;
}

export interface LocalRegistry {
  /** The Confluent API. */
  readonly url: string;
  readonly process: KeptProcess;
  /** Call after the process has ended. */
  settle(): void;
}

/** Starts the Apicurio schema registry, its data in Postgres, and makes FULL_TRANSITIVE its rule for all subjects. */
export async function startRegistry(options: RegistryOptions): Promise<LocalRegistry> {
  const { artifacts, java } = options;
  const archive = classArchive(artifacts.folder, `registry-${REGISTRY_VERSION}`, java.version);
  const process = options.keeper.start({
    name: "registry",
    command: java.command,
    args: [
      ...["-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"],
      ...archive.flags,
      ...Object.entries(properties(options)).map(([name, value]) => `-D${name}=${value}`),
      "-jar",
      `apicurio-registry-app-${REGISTRY_VERSION}-runner.jar`,
    ],
    cwd: artifacts.registry,
    logFile: join(options.logs, "registry.log"),
  });
  const url = `http://127.0.0.1:${options.port}/apis/ccompat/v7`;
  await until("The schema registry is ready", 240_000, async () => {
    const end = process.end();
    if (end !== undefined) throw new GivenUp(`The schema registry ended with ${end}:\n${tailOf(process.logFile)}`);
    return requireFullTransitive(url);
  });
  return { url, process, settle: archive.settle };
}

/** The registry's own default accepts incompatible schemas. */
async function requireFullTransitive(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/config`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ compatibility: "FULL_TRANSITIVE" }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!answer.ok) throw new Error(`PUT ${url}/config answered ${answer.status}: ${await answer.text()}`);
  await answer.body?.cancel();
  return true;
}

function properties({ home, port, databaseUrl }: RegistryOptions): Record<string, string | number | boolean> {
  const database = new URL(databaseUrl);
  return {
    "java.io.tmpdir": join(home, "tmp"),
    "quarkus.http.host": "127.0.0.1",
    "quarkus.http.port": port,
    "quarkus.banner.enabled": false,
    "quarkus.http.access-log.enabled": false,
    "quarkus.log.level": "ERROR",
    'quarkus.log.category."io.apicurio".level': "ERROR",
    "apicurio.storage.sql.kind": "postgresql",
    "apicurio.datasource.url": `jdbc:postgresql://${database.host}${database.pathname}`,
    "apicurio.datasource.username": database.username,
    "apicurio.datasource.password": database.password,
    "apicurio.datasource.jdbc.initial-size": 1,
    "apicurio.datasource.jdbc.min-size": 1,
    "apicurio.datasource.jdbc.max-size": 10,
  };
}

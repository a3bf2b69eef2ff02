import { join } from "node:path";
import type { Artifacts } from "./artifacts.js";
import type { External } from "./external.js";
import { type LocalKafka, startKafka } from "./kafka.js";
import { type LocalService, PORT_OFFSETS, SERVICES } from "./ports.js";
import { createDatabases, type Postgres, startPostgres } from "./postgres.js";
import type { Java } from "./prerequisites.js";
import type { KeptProcess, ProcessKeeper } from "./process-keeper.js";
import { type LocalRegistry, startRegistry } from "./registry.js";
import { createTopics, prepareGroups } from "./topics.js";

export type PartName = "postgres" | "kafka" | "registry";

export interface PartsContext {
  readonly home: string;
  readonly portBase: number;
  readonly keeper: ProcessKeeper;
  readonly external: External;
  readonly fsync: boolean;
}

/** What Postgres keeps of a stop's time at least, should the registry use up the rest. */
const POSTGRES_STOP_MS = 3_000;

/** The embedded parts of a stack: which of them are needed, in what order they start and stop. */
export class StackParts {
  readonly #context: PartsContext;
  readonly #needed: ReadonlySet<PartName>;
  readonly #starters: Partial<Record<PartName, () => Promise<void>>> = {};
  #postgres: Postgres | undefined;
  #kafka: LocalKafka | undefined;
  #registry: LocalRegistry | undefined;

  constructor(context: PartsContext) {
    this.#context = context;
    this.#needed = neededBeside(context.external);
  }

  get names(): PartName[] {
    return [...this.#needed];
  }

  needs(part: PartName): boolean {
    return this.#needed.has(part);
  }

  /** The ports the embedded parts listen on. */
  get ports(): (readonly [offset: number, purpose: string])[] {
    return [
      ...(this.needs("postgres") ? [[PORT_OFFSETS.postgres, "Postgres"] as const] : []),
      ...(this.needs("kafka")
        ? [[PORT_OFFSETS.kafka, "Kafka"] as const, [PORT_OFFSETS.kafkaController, "Kafka's controller"] as const]
        : []),
      ...(this.needs("registry") ? [[PORT_OFFSETS.registry, "the schema registry"] as const] : []),
    ];
  }

  get postgres(): Postgres | undefined {
    return this.#postgres;
  }

  get kafkaBrokers(): string {
    return this.#context.external.kafkaBrokers ?? this.#kafka?.brokers ?? "";
  }

  get registryUrl(): string {
    return this.#context.external.registryUrl ?? this.#registry?.url ?? "";
  }

  process(part: PartName): KeptProcess {
    const found = { postgres: this.#postgres, kafka: this.#kafka, registry: this.#registry }[part];
    if (found === undefined) throw new Error(`${part} is not part of this stack`);
    return found.process;
  }

  /** Postgres, then databases, then the registry; Kafka and its topics beside them. */
  async start(java: Java, artifacts: Artifacts): Promise<void> {
    this.#prepareStarters(java, artifacts);
    const storage = async () => {
      if (!this.needs("postgres")) return;
      await this.#starters.postgres?.();
      const { adminUrl } = this.#postgres as Postgres;
      // The registry's database first, because the registry's start takes longest.
      await createDatabases(adminUrl, ["registry"]);
      const databases = Object.values(SERVICES).map((service) => service.database);
      await everyOne([this.#starters.registry?.(), createDatabases(adminUrl, databases)]);
    };
    const messages = async () => {
      await this.#starters.kafka?.();
      await createTopics(this.kafkaBrokers);
      if (this.needs("kafka")) await prepareGroups(this.kafkaBrokers);
    };
    await everyOne([storage(), messages()]);
  }

  async restart(part: PartName): Promise<void> {
    const process = this.process(part);
    if (process.end() === undefined) await process.stop(10_000);
    await this.#starters[part]?.();
  }

  /** Stops in the opposite order of the start: the registry before its database. */
  async stop(withinMs: number): Promise<void> {
    const end = performance.now() + withinMs;
    const storage = async () => {
      await this.#registry?.process.stop(Math.max(500, withinMs - POSTGRES_STOP_MS));
      await this.#postgres?.process.stop(Math.max(POSTGRES_STOP_MS, end - performance.now()));
    };
    await Promise.all([this.#kafka?.process.stop(withinMs), storage()]);
    this.#kafka?.settle();
    this.#registry?.settle();
  }

  #prepareStarters(java: Java, artifacts: Artifacts): void {
    const { home, portBase, keeper, fsync } = this.#context;
    const common = { home, keeper, logs: join(home, "logs"), java, artifacts };
    if (this.needs("postgres"))
      this.#starters.postgres = async () => {
        this.#postgres = await startPostgres({ ...common, port: portBase + PORT_OFFSETS.postgres, fsync });
      };
    if (this.needs("kafka"))
      this.#starters.kafka = async () => {
        const [port, controllerPort] = [portBase + PORT_OFFSETS.kafka, portBase + PORT_OFFSETS.kafkaController];
        this.#kafka = await startKafka({ ...common, port, controllerPort, patience: fsync ? "SOON_BACK" : "PATIENT" });
      };
    if (this.needs("registry"))
      this.#starters.registry = async () => {
        const databaseUrl = (this.#postgres as Postgres).url("registry");
        this.#registry = await startRegistry({ ...common, port: portBase + PORT_OFFSETS.registry, databaseUrl });
      };
  }
}

function neededBeside(external: External): Set<PartName> {
  const registry = external.registryUrl === undefined;
  const services = Object.keys(SERVICES) as LocalService[];
  const postgres = registry || services.some((service) => external.databaseUrls[service] === undefined);
  return new Set<PartName>([
    ...(postgres ? (["postgres"] as const) : []),
    ...(external.kafkaBrokers === undefined ? (["kafka"] as const) : []),
    ...(registry ? (["registry"] as const) : []),
  ]);
}

/** Waits for all of them also when one fails: what another has begun must not go on while everything is being stopped. */
async function everyOne(work: readonly (Promise<void> | undefined)[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

import { type Codec, createCodec, LocalRegistry, SimulatedBroker, silentLogger } from "@septet/messaging";
import { RECORDS, type RecordName } from "@septet/stock-contracts";
import { Inspector } from "../database/inspector.js";
import { LockMonitor } from "../database/lock-monitor.js";
import { SimulatedServer } from "../database/simulated-server.js";
import type { StandingDatabase } from "../database/standing-database.js";
import { EPOCH, type Templates } from "../database/templates.js";
import { Random } from "../kernel/random.js";
import { Scheduler } from "../kernel/scheduler.js";
import { Trace } from "../kernel/trace.js";
import { ArmedFaults } from "./armed-faults.js";
import { History } from "./history.js";
import { type AnyDefinition, Instance } from "./instance.js";

const PARTITIONS = 3;
const INSTANCES = 2;
const DEADLOCK = "locks are taken in one order: two transactions waited for each other";

export interface WorldOptions {
  readonly seed: number;
  /** What each service is made of, by its name; a definition per life of an instance. */
  readonly services: ReadonlyMap<string, () => AnyDefinition>;
  readonly templates: Templates;
  readonly print?: (line: string) => void;
}

/** Two instances of each service over one log and one database server, in a time of their own. */
export class World {
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly broker = new SimulatedBroker(PARTITIONS);
  readonly faults = new ArmedFaults();
  readonly history: History;
  readonly codec: Codec;
  readonly server: SimulatedServer;
  readonly instances: readonly Instance[];
  readonly databases: ReadonlyMap<string, StandingDatabase>;
  readonly inspector: Inspector;
  /** What services said that none may say, in the order in which they said it. */
  readonly findings: string[] = [];
  readonly #monitor: LockMonitor;
  readonly #templates: Templates;

  private constructor(o: WorldOptions, codec: Codec, databases: ReadonlyMap<string, StandingDatabase>) {
    const random = new Random(`world ${o.seed}`);
    this.trace = new Trace(o.print);
    this.scheduler = new Scheduler({ random: random.fork("steps"), trace: this.trace, now: EPOCH });
    this.codec = codec;
    this.history = new History(codec);
    this.broker.witness((message) => this.history.see(message));
    const monitor = new LockMonitor(o.templates.admin);
    this.#monitor = monitor;
    this.#templates = o.templates;
    this.databases = databases;
    this.server = new SimulatedServer({
      scheduler: this.scheduler,
      monitor,
      databaseOf: (text) => databases.get(new URL(text).hostname || new URL(text).host) ?? unknown(text),
      fateOf: (process, text) => this.faults.statementFate(process, text),
    });
    this.inspector = new Inspector(databases, (url) => this.server.changesOf(url));
    const ids = random.fork("ids");
    this.instances = [...o.services].flatMap(([service, define]) =>
      Array.from({ length: INSTANCES }, (_, index) => {
        const { scheduler, server, broker, faults } = this;
        const finding = (text: string) => this.findings.push(text);
        const parts = { scheduler, server, broker, codec, faults, ids, finding, define };
        return new Instance(`${service}-${index + 1}`, service, parts);
      }),
    );
  }

  static async open(o: WorldOptions): Promise<World> {
    const databases = new Map<string, StandingDatabase>();
    for (const service of o.services.keys()) databases.set(service, await o.templates.lend(service));
    return new World(o, await sharedCodec(), databases);
  }

  instance(number: number): Instance {
    return this.instances[number % this.instances.length]!;
  }

  /** One step, with the server's timeouts before it. */
  async step(): Promise<boolean> {
    await this.server.keepTime();
    const moved = await this.scheduler.step();
    await this.history.digest();
    if (this.#monitor.deadlocks > 0) this.findings.push(DEADLOCK);
    return moved;
  }

  /** Ends all processes, whose databases are another world's then. */
  async close(): Promise<void> {
    for (const instance of this.instances) await instance.crash();
    for (const database of this.databases.values()) await this.#templates.takeBack(database);
  }
}

function unknown(url: string): never {
  throw new Error(`there is no database ${url} in this world`);
}

let codec: Promise<Codec> | undefined;

/** One codec for all worlds: what it learns are the schemas, which are the same in all. */
function sharedCodec(): Promise<Codec> {
  codec ??= (async () => {
    const registry = new LocalRegistry();
    const made = createCodec({ registryUrl: "http://simulated", logger: silentLogger, registry });
    await made.register(Object.keys(RECORDS) as RecordName[]);
    return made;
  })();
  return codec;
}

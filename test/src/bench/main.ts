import { clientOf } from "../platform/access.js";
import { auditWhenStill } from "../platform/audit.js";
import { Wire } from "../platform/wire.js";
import { type BenchPlatform, startBenchPlatform } from "./bench-platform.js";
import { writeFigures } from "./benchmarks-file.js";
import { burstSettings, measureBursts } from "./burst-bench.js";
import { burstText } from "./burst-text.js";
import { type BenchFigures, median } from "./figures.js";
import { figuresText } from "./figures-text.js";
import { type FloorRate, measureFloor } from "./floor.js";
import { loadBefore, machineLines } from "./machine.js";
import { type LatencyFigure, measureLatency, measureRate, type RateFigure } from "./measure.js";
import { BENCH_USAGE, type BenchOptions, readBenchOptions } from "./options.js";
import { type LoadKind, OrderLoad, SKUS_OF } from "./order-load.js";
import { Outcomes } from "./outcomes.js";
import { memoryOf } from "./processes.js";
import { stockUp } from "./stock-up.js";

const FLOOR_CLIENTS = 16;
/** Orders that nobody measures: code gets warm, pools fill. */
const WARM_UP_ORDERS = 2_000;
/** An order of the retailer has 25 lines, so fewer of them do. */
const RETAIL_SHARE = 10;
const AUDIT_WITHIN_MS = 120_000;

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

class Bench {
  private readonly rates = new Map<LoadKind, RateFigure[]>();
  private readonly latencies = new Map<LoadKind, LatencyFigure[]>();
  private readonly floors = new Map<"hot" | "skus", FloorRate[]>([
    ["hot", []],
    ["skus", []],
  ]);
  private readonly options: BenchOptions;
  private readonly platform: BenchPlatform;
  private readonly wire: Wire;
  private readonly load: string;

  /** @param load how busy the machine was before */
  constructor(options: BenchOptions, platform: BenchPlatform, load: string) {
    this.load = load;
    this.options = options;
    this.platform = platform;
    this.wire = new Wire(platform.access, "septet-bench");
  }

  async run(): Promise<BenchFigures> {
    const { kinds, rounds } = this.options;
    try {
      await this.wire.codec.register(["OrderPlaced"]);
      await stockUp(this.platform.access, kinds);
      const outcomes = await Outcomes.follow(this.wire);
      const loads = new Map(kinds.map((kind) => [kind, new OrderLoad(kind, this.options.seed)]));
      for (const [kind, load] of loads) await this.rate(outcomes, load, this.share(kind, WARM_UP_ORDERS));
      for (let round = 1; round <= rounds; round += 1) await this.round(round, outcomes, loads);
      return await this.figures();
    } finally {
      await this.wire.close();
    }
  }

  /** Loads and floors take turns within a round, so that a slow minute of the machine hits both. */
  private async round(round: number, outcomes: Outcomes, loads: ReadonlyMap<LoadKind, OrderLoad>): Promise<void> {
    for (const [kind, load] of loads) {
      const rate = await this.rate(outcomes, load, this.share(kind, this.options.orders));
      push(this.rates, kind, rate);
      const latency = await measureLatency(this.wire, outcomes, load, rate.perSecond / 2, this.options.latencySeconds);
      push(this.latencies, kind, latency);
      tell(
        `round ${round} ${kind}: ${Math.round(rate.perSecond)} orders/s; at half of it p50 ${latency.p50Ms.toFixed(0)} ms, p99 ${latency.p99Ms.toFixed(0)} ms`,
      );
      if (kind !== "retail") await this.floor(round, kind);
    }
  }

  private rate(outcomes: Outcomes, load: OrderLoad, orders: number): Promise<RateFigure> {
    return measureRate(this.wire, outcomes, load, orders, this.platform.processes);
  }

  private async floor(round: number, kind: "hot" | "skus"): Promise<void> {
    const database = await this.platform.tests.createDatabase("floor");
    try {
      const { floorSeconds: seconds } = this.options;
      const options = { databaseUrl: database.url, clients: FLOOR_CLIENTS, skus: SKUS_OF[kind], seconds };
      const floor = await measureFloor(options);
      push(this.floors, kind, floor);
      tell(`round ${round} ${kind}: the floor ${Math.round(floor.perSecond)} orders/s`);
    } finally {
      await database.drop();
    }
  }

  private share(kind: LoadKind, orders: number): number {
    return kind === "retail" ? Math.ceil(orders / RETAIL_SHARE) : orders;
  }

  private async figures(): Promise<BenchFigures> {
    const { processes, access } = this.platform;
    const memory = memoryOf(processes);
    const audit = await auditWhenStill(clientOf(access, "ledger"), AUDIT_WITHIN_MS);
    if (audit.failures.length > 0) throw new Error(`the figures are worth nothing: ${audit.failures.join("; ")}`);
    const { orders, rounds, instances } = this.options;
    const { rates, latencies, floors } = this;
    return {
      rates,
      latencies,
      floors,
      memory,
      machine: [...(await machineOf(this.platform)), this.load],
      settings: `${rounds} rounds of ${orders} unpaid orders (retail: ${this.share("retail", orders)}) at once, ${instances} × order-reservation, 1 × warehouse, 1 × ledger, 12 partitions; everything on this machine, load generator and broker included. The floor: ${FLOOR_CLIENTS} clients, four statements a transaction.`,
      date: new Date().toISOString().slice(0, 10),
    };
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

function machineOf({ stack, system }: BenchPlatform): Promise<string[]> {
  return machineLines(system.databaseUrl("ledger"), stack.process("kafka").pid, stack.process("registry").pid);
}

async function measureRates(options: BenchOptions, platform: BenchPlatform, load: string): Promise<void> {
  const figures = await new Bench(options, platform, load).run();
  const text = figuresText(figures);
  process.stdout.write(`${text}\n`);
  for (const [kind, floors] of figures.floors) {
    const rate = median((figures.rates.get(kind) ?? []).map((figure) => figure.perSecond));
    if (floors.length > 0)
      tell(`${kind}: ${(rate / median(floors.map((floor) => floor.perSecond))).toFixed(1)} times the floor`);
  }
  if (options.write) await writeFigures(text);
}

async function measureBurst(options: BenchOptions, platform: BenchPlatform, load: string): Promise<void> {
  const runs = await measureBursts(platform, options, tell);
  const text = burstText({
    runs,
    machine: [...(await machineOf(platform)), load],
    settings: burstSettings(options),
    date: new Date().toISOString().slice(0, 10),
  });
  process.stdout.write(`${text}\n`);
  if (options.write) await writeFigures(text, "burst");
}

async function main(): Promise<void> {
  const options = readBenchOptions(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(BENCH_USAGE);
    return;
  }
  const load = loadBefore();
  const platform = await startBenchPlatform(options.instances);
  try {
    await (options.burst ? measureBurst : measureRates)(options, platform, load);
  } finally {
    await platform.stop();
  }
}

await main();

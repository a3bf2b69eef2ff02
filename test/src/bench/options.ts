import { parseArgs } from "node:util";
import { LOAD_KINDS, type LoadKind } from "./order-load.js";

export interface BenchOptions {
  readonly kinds: readonly LoadKind[];
  /** Orders published at once in each round. */
  readonly orders: number;
  /** Seconds of paced load for the latency. */
  readonly latencySeconds: number;
  /** Seconds of each measurement of the floor. */
  readonly floorSeconds: number;
  /** Rounds of everything; medians are reported. */
  readonly rounds: number;
  /** Instances of order-reservation. */
  readonly instances: number;
  /** Whether the figures go to BENCHMARKS.md. */
  readonly write: boolean;
  readonly seed: number;
  /** Measure what others feel of a burst of unpaid orders instead. */
  readonly burst: boolean;
  /** Seconds over which the orders of a burst arrive, burst by burst; one that arrives at once comes after them. */
  readonly burstSeconds: readonly number[];
}

export const BENCH_USAGE = `npm run bench -- [options]

  --only hot,skus,retail   the loads to measure (default all): one hot SKU, 1,000 SKUs, Online Retail shaped orders
  --orders N               orders of each round (default 20000; retail takes a tenth)
  --latency-seconds N      seconds of load at half the rate (default 10)
  --floor-seconds N        seconds of each measurement of the floor (default 8)
  --rounds N               rounds; medians are reported (default 3)
  --instances N            instances of order-reservation (default 1)
  --seed N                 of the loads (default 1)
  --burst                  instead: bursts of unpaid orders from few devices, and what other customers feel of them
                           (--orders: of each burst, default 10000; --latency-seconds: of the quiet before each)
  --burst-seconds N,…      seconds over which a burst's orders arrive (default 60,10; then all at once)
  --short                  one round, 2000 orders, 3 seconds each; figures are not written
  --no-write               leave BENCHMARKS.md as it is
`;

const FLAGS = {
  only: { type: "string" },
  orders: { type: "string" },
  "latency-seconds": { type: "string" },
  "floor-seconds": { type: "string" },
  rounds: { type: "string" },
  instances: { type: "string" },
  seed: { type: "string" },
  "burst-seconds": { type: "string" },
  burst: { type: "boolean", default: false },
  short: { type: "boolean", default: false },
  "no-write": { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** @throws a message that names everything wrong with the arguments. */
export function readBenchOptions(args: readonly string[]): BenchOptions | "help" {
  const { values } = parseArgs({ args: [...args], options: FLAGS, strict: true });
  if (values.help) return "help";
  const wrong: string[] = [];
  type Numeric = Exclude<keyof typeof FLAGS, "only" | "burst" | "short" | "no-write" | "help">;
  const wholeOf = (name: Numeric, text: string | number, max: number) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1 || value > max) wrong.push(`--${name} takes a whole number 1..${max}`);
    return value;
  };
  const whole = (name: Numeric, usual: number, max: number) => wholeOf(name, values[name] ?? usual, max);
  const { short, burst } = values;
  const kinds = (values.only?.split(",") ?? LOAD_KINDS) as LoadKind[];
  if (!kinds.every((kind) => LOAD_KINDS.includes(kind))) wrong.push(`--only takes of ${LOAD_KINDS.join(",")}`);
  const options = {
    kinds,
    orders: whole("orders", short ? 2_000 : burst ? 10_000 : 20_000, 1_000_000),
    latencySeconds: whole("latency-seconds", short ? 3 : 10, 600),
    floorSeconds: whole("floor-seconds", short ? 3 : 8, 600),
    rounds: whole("rounds", short ? 1 : 3, 99),
    instances: whole("instances", 1, 8),
    seed: whole("seed", 1, 2 ** 31),
    burst,
    burstSeconds: (values["burst-seconds"] ?? (short ? "3" : "60,10"))
      .split(",")
      .map((seconds) => wholeOf("burst-seconds", seconds, 600)),
    write: !values["no-write"] && !short,
  };
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
  return options;
}

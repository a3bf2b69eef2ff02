import { parseArgs } from "node:util";
import { type OpeningStock, parseOpeningStock } from "./opening-stock.js";

export interface ReplayOptions {
  readonly paths: readonly string[];
  readonly openingStock: OpeningStock;
  /** How many times faster than the log's clock; undefined = as fast as the platform takes it. */
  readonly speed: number | undefined;
  /** Start a stack and services of our own, and stop them afterwards. */
  readonly withStack: boolean;
  /** Instances of order-reservation and of warehouse, with `withStack`. */
  readonly instances: number;
  /** Kill one instance of each with SIGKILL half-way and start it again, with `withStack`. */
  readonly disturb: boolean;
  /** Calls to the warehouse at a time. */
  readonly concurrency: number;
  /** Where to write the end state, order by order; for comparing two runs. */
  readonly endStateFile: string | undefined;
  /** Where to write the report as JSON besides the printed one. */
  readonly reportFile: string | undefined;
}

export type ReadOptions =
  | { readonly kind: "run"; readonly options: ReplayOptions }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly messages: readonly string[] };

export const USAGE = `npm run replay -- <CSV files or folders> [options]

  --opening-stock demand*N | file.csv   what the shelves hold first (default demand*2); a file has sku,quantity[,location]
  --speed X                             X times the log's clock, such as 3600; default: as fast as it goes
  --with-stack                          start a stack and services for this run, stop them at the end
  --instances N                         with --with-stack: instances of order-reservation and warehouse (default 1)
  --disturb                             with --with-stack: kill one instance of each half-way, start it again
  --concurrency N                       calls to the warehouse at a time, 1..64 (default 8)
  --end-state FILE                      write every order's end state, one JSON line each, for comparing two runs
  --report FILE                         write the report as JSON too

Without --with-stack it talks to the running platform of SEPTET_PORT_BASE (7100) and SEPTET_HOME (.local).
`;

const FLAGS = {
  "opening-stock": { type: "string", default: "demand*2" },
  speed: { type: "string" },
  "with-stack": { type: "boolean", default: false },
  instances: { type: "string", default: "1" },
  disturb: { type: "boolean", default: false },
  concurrency: { type: "string", default: "8" },
  "end-state": { type: "string" },
  report: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** Reads the command line; everything wrong with it is named at once. */
export function readOptions(args: readonly string[]): ReadOptions {
  let parsed: ReturnType<typeof parseFlags>;
  try {
    parsed = parseFlags(args);
  } catch (error) {
    if (!isArgumentError(error)) throw error;
    return { kind: "wrong", messages: [error.message] };
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: "help" };
  const messages: string[] = [];
  const whole = (name: "instances" | "concurrency", max: number): number => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1 || value > max) messages.push(`--${name} takes a whole number 1..${max}`);
    return value;
  };
  const instances = whole("instances", 8);
  const concurrency = whole("concurrency", 64);
  const speed = values.speed === undefined ? undefined : Number(values.speed);
  if (speed !== undefined && !(speed > 0)) messages.push("--speed takes a number above 0");
  if (positionals.length === 0) messages.push("no CSV file or folder given");
  if (!values["with-stack"] && (instances !== 1 || values.disturb))
    messages.push("--instances and --disturb need --with-stack: a running platform is left as it is");
  if (values.disturb && instances < 2) messages.push("--disturb needs --instances 2 or more");
  if (messages.length > 0) return { kind: "wrong", messages };
  const openingStock = parseOpeningStock(values["opening-stock"]);
  const files = { endStateFile: values["end-state"], reportFile: values.report };
  const run = { withStack: values["with-stack"], disturb: values.disturb, instances, concurrency, speed };
  return { kind: "run", options: { paths: positionals, openingStock, ...run, ...files } };
}

function parseFlags(args: readonly string[]) {
  return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true, strict: true });
}

/** Node marks what is wrong with arguments by code only. */
function isArgumentError(error: unknown): error is Error {
  const code = error && typeof error === "object" && "code" in error ? error.code : undefined;
  return typeof code === "string" && code.startsWith("ERR_PARSE_ARGS");
}

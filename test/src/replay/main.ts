import { writeFile } from "node:fs/promises";
import { type OwnPlatform, startOwnPlatform } from "../platform/own-platform.js";
import { NothingRunsError, runningPlatform } from "../platform/running-platform.js";
import { stderrLogger } from "../platform/stderr-logger.js";
import { endStates } from "./end-state.js";
import { stockForDemand } from "./opening-stock.js";
import { readOpeningStock } from "./opening-stock-file.js";
import { type ReplayOptions, readOptions, USAGE } from "./options.js";
import { logFiles, OrderLogError, readOrderLog } from "./order-log.js";
import { disturb, memoryLines } from "./own-services.js";
import { planReplay, type ReplayPlan } from "./plan.js";
import { progressWriter } from "./progress.js";
import { reportText } from "./report-text.js";
import { type ReplayRun, runReplay } from "./run-replay.js";

/** Two warehouses; the platform prefers the first, because its name sorts first. */
const WAREHOUSES = ["LEEDS", "LONDON"] as const;

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function openingOf({ openingStock }: ReplayOptions, plan: ReplayPlan): Promise<ReplayRun["opening"]> {
  if (openingStock.kind === "file") return readOpeningStock(openingStock.path, WAREHOUSES);
  return { lines: stockForDemand(plan.demand, openingStock, WAREHOUSES), unreadable: [] };
}

async function replay(options: ReplayOptions): Promise<number> {
  const plan = await planReplay(readOrderLog(await logFiles(options.paths)));
  const opening = await openingOf(options, plan);
  const own = options.withStack ? await startOwnPlatform(options.instances, stderrLogger) : undefined;
  try {
    return await replayOn(own, options, plan, opening);
  } finally {
    await own?.stop();
  }
}

async function replayOn(
  own: OwnPlatform | undefined,
  options: ReplayOptions,
  plan: ReplayPlan,
  opening: ReplayRun["opening"],
): Promise<number> {
  const access = own?.access ?? (await runningPlatform(stderrLogger));
  const { speed, concurrency } = options;
  const { report, book } = await runReplay({
    access,
    plan,
    opening,
    warehouses: WAREHOUSES,
    speed,
    concurrency,
    onProgress: progressWriter(),
    ...(own && options.disturb ? { onHalfway: () => disturb(own.system) } : {}),
  });
  process.stdout.write(`${reportText(report)}\n`);
  const memory = own ? memoryLines(own.system, options.instances) : { lines: [], failures: [] };
  for (const line of [...memory.lines, ...memory.failures]) process.stdout.write(`${line}\n`);
  if (options.reportFile) await writeFile(options.reportFile, `${JSON.stringify(report, null, 2)}\n`);
  if (options.endStateFile) {
    const lines = endStates(book).map((end) => JSON.stringify(end));
    await writeFile(options.endStateFile, `${lines.join("\n")}\n`);
  }
  return report.failures.length + memory.failures.length > 0 ? EXIT_FAILED : 0;
}

async function main(): Promise<number> {
  const read = readOptions(process.argv.slice(2));
  if (read.kind === "help") {
    process.stdout.write(USAGE);
    return 0;
  }
  if (read.kind === "wrong") {
    process.stderr.write(`${read.messages.join("\n")}\n\n${USAGE}`);
    return EXIT_USAGE;
  }
  try {
    return await replay(read.options);
  } catch (error) {
    if (!(error instanceof OrderLogError || error instanceof NothingRunsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT_USAGE;
  }
}

process.exitCode = await main();

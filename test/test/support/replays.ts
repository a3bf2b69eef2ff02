import { type System, type SystemOptions, startSystem, type TestStack } from "@septet/local-stack";
import { silentLogger } from "@septet/messaging";
import { accessTo } from "../../src/platform/own-platform.js";
import { parseOpeningStock, stockForDemand } from "../../src/replay/opening-stock.js";
import { logFiles, readOrderLog } from "../../src/replay/order-log.js";
import { planReplay, type ReplayPlan } from "../../src/replay/plan.js";
import { type ReplayResult, runReplay } from "../../src/replay/run-replay.js";
import { type SmallLogOptions, writeSmallLog } from "../../src/shape/small-log.js";
import { temporaryFolder } from "./temporary-folder.js";

const WAREHOUSES = ["LEEDS", "LONDON"] as const;
const PATIENCE_MS = 180_000;

/** Two days of a small shop of the retailer's shape. */
export const TWO_DAYS: SmallLogOptions = {
  seed: 20_101_201,
  days: 2,
  invoicesPerDay: 90,
  skus: 400,
  maxLines: 120,
  returns: 0.12,
  writeOffs: 0.04,
};

export async function smallPlan(options: SmallLogOptions = TWO_DAYS): Promise<ReplayPlan> {
  const folder = await temporaryFolder();
  await writeSmallLog(folder, options);
  return planReplay(readOrderLog(await logFiles([folder])));
}

export async function startPlatform(stack: TestStack, services: SystemOptions["services"]): Promise<System> {
  const system = await startSystem({ stack, services });
  return system;
}

/** Replays the plan on the system; `opening` as on the command line. */
export async function replayOn(
  stack: TestStack,
  system: System,
  plan: ReplayPlan,
  opening: string,
  onHalfway?: () => Promise<void>,
): Promise<ReplayResult> {
  const parsed = parseOpeningStock(opening);
  if (parsed.kind !== "demand") throw new Error(`${opening} is no demand`);
  return runReplay({
    access: accessTo(system, stack, silentLogger),
    plan,
    opening: { lines: stockForDemand(plan.demand, parsed, WAREHOUSES), unreadable: [] },
    warehouses: WAREHOUSES,
    speed: undefined,
    concurrency: 8,
    patienceMs: PATIENCE_MS,
    onProgress: () => undefined,
    ...(onHalfway ? { onHalfway } : {}),
  });
}

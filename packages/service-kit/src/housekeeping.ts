import { measureGaps } from "@septet/messaging";
import type { Database } from "./database.js";
import type { HealthChecks } from "./health.js";
import { deleteOldKeys } from "./idempotency.js";
import { every, type Job } from "./jobs.js";
import type { Logger } from "./logging.js";
import type { KitMetrics } from "./metrics.js";

const GAPS_EVERY_MS = 5_000;
const READY_EVERY_MS = 5_000;
const KEYS_EVERY_MS = 10 * 60_000;
const KEYS_PER_BITE = 5_000;

/**
 * The jobs that every service runs beside its own: gauges of gaps and readiness, and the end of old idempotency keys.
 * The outbox's partitions are looked after by the relay, which alone may drop them.
 */
export function housekeeping(o: {
  db: Database;
  metrics: KitMetrics;
  logger: Logger;
  isReady(): Promise<boolean>;
}): Job[] {
  return [
    every(GAPS_EVERY_MS, "gap-gauge", () => measureGaps(o.db, o.metrics.messaging), o),
    every(READY_EVERY_MS, "ready-gauge", async () => o.metrics.ready.set((await o.isReady()) ? 1 : 0), o),
    every(KEYS_EVERY_MS, "idempotency-clean-up", () => dropOldKeys(o.db), o),
  ];
}

async function dropOldKeys(database: Database): Promise<void> {
  while ((await deleteOldKeys(database, KEYS_PER_BITE)) === KEYS_PER_BITE);
}

/** Whether all checks hold now. */
export async function isReady(health: HealthChecks): Promise<boolean> {
  return (await health.run()).ready;
}

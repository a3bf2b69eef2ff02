import { dropOldInbox, measureGaps } from "@septet/messaging";
import { TOPICS } from "@septet/stock-contracts";
import type { Database } from "./database.js";
import type { HealthChecks } from "./health.js";
import { deleteOldKeys } from "./idempotency.js";
import { every, type Job } from "./jobs.js";
import type { Logger } from "./logging.js";
import type { KitMetrics } from "./metrics.js";

const GAPS_EVERY_MS = 5_000;
const READY_EVERY_MS = 5_000;
const CLEAN_UP_EVERY_MS = 10 * 60_000;
const ROWS_PER_BITE = 5_000;
const DAY_MS = 86_400_000;

/**
 * Claims on events are kept this long, days: an event can come again while its topic keeps it, and once more from the dead
 * letters, in which it may lie until the last day. Topics that are kept for ever dedupe by position or version.
 */
export const INBOX_KEEP_DAYS = longestDays((topic) => topic.records.length > 0) + longestDays(() => true) + 1;

function longestDays(among: (topic: (typeof TOPICS)[keyof typeof TOPICS]) => boolean): number {
  const kept = Object.values(TOPICS).filter(among);
  return Math.ceil(Math.max(...kept.map((topic) => topic.retentionMs)) / DAY_MS);
}

/**
 * The jobs that every service runs beside its own: gauges of gaps and readiness, and the end of old idempotency keys and
 * claims on events.
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
    every(CLEAN_UP_EVERY_MS, "idempotency-clean-up", () => inBites((rows) => deleteOldKeys(o.db, rows)), o),
    every(CLEAN_UP_EVERY_MS, "inbox-clean-up", () => inBites((rows) => dropOldInbox(o.db, INBOX_KEEP_DAYS, rows)), o),
  ];
}

/** Each bite is a transaction of its own: short, whatever has gathered. */
async function inBites(drop: (rows: number) => Promise<number>): Promise<void> {
  while ((await drop(ROWS_PER_BITE)) === ROWS_PER_BITE);
}

/** Whether all checks hold now. */
export async function isReady(health: HealthChecks): Promise<boolean> {
  return (await health.run()).ready;
}

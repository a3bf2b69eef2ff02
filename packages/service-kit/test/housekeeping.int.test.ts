import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { TOPICS } from "@septet/stock-contracts";
import { housekeeping, INBOX_KEEP_DAYS } from "../src/housekeeping.js";
import { createLogger } from "../src/index.js";
import { closeStack, type KitDatabase, openKitDatabase } from "./kit-database.js";
import { eventually } from "./waiting.js";

let kit: KitDatabase;
beforeAll(async () => {
  kit = await openKitDatabase();
});
afterAll(async () => {
  await kit.stop();
  await closeStack();
});

describe("housekeeping", () => {
  test("claims on events go when no copy of the event can come any more, all of them, and the others stay", async () => {
    const claim = (days: number, count: number) =>
      kit.db.query(
        `INSERT INTO inbox (consumer, event_id, received_at)
         SELECT 'sales', $1::int || ' days ' || n, now() - $1::int * interval '1 day' FROM generate_series(1, $2::int) AS n`,
        [days, count],
      );
    await claim(INBOX_KEEP_DAYS + 1, 12_000);
    await claim(INBOX_KEEP_DAYS - 1, 3);
    const logger = createLogger({ service: "warehouse", level: "silent" });
    const jobs = housekeeping({ db: kit.db, metrics: kit.metrics, logger, isReady: async () => true });
    const left = async () => Number((await kit.db.query(`SELECT count(*) FROM inbox`))[0].count);
    await eventually("the old claims are gone", async () => (await left()) === 3);
    for (const job of jobs) await job.stop();
    expect((await kit.metrics.jobFailures.get()).values).toEqual([]);
  });

  test("no message outlives its claim, in whichever topic it lies", () => {
    const days = Object.values(TOPICS).map((topic) => topic.retentionMs / 86_400_000);
    expect(INBOX_KEEP_DAYS).toBeGreaterThan(Math.max(...days));
  });
});

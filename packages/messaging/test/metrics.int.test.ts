import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Registry } from "prom-client";
import { createMessagingMetrics, measureGaps, SliceQueue, takePositions } from "../src/index.js";
import { Platform } from "./support/platform.js";

let platform: Platform;

beforeAll(async () => {
  platform = await Platform.open();
});
afterAll(() => platform.close());

describe("metrics", () => {
  test("tell of open gaps and how long they have been open", async () => {
    const registry = new Registry();
    const metrics = createMessagingMetrics(registry);
    const database = await platform.database();
    await takePositions(database, [{ recordedBy: "warehouse", sku: "sock", sequence: 2 }]);
    await database.query("UPDATE stream_position SET gap_since = gap_since - interval '90 seconds'");
    await measureGaps(database, metrics);
    const text = await registry.metrics();
    expect(text).toContain("septet_stream_gaps_open 1");
    expect(Number(/^septet_stream_gap_age_seconds (\S+)$/m.exec(text)![1])).toBeGreaterThan(89);
  });

  test("tell how large slices are and how many items could not be settled", async () => {
    const registry = new Registry();
    const queue = new SliceQueue<number, number>({
      settle: async (items) => {
        if (items.includes(3)) throw new Error("3 breaks");
        return items;
      },
      isTransient: () => false,
      poison: async (item) => -item,
      metrics: createMessagingMetrics(registry).slices("orders"),
    });
    expect(await queue.submit([1, 2, 3])).toEqual([1, 2, -3]);
    await queue.close();
    const text = await registry.metrics();
    expect(text).toContain('septet_slice_poisoned_total{queue="orders"} 1');
    expect(text).toContain('septet_slice_bisections_total{queue="orders"} 1');
    expect(text).toContain('septet_slice_items_count{queue="orders"} 1');
  });
});

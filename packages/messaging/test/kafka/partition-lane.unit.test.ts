import { describe, expect, test } from "@jest/globals";
import type { KafkaMessage } from "kafkajs";
import { type LaneOptions, MAX_LANE_BYTES, PartitionLane } from "../../src/kafka/partition-lane.js";
import { eventually } from "../support/eventually.js";

const messageOf = (offset: number, bytes: number) =>
  ({ offset: String(offset), key: null, value: Buffer.alloc(bytes), timestamp: "0", attributes: 0 }) as KafkaMessage;

function laneOf(options: Partial<LaneOptions>) {
  const slices: number[][] = [];
  const reasons: (string | undefined)[] = [];
  const lane = new PartitionLane({
    topic: "upstream.orders.v1",
    partition: 0,
    maxSliceMessages: 500,
    handle: async (slice) => void slices.push(slice.map(({ offset }) => offset)),
    settled: () => undefined,
    retrying: (reason) => void reasons.push(reason),
    fatal: () => undefined,
    ...options,
  });
  return { lane, slices, reasons };
}

describe("the lane of a partition", () => {
  test("large messages fill it by their bytes, not by their number", async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const sizes: number[] = [];
    const { lane } = laneOf({
      handle: async (slice) => {
        sizes.push(slice.length);
        await gate;
      },
    });
    const half = MAX_LANE_BYTES / 2;
    lane.push([messageOf(0, half)]);
    await eventually(() => expect(sizes).toEqual([1]));
    lane.push([1, 2, 3].map((offset) => messageOf(offset, half)));
    const roomy = await Promise.race([lane.room().then(() => true), Promise.resolve(false)]);
    expect(roomy).toBe(false);
    open();
    await lane.room();
    await eventually(() => expect(sizes).toEqual([1, 1, 1, 1]));
  });

  test("a message greater than the bound goes alone", async () => {
    const { lane, slices } = laneOf({});
    lane.push([messageOf(0, 10), messageOf(1, 2 * MAX_LANE_BYTES), messageOf(2, 10), messageOf(3, 10)]);
    await eventually(() => expect(slices).toEqual([[0], [1], [2, 3]]));
  });

  test("a lane that is closed while a slice is tried again no longer says that it is", async () => {
    const { lane, reasons } = laneOf({ handle: () => Promise.reject(new Error("the database is away")) });
    lane.push([messageOf(0, 10)]);
    await eventually(() => expect(reasons).toEqual(["the database is away"]));
    await lane.close();
    expect(reasons.at(-1)).toBeUndefined();
  });
});

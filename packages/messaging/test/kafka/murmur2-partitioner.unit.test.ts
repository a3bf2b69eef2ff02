import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Partitioners } from "kafkajs";
import { murmur2, murmur2Partitioner, partitionOf } from "../../src/index.js";

describe("the partitioner", () => {
  test.each([
    ["21", -973932308],
    ["foobar", -790332482],
    ["a-little-bit-long-string", -985981536],
    ["a-little-bit-longer-string", -1486304829],
    ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
    ["abc", 479470107],
  ])("hashes %s as the Java client's own tests do", (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });

  test("sends every key where kafkajs, and so every Java producer, would send it", () => {
    const theirs = Partitioners.DefaultPartitioner();
    const ours = murmur2Partitioner();
    const metadata = (partitions: number) =>
      Array.from({ length: partitions }, (_, partitionId) => ({
        partitionId,
        partitionErrorCode: 0,
        leader: 1,
        replicas: [1],
        isr: [1],
      }));
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), fc.integer({ min: 1, max: 50 }), (key, partitions) => {
        const args = { topic: "t", partitionMetadata: metadata(partitions), message: { key, value: null } };
        expect(ours(args)).toBe(theirs(args));
        expect(partitionOf(key, partitions)).toBe(theirs(args));
      }),
    );
  });
});

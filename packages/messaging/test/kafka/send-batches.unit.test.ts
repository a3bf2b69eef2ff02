import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { OutboundRecord } from "../../src/index.js";
import { sendBatches } from "../../src/kafka/send-batches.js";

const MIB = 1024 * 1024;
const physical = (topic: string) => `prefix.${topic}`;
const recordOf = (topic: string, key: string, bytes: number): OutboundRecord => ({
  topic,
  key,
  value: Buffer.alloc(bytes),
});

describe("cutting records into sends", () => {
  test("nothing is lost, and each topic keeps its order", () => {
    const records = fc.array(
      fc.record({ topic: fc.constantFrom("a", "b", "c"), key: fc.string(), bytes: fc.nat(900 * 1024) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(records, (given) => {
        const sends = sendBatches(
          given.map(({ topic, key, bytes }) => recordOf(topic, key, bytes)),
          physical,
        );
        for (const topic of ["a", "b", "c"]) {
          const sent = sends.flat().filter((part) => part.topic === physical(topic));
          expect(sent.flatMap((part) => part.messages.map((message) => message.key))).toEqual(
            given.filter((record) => record.topic === topic).map((record) => record.key),
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  test("what may fall to one partition stays below the smallest batch that Kafka takes", () => {
    const records = Array.from({ length: 5_000 }, (_, index) => recordOf("a", `key ${index}`, 1_000));
    const sends = sendBatches(records, physical);
    expect(sends.length).toBeGreaterThan(5);
    for (const [part] of sends) {
      const bytes = part!.messages.reduce((sum, message) => sum + (message.value as Buffer).length, 0);
      expect(bytes).toBeLessThan(MIB);
    }
  });

  test("a dead letter of 20 MiB goes alone", () => {
    const sends = sendBatches([recordOf("a", "1", 10), recordOf("a", "2", 20 * MIB), recordOf("a", "3", 10)], physical);
    expect(sends.map((send) => send.map((part) => part.messages.map((message) => message.key)))).toEqual([
      [["1"]],
      [["2"]],
      [["3"]],
    ]);
  });
});

import { EventEmitter } from "node:events";
import { describe, expect, test } from "@jest/globals";
import type { EachBatchPayload, Kafka } from "kafkajs";
import { silentLogger } from "../../src/index.js";
import { GroupMember, type MemberOptions } from "../../src/kafka/group-member.js";
import { eventually } from "../support/eventually.js";

const EVENTS = { GROUP_JOIN: "join", HEARTBEAT: "beat", CRASH: "crash", REBALANCING: "rebalancing" };

/** A consumer of kafkajs that does what the test says. */
class FakeConsumer extends EventEmitter {
  readonly events = EVENTS;
  joins = true;
  left = false;
  committed: unknown[] = [];
  eachBatch: ((payload: EachBatchPayload) => Promise<void>) | undefined;
  connect = async () => undefined;
  subscribe = async () => undefined;
  run = async (options: { eachBatch(payload: EachBatchPayload): Promise<void> }) => {
    if (!this.joins) await new Promise(() => undefined);
    this.eachBatch = options.eachBatch;
    this.emit(EVENTS.GROUP_JOIN);
  };
  paused = () => [];
  pause = () => undefined;
  resume = () => undefined;
  commitOffsets = async (offsets: unknown[]) => void this.committed.push(...offsets);
  disconnect = async () => {
    this.left = true;
  };
  async fetch(offset: number): Promise<void> {
    const message = { offset: String(offset), key: null, value: Buffer.alloc(1), timestamp: "0" };
    const batch = { topic: "upstream.orders.v1", partition: 0, messages: [message] };
    const payload = { batch, heartbeat: async () => undefined, isRunning: () => true, isStale: () => false };
    await this.eachBatch!(payload as unknown as EachBatchPayload);
  }
}

function memberOf(consumer: FakeConsumer, handled: number[]) {
  const options: MemberOptions = {
    kafka: { consumer: () => consumer } as unknown as Kafka,
    logger: silentLogger,
    groupId: "sales",
    topics: ["upstream.orders.v1"],
    logicalName: (topic) => topic,
    maxSliceMessages: 500,
    maxMessageMib: 10,
    handle: async (slice) => void handled.push(...slice.map(({ offset }) => offset)),
    retrying: () => undefined,
    fatal: () => undefined,
    beat: () => undefined,
  };
  return new GroupMember(options);
}

describe("a member of a group", () => {
  test("that waits for the others to join stops when it is told to", async () => {
    const consumer = new FakeConsumer();
    consumer.joins = false;
    const stop = new AbortController();
    const member = memberOf(consumer, []);
    const life = member.live(stop.signal);
    stop.abort();
    await expect(life).resolves.toBe("stopped");
    await member.end(100);
    expect(consumer.left).toBe(true);
  });

  test("that kafkajs lets join again in the middle of a fetch handles and commits nothing more, and is replaced", async () => {
    const consumer = new FakeConsumer();
    const handled: number[] = [];
    const member = memberOf(consumer, handled);
    const life = member.live(new AbortController().signal);
    await eventually(() => expect(consumer.eachBatch).toBeDefined());
    consumer.emit(EVENTS.GROUP_JOIN);
    await consumer.fetch(1_000);
    await expect(life).resolves.toBe("joined again in the middle of a fetch");
    await member.end(100);
    expect(handled).toEqual([]);
    expect(consumer.committed).toEqual([]);
  });

  test("goes on after a rebalance for which every fetch had ended", async () => {
    const consumer = new FakeConsumer();
    const handled: number[] = [];
    const stop = new AbortController();
    const member = memberOf(consumer, handled);
    const life = member.live(stop.signal);
    await eventually(() => expect(consumer.eachBatch).toBeDefined());
    consumer.emit(EVENTS.REBALANCING);
    consumer.emit(EVENTS.GROUP_JOIN);
    await consumer.fetch(7);
    await eventually(() => expect(handled).toEqual([7]));
    stop.abort();
    await expect(life).resolves.toBe("stopped");
    await member.end(1_000);
    expect(consumer.committed).toEqual([{ topic: "upstream.orders.v1", partition: 0, offset: "8" }]);
  });

  test("commits again what the broker did not take, also when nothing more comes", async () => {
    const consumer = new FakeConsumer();
    const commit = consumer.commitOffsets;
    let refused = 0;
    consumer.commitOffsets = async () => {
      refused += 1;
      consumer.commitOffsets = commit;
      throw new Error("the broker is away");
    };
    const stop = new AbortController();
    const member = memberOf(consumer, []);
    const life = member.live(stop.signal);
    await eventually(() => expect(consumer.eachBatch).toBeDefined());
    await consumer.fetch(7);
    await eventually(() => expect(consumer.committed).toHaveLength(1));
    expect(refused).toBe(1);
    expect(consumer.committed).toEqual([{ topic: "upstream.orders.v1", partition: 0, offset: "8" }]);
    stop.abort();
    await life;
    await member.end(1_000);
  });
});

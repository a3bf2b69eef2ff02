import { describe, expect, test } from "@jest/globals";
import {
  type ConsumeOptions,
  FatalError,
  type InboundMessage,
  SimulatedBroker,
  SimulatedEventLog,
} from "../../src/index.js";
import { StepsAtWill, settled } from "./steps-at-will.js";

const TOPIC = "stock.movements.v1";

function world() {
  const broker = new SimulatedBroker(2);
  const steps = new StepsAtWill();
  const log = new SimulatedEventLog("one", broker, steps);
  return { broker, steps, log };
}

function record(key: string, text: string) {
  return { topic: TOPIC, key, value: Buffer.from(text) };
}

/** Two keys that lie in different partitions. */
function keysApart(broker: SimulatedBroker): [string, string] {
  const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
  const find = (partition: number) => keys.find((key) => broker.partitionOf(key) === partition)!;
  return [find(0), find(1)];
}

function options(slices: string[][], more: Partial<ConsumeOptions> = {}): ConsumeOptions {
  return {
    groupId: "readers",
    topics: [TOPIC],
    maxSliceMessages: 10,
    handle: async (slice) => {
      slices.push(texts(slice));
    },
    onFatal: (error) => {
      throw error;
    },
    ...more,
  };
}

const texts = (messages: readonly InboundMessage[]) => messages.map(({ value }) => String(value));

describe("what a publish may come to", () => {
  test("acknowledged, it is in the log, in order per key", async () => {
    const { broker, steps, log } = world();
    const published = log.publish([record("a", "1"), record("a", "2")]);
    await steps.doAll();
    await published;
    expect(texts(broker.all(TOPIC))).toEqual(["1", "2"]);
  });

  test("its acknowledgement is lost although it took effect", async () => {
    const { broker, steps, log } = world();
    steps.fates = ["unacknowledged"];
    const published = log.publish([record("a", "1")]).catch((error: Error) => error.message);
    await steps.doAll();
    expect(await published).toMatch(/did not acknowledge/);
    expect(texts(broker.all(TOPIC))).toEqual(["1"]);
  });

  test("it is lost, and its sender is told", async () => {
    const { broker, steps, log } = world();
    steps.fates = ["lost"];
    const published = log.publish([record("a", "1")]).catch((error: Error) => error.message);
    await steps.doAll();
    expect(await published).toMatch(/did not take/);
    expect(broker.all(TOPIC)).toEqual([]);
  });

  test("one partition takes its part and another does not", async () => {
    const { broker, steps, log } = world();
    const [left, right] = keysApart(broker);
    steps.fates = ["partly"];
    steps.choices = [0, 1];
    const published = log.publish([record(left, "1"), record(right, "2"), record(left, "3")]).catch(() => "failed");
    await steps.doAll();
    expect(await published).toBe("failed");
    expect(texts(broker.all(TOPIC))).toEqual(["1", "3"]);
  });
});

describe("what a reader may see", () => {
  test("slices of any size, in order, each after the one before is settled", async () => {
    const { broker, steps, log } = world();
    const slices: string[][] = [];
    let release = () => {};
    const handle = async (slice: readonly InboundMessage[]) => {
      slices.push(texts(slice));
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    };
    await log.consume(options(slices, { handle }));
    await steps.doAll();
    for (const text of ["1", "2", "3"]) broker.append(record("a", text), 0);
    await settled();
    steps.choices = [1];
    await steps.do("deliver");
    expect(slices).toEqual([["1", "2"]]);
    expect(steps.offered).toEqual([]);
    release();
    await settled();
    await steps.do("commit");
    await steps.do("deliver");
    expect(slices).toEqual([["1", "2"], ["3"]]);
  });

  test("the same slice again after a commit that nobody heard and a new membership", async () => {
    const { broker, steps, log } = world();
    const slices: string[][] = [];
    await log.consume(options(slices));
    await steps.doAll();
    steps.deafCommits = 1;
    steps.timeStands = true;
    broker.append(record("a", "1"), 0);
    await steps.doAll();
    broker.group("readers").deal(0);
    await steps.doAll();
    expect(slices).toEqual([["1"], ["1"]]);
    const partition = broker.partitionOf("a");
    expect(broker.group("readers").committed({ topic: TOPIC, partition })).toBe(1);
  });

  test("a commit that nobody heard is said again, also when nothing more comes", async () => {
    const { broker, steps, log } = world();
    const slices: string[][] = [];
    await log.consume(options(slices));
    await steps.doAll();
    steps.deafCommits = 2;
    broker.append(record("a", "1"), 0);
    await steps.doAll();
    expect(slices).toEqual([["1"]]);
    expect(broker.group("readers").committed({ topic: TOPIC, partition: broker.partitionOf("a") })).toBe(1);
  });

  test("a slice that failed comes again until it is settled", async () => {
    const { broker, steps, log } = world();
    let failures = 2;
    const slices: string[][] = [];
    const handle = async (slice: readonly InboundMessage[]) => {
      if (failures-- > 0) throw new Error("the database is away");
      slices.push(texts(slice));
    };
    await log.consume(options([], { handle }));
    broker.append(record("a", "1"), 0);
    await steps.doAll();
    expect(slices).toEqual([["1"]]);
  });

  test("nothing more after a fatal error, which is told once", async () => {
    const { broker, steps, log } = world();
    const told: string[] = [];
    const handle = async () => {
      throw new FatalError("the database was restored");
    };
    await log.consume(options([], { handle, onFatal: (error) => told.push(error.message) }));
    broker.append(record("a", "1"), 0);
    broker.append(record("a", "2"), 0);
    await steps.doAll();
    expect(told).toEqual(["the database was restored"]);
    expect(steps.offered).toEqual([]);
  });
});

describe("two members of a group", () => {
  test("share the partitions, and each message is delivered to one of them", async () => {
    const { broker, steps, log } = world();
    const other = new SimulatedEventLog("two", broker, steps);
    const mine: string[][] = [];
    const theirs: string[][] = [];
    await log.consume(options(mine));
    await other.consume(options(theirs));
    await steps.doAll();
    const [left, right] = keysApart(broker);
    broker.append(record(left, "left"), 0);
    broker.append(record(right, "right"), 0);
    await steps.doAll();
    expect([...mine, ...theirs].flat().sort()).toEqual(["left", "right"]);
    expect(mine).toHaveLength(1);
  });

  test("a zombie goes on with a partition that it has lost; its commits are refused", async () => {
    const { broker, steps, log } = world();
    const zombie: string[][] = [];
    await log.consume(options(zombie));
    await steps.doAll();
    const next = new StepsAtWill();
    const other = new SimulatedEventLog("two", broker, next);
    const heir: string[][] = [];
    await other.consume(options(heir));
    await next.doAll();
    const keys = keysApart(broker);
    for (const key of keys) broker.append(record(key, key), 0);
    await next.doAll();
    // The zombie has not looked at its new hand yet: it delivers all, the heir's part as well.
    await steps.do("deliver");
    await steps.do("deliver");
    expect(zombie.flat().sort()).toEqual([...keys].sort());
    expect(heir).toHaveLength(1);
    await steps.do("commit");
    await steps.do("commit");
    const committed = keys.filter((key) => {
      const at = { topic: TOPIC, partition: broker.partitionOf(key) };
      return broker.group("readers").committed(at) === 1;
    });
    expect(committed).toEqual(heir.flat());
  });

  test("a dead one is missed: the other takes its partitions over", async () => {
    const { broker, steps, log } = world();
    const dying = new SimulatedEventLog("two", broker, new StepsAtWill());
    const mine: string[][] = [];
    await log.consume(options(mine));
    await dying.consume(options([]));
    await steps.doAll();
    dying.kill();
    for (const key of keysApart(broker)) broker.append(record(key, "for somebody"), 0);
    await steps.doAll();
    expect(mine.flat()).toEqual(["for somebody", "for somebody"]);
  });

  test("one that stops waits for its slice, and leaves", async () => {
    const { broker, steps, log } = world();
    let release = () => {};
    const handle = () =>
      new Promise<void>((resolve) => {
        release = resolve;
      });
    const consumption = await log.consume(options([], { handle }));
    await steps.doAll();
    broker.append(record("a", "1"), 0);
    await settled();
    await steps.do("deliver");
    let stopped = false;
    const stop = consumption.stop().then(() => {
      stopped = true;
    });
    await steps.doAll();
    expect(stopped).toBe(false);
    release();
    await settled();
    await steps.doAll();
    await stop;
    expect(broker.group("readers").partitionsOf(consumption.id)).toEqual([]);
  });
});

test("a member that its group has given up goes on as a zombie, whose commits are refused, until it joins again", async () => {
  const { broker, steps, log } = world();
  const slices: string[][] = [];
  const sleeper = await log.consume(options(slices));
  await steps.doAll();
  const awake = new SimulatedEventLog("two", broker, new StepsAtWill());
  log.evict();
  const other = await awake.consume(options([]));
  expect(broker.group("readers").partitionsOf(sleeper.id)).toEqual([]);
  expect(broker.group("readers").partitionsOf(other.id)).toHaveLength(2);
  broker.append(record("a", "1"), 0);
  await settled();
  await steps.do("deliver");
  await steps.do("commit");
  expect(slices).toEqual([["1"]]);
  expect(broker.group("readers").committed({ topic: TOPIC, partition: broker.partitionOf("a") })).toBeUndefined();
  await steps.doAll();
  expect(broker.group("readers").partitionsOf(sleeper.id)).toHaveLength(1);
});

test("reading to the end visits what was there at the call, from the given offsets, without a group", async () => {
  const { broker, steps, log } = world();
  for (const text of ["1", "2", "3"]) broker.append(record("a", text), 0);
  const partition = broker.partitionOf("a");
  const seen: string[] = [];
  const read = log.read({
    topic: TOPIC,
    from: new Map([[partition, 1]]),
    visit: (message) => void seen.push(String(message.value)),
  });
  await steps.doAll();
  await read;
  expect(seen).toEqual(["2", "3"]);
  expect(broker.groups.size).toBe(0);
});

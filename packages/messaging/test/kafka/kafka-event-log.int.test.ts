import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Consumption, type EventLog, FatalError, type InboundMessage } from "../../src/index.js";
import { eventually } from "../support/eventually.js";
import { Platform } from "../support/platform.js";

const ORDERS = "upstream.orders.v1";
const PAYMENTS = "upstream.payments.v1";
const MIB = 1024 * 1024;
let platform: Platform;
let prefix: string;
let log: EventLog;

beforeAll(async () => {
  platform = await Platform.open();
});
afterAll(() => platform.close());
beforeEach(async () => {
  prefix = await platform.stack.topicPrefix();
  log = platform.eventLog(prefix);
});

const recordOf = (key: string, text: string, topic = ORDERS) => ({ topic, key, value: Buffer.from(text) });
const textOf = (message: InboundMessage) => message.value?.toString() ?? "";

interface Reader {
  readonly consumption: Consumption;
  readonly slices: (readonly InboundMessage[])[];
  readonly texts: () => string[];
}

async function reader(
  from: EventLog,
  options: { topics?: string[]; max?: number; handle?: (slice: readonly InboundMessage[]) => Promise<void> } = {},
): Promise<Reader> {
  const slices: (readonly InboundMessage[])[] = [];
  const consumption = await from.consume({
    groupId: "sales",
    topics: options.topics ?? [ORDERS],
    maxSliceMessages: options.max ?? 500,
    handle: async (slice) => {
      await options.handle?.(slice);
      slices.push(slice);
    },
    onFatal: () => undefined,
  });
  return { consumption, slices, texts: () => slices.flat().map(textOf) };
}

/** How many messages lie on a topic. A new topic's leaders are still being chosen: what is sent again then lies there twice. */
const published = async (topic = ORDERS) =>
  [...(await log.endOffsets(topic)).values()].reduce((sum, offset) => sum + offset, 0);
const firstTimes = <T>(values: readonly T[]): T[] => [...new Set(values)];
const committed = async (topic = ORDERS) =>
  [...(await log.committedOffsets("sales", topic)).values()].reduce((sum, offset) => sum + offset, 0);

describe("Kafka as the event log", () => {
  test("what was published before the consumer came is read from the beginning, in order per key, with its headers", async () => {
    await log.publish([
      { ...recordOf("a", "a1"), headers: { traceparent: "00-1" } },
      recordOf("b", "b1"),
      recordOf("a", "a2"),
      { topic: ORDERS, key: "a", value: null },
    ]);
    const sales = await reader(log);
    const end = await published();
    await eventually(() => expect(sales.slices.flat()).toHaveLength(end));
    const ofA = sales.slices.flat().filter((message) => message.key === "a");
    expect(firstTimes(ofA.map((message) => message.value?.toString() ?? null))).toEqual(["a1", "a2", null]);
    expect(ofA[0]).toMatchObject({ topic: ORDERS, headers: { traceparent: "00-1" } });
    expect(sales.texts()).toContain("b1");
    await eventually(() => expect(sales.consumption.health()).toEqual({ ok: true }));
    await eventually(async () => expect(await committed()).toBe(end));
    expect((await sales.consumption.lag()).every(({ lag }) => lag === 0)).toBe(true);
  });

  test("thousands of records in one call arrive in slices that are no larger than asked for, order kept", async () => {
    const records = Array.from({ length: 12_000 }, (_, index) => recordOf(`key ${index % 50}`, `${index}`.padEnd(300)));
    await log.publish(records);
    const sales = await reader(log, { max: 100 });
    await eventually(() => expect(new Set(sales.texts()).size).toBe(records.length));
    expect(Math.max(...sales.slices.map((slice) => slice.length))).toBe(100);
    for (let key = 0; key < 50; key++) {
      const order = sales.slices.flat().filter((message) => message.key === `key ${key}`);
      // What comes twice comes behind its first time.
      const indexes = firstTimes(order.map((message) => Number(textOf(message))));
      expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
    }
  });

  test("a message of 8 MiB comes through, and so do those around it", async () => {
    const large = Buffer.alloc(8 * MIB, "x");
    await log.publish([recordOf("a", "before"), { topic: ORDERS, key: "a", value: large }, recordOf("a", "after")]);
    const sales = await reader(log);
    await eventually(() => expect(sales.slices.flat()).toHaveLength(3));
    expect(sales.slices.flat().map((message) => message.value!.length)).toEqual([6, large.length, 5]);
  });

  test("a dead letter of nearly 20 MiB comes through", async () => {
    const topic = "warehouse.dead-letters.v1";
    await log.publish([{ topic, key: "a", value: Buffer.alloc(20 * MIB - 4096) }]);
    const sizes: number[] = [];
    await log.read({ topic, from: "earliest", visit: (message) => void sizes.push(message.value!.length) });
    expect(sizes).toEqual([20 * MIB - 4096]);
  });

  test("offsets are committed only for what was settled", async () => {
    await log.publish([recordOf("a", "1"), recordOf("a", "2"), recordOf("a", "3")]);
    let release: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => {
      release = resolve;
    });
    const sales = await reader(log, {
      max: 1,
      handle: async (slice) => {
        if (textOf(slice[0]!) === "2") await blocked;
      },
    });
    await eventually(async () => expect(await committed()).toBe(1));
    expect(sales.texts()).toEqual(["1"]);
    release();
    await eventually(async () => expect(await committed()).toBe(3));
  });

  test("a slice that cannot be settled for now is handed over again, before anything behind it", async () => {
    await log.publish([recordOf("a", "1"), recordOf("a", "2"), recordOf("a", "3")]);
    let away = true;
    let refusals = 0;
    const sales = await reader(log, {
      max: 1,
      handle: async (slice) => {
        if (textOf(slice[0]!) !== "2" || !away) return;
        refusals++;
        throw new Error("the database does not answer");
      },
    });
    await eventually(() => expect(refusals).toBeGreaterThan(2));
    await eventually(() => expect(sales.consumption.health().reason).toContain("the database does not answer"));
    expect(sales.texts()).toEqual(["1"]);
    away = false;
    await eventually(() => expect(sales.texts()).toEqual(["1", "2", "3"]));
    await eventually(() => expect(sales.consumption.health()).toEqual({ ok: true }));
  });

  test("a fatal finding ends the consumption and is told once", async () => {
    await log.publish([recordOf("a", "1"), recordOf("b", "2"), recordOf("c", "3")]);
    const told: Error[] = [];
    const consumption = await log.consume({
      groupId: "sales",
      topics: [ORDERS],
      maxSliceMessages: 1,
      handle: async () => {
        throw new FatalError("restored");
      },
      onFatal: (error) => told.push(error),
    });
    await eventually(() => expect(told.map((error) => error.message)).toEqual(["restored"]));
    expect(consumption.health().reason).toContain("restored");
    await consumption.stop();
    expect(await committed()).toBe(0);
  });

  test("stopping waits for the slice under way, commits it and leaves the rest to the next one", async () => {
    await log.publish(Array.from({ length: 20 }, (_, index) => recordOf("a", `${index}`)));
    let release: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => {
      release = resolve;
    });
    let entered = 0;
    const first = await reader(log, {
      max: 5,
      handle: async () => {
        if (++entered === 2) await blocked;
      },
    });
    await eventually(() => expect(entered).toBe(2));
    const stopped = first.consumption.stop();
    release();
    await stopped;
    expect(first.texts()).toEqual(Array.from({ length: 10 }, (_, index) => `${index}`));
    const second = await reader(platform.eventLog(prefix), { max: 5 });
    await eventually(() => expect(second.texts()).toEqual(Array.from({ length: 10 }, (_, index) => `${index + 10}`)));
  });

  test("two members share the partitions, and when one leaves the other takes over without losing a message", async () => {
    const publish = (from: number, to: number) =>
      log.publish(Array.from({ length: to - from }, (_, index) => recordOf(`key ${index % 40}`, `${from + index}`)));
    await publish(0, 400);
    const first = await reader(log, { max: 10 });
    await eventually(() => expect(first.slices.length).toBeGreaterThan(0));
    const second = await reader(platform.eventLog(prefix), { max: 10 });
    let sent = 400;
    await eventually(async () => {
      await publish(sent, sent + 40);
      sent += 40;
      expect(second.slices.length).toBeGreaterThan(0);
    });
    await first.consumption.stop();
    await publish(sent, sent + 400);
    sent += 400;
    const all = Array.from({ length: sent }, (_, index) => `${index}`);
    await eventually(() => expect(new Set([...first.texts(), ...second.texts()])).toEqual(new Set(all)));
    for (const member of [first, second]) {
      for (let key = 0; key < 40; key++) {
        const ofKey = member.slices.flat().filter((message) => message.key === `key ${key}`);
        const offsets = [...new Set(ofKey.map((message) => message.offset))];
        expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
      }
    }
  });

  test("a slow partition does not hold back the others", async () => {
    await log.publish([
      recordOf("slow", "slow"),
      ...Array.from({ length: 30 }, (_, key) => recordOf(`k${key}`, `${key}`)),
    ]);
    let release: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => {
      release = resolve;
    });
    const sales = await reader(log, {
      max: 1,
      handle: async (slice) => {
        if (textOf(slice[0]!) === "slow") await blocked;
      },
    });
    await eventually(() => expect(sales.slices.length).toBeGreaterThan(10));
    expect(sales.texts()).not.toContain("slow");
    await log.publish(Array.from({ length: 30 }, (_, key) => recordOf(`k${key}`, `later ${key}`)));
    await eventually(() => expect(sales.texts().some((text) => text.startsWith("later"))).toBe(true));
    release();
    await eventually(() => expect(new Set(sales.texts()).size).toBe(61));
    const seen = sales.slices.flat().map(({ partition, offset }) => `${partition}:${offset}`);
    expect(seen).toHaveLength(new Set(seen).size);
  });

  test("several topics are one consumption", async () => {
    await log.publish([recordOf("a", "order"), recordOf("a", "payment", PAYMENTS)]);
    const sales = await reader(log, { topics: [ORDERS, PAYMENTS] });
    await eventually(() => expect(new Set(sales.texts())).toEqual(new Set(["order", "payment"])));
    expect(new Set(sales.slices.flat().map((message) => message.topic))).toEqual(new Set([ORDERS, PAYMENTS]));
  });

  test("reading without a group goes from the given offsets to the end of that moment, and leaves no group behind", async () => {
    await log.publish(Array.from({ length: 10 }, (_, index) => recordOf("a", `${index}`)));
    const [partition] = [...(await log.endOffsets(ORDERS))].find(([, end]) => end === 10)!;
    const texts: string[] = [];
    const visit = (message: InboundMessage) => void texts.push(textOf(message));
    await log.read({ topic: ORDERS, from: new Map([[partition, 7]]), visit });
    expect(texts).toEqual(["7", "8", "9"]);
    await log.read({ topic: PAYMENTS, from: "earliest", visit });
    expect(texts).toHaveLength(3);
    const failing = () => {
      throw new Error("enough");
    };
    await expect(log.read({ topic: ORDERS, from: "earliest", visit: failing })).rejects.toThrow("enough");
  });

  test("a topic that does not exist is not taken for a success", async () => {
    await expect(log.publish([recordOf("a", "1", "upstream.nowhere.v1")])).rejects.toThrow();
    expect(log.health().ok).toBe(false);
    await log.publish([recordOf("a", "1")]);
    expect(log.health()).toEqual({ ok: true });
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { freePortBase, type Stack, startStack } from "@septet/local-stack";
import { createKafkaEventLog, type EventLog, silentLogger } from "../src/index.js";
import { eventually } from "./support/eventually.js";

const ORDERS = "upstream.orders.v1";
const RETURN_MS = 120_000;
let home: string;
let stack: Stack;
let log: EventLog;
let start: () => Promise<Stack>;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "septet-away-"));
  const portBase = await freePortBase();
  start = () => startStack({ home, portBase, keep: true, fsync: false });
  stack = await start();
  log = createKafkaEventLog({ brokers: [stack.kafkaBrokers], clientId: "test", logger: silentLogger });
});

afterAll(async () => {
  await log.close();
  await stack.stop();
  rmSync(home, { recursive: true, force: true });
});

describe("a broker that goes away and comes back", () => {
  test("publishing throws meanwhile, consuming waits and says why, and both go on by themselves", async () => {
    const texts = new Set<string>();
    const consumption = await log.consume({
      groupId: "sales",
      topics: [ORDERS],
      maxSliceMessages: 500,
      handle: async (slice) => {
        for (const message of slice) texts.add(message.value!.toString());
      },
      onFatal: (error) => {
        throw error;
      },
    });
    const publish = (text: string) => log.publish([{ topic: ORDERS, key: text, value: Buffer.from(text) }]);
    await publish("before");
    await eventually(() => expect(texts).toEqual(new Set(["before"])));
    expect(consumption.health()).toEqual({ ok: true });

    await stack.stop();
    await expect(publish("meanwhile")).rejects.toThrow();
    expect(log.health().reason).toContain("Kafka does not take messages");
    await eventually(() => expect(consumption.health().ok).toBe(false));
    expect(consumption.health().reason).toMatch(/^sales: \S/);

    stack = await start();
    await eventually(() => publish("after"), RETURN_MS);
    await eventually(() => expect(texts).toContain("after"), RETURN_MS);
    await eventually(() => expect(consumption.health()).toEqual({ ok: true }), RETURN_MS);
    expect(log.health()).toEqual({ ok: true });
  });

  test("a log made while the broker is away starts, and works once it is there", async () => {
    await stack.stop();
    const early = createKafkaEventLog({ brokers: [stack.kafkaBrokers], clientId: "early", logger: silentLogger });
    const texts: string[] = [];
    const consumption = await early.consume({
      groupId: "early",
      topics: [ORDERS],
      maxSliceMessages: 500,
      handle: async (slice) => {
        texts.push(...slice.map((message) => message.value!.toString()));
      },
      onFatal: (error) => {
        throw error;
      },
    });
    expect(consumption.health().ok).toBe(false);
    stack = await start();
    await eventually(() => expect(texts).toContain("before"), RETURN_MS);
    await early.close();
  });
});

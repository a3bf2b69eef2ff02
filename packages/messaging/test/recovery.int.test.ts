import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  appendToOutbox,
  assertNotRestored,
  assertOwnSequences,
  type Codec,
  DatabaseRestoredError,
  type Decoded,
  deadLetterRow,
  type EventLog,
  type InboundMessage,
  openGaps,
  readDeadLetters,
  recordConsumed,
  replayDeadLetters,
  republish,
  republishMissing,
  TopicRecreatedError,
  takePositions,
} from "../src/index.js";
import { eventually } from "./support/eventually.js";
import { type Database, MOVEMENTS, movementOf, Platform } from "./support/platform.js";

const run = promisify(execFile);
const ORDERS = "upstream.orders.v1";
let platform: Platform;
let database: Database;
let prefix: string;
let log: EventLog;
let codec: Codec;

beforeAll(async () => {
  platform = await Platform.open();
  codec = platform.codec();
  await codec.register(["StockMovement", "OrderPlaced"]);
});
afterAll(() => platform.close());
beforeEach(async () => {
  database = await platform.database();
  prefix = await platform.stack.topicPrefix();
  log = platform.eventLog(prefix);
});

/** Records movements 1 to `count` of a SKU, as a service would. */
async function record(sku: string, count: number): Promise<void> {
  await database.transact(async (session) => {
    await session.query("INSERT INTO sku_stream (sku, sequence) VALUES ($1, $2)", [sku, count]);
    const rows = Array.from({ length: count }, (_, index) => {
      const movement = movementOf(sku, index + 1);
      const value = codec.encode("StockMovement", movement);
      return { topic: MOVEMENTS, key: sku, value, eventId: movement.eventId, sku, sequence: movement.sequence };
    });
    await appendToOutbox(session, rows);
  });
}

async function movementsInKafka(): Promise<{ kind: string; sequence: number }[]> {
  const found: { kind: string; sequence: number }[] = [];
  await log.read({
    topic: MOVEMENTS,
    from: "earliest",
    visit: async (message) => {
      const decoded = (await codec.decode(message)) as Decoded & { ok: true; name: "StockMovement" };
      found.push({ kind: decoded.value.kind, sequence: decoded.value.sequence });
    },
  });
  return found;
}

/** A reader of movements that keeps positions; what it applied, by sequence. */
async function ledger(reader: Database): Promise<number[]> {
  const applied: number[] = [];
  const consumption = await log.consume({
    groupId: "ledger",
    topics: [MOVEMENTS],
    maxSliceMessages: 500,
    handle: async (slice) => {
      const decoded = (await codec.decodeAll(slice)) as (Decoded & { ok: true; name: "StockMovement" })[];
      const movements = decoded.map((one) => one.value);
      const fresh = await reader.transact(async (session) => {
        await recordConsumed(session, "ledger", slice);
        return takePositions(session, movements);
      });
      for (const [index, movement] of movements.entries()) if (fresh[index]) applied.push(movement.sequence);
    },
    onFatal: () => undefined,
  });
  platform.onClose(() => consumption.stop());
  return applied;
}

const relayed = () =>
  eventually(async () => {
    expect(await database.query("SELECT 1 FROM outbox WHERE published_at IS NULL")).toEqual([]);
  });

describe("a movement that did not arrive", () => {
  test("marked as sent without being sent: the gap is seen, republish fills it, and nothing is applied twice", async () => {
    await record("sock", 5);
    await database.query("UPDATE outbox SET published_at = now() WHERE sequence IN (2, 3)");
    platform.relay(database, log);
    const reader = await platform.database();
    const applied = await ledger(reader);
    await eventually(async () => expect(await openGaps(reader)).toMatchObject([{ sku: "sock", missing: [[2, 3]] }]));

    expect(await republish(database, { sku: "sock", from: 1, to: 9 })).toEqual({ sent: [1, 2, 3, 4, 5], missing: [] });
    await eventually(async () => expect(await openGaps(reader)).toEqual([]));
    // The gap is closed by the commit; what it applied is noted when the reader hears of that.
    await eventually(() => expect(applied.toSorted()).toEqual([1, 2, 3, 4, 5]));
  });

  test("deleted before it was sent: without --void it is named lost, with it the sequence is closed by VOID", async () => {
    await record("sock", 3);
    await database.query("DELETE FROM outbox WHERE sequence = 2");
    platform.relay(database, log);
    await relayed();
    const { missing } = await republish(database, { sku: "sock", from: 2, to: 3 });
    expect(missing).toEqual([2]);
    const options = { session: database, eventLog: log, codec, service: "warehouse", sku: "sock" } as const;
    expect(await republishMissing({ ...options, sequences: missing, void: false })).toEqual({
      copied: [],
      voided: [],
      lost: [2],
    });
    expect(await republishMissing({ ...options, sequences: missing, void: true })).toMatchObject({ voided: [2] });
    await relayed();
    expect(await movementsInKafka()).toContainEqual({ kind: "VOID", sequence: 2 });
    const reader = await platform.database();
    const applied = await ledger(reader);
    await eventually(() => expect(applied.toSorted()).toEqual([1, 2, 3]));
    expect(await openGaps(reader)).toEqual([]);
  });

  test("gone from the outbox but still in Kafka: it is copied from there, never voided", async () => {
    await record("sock", 3);
    platform.relay(database, log);
    await relayed();
    await database.query("DELETE FROM outbox WHERE sequence = 2");
    const { missing } = await republish(database, { sku: "sock", from: 2, to: 2 });
    const options = { session: database, eventLog: log, codec, service: "warehouse", sku: "sock" } as const;
    const outcome = await republishMissing({ ...options, sequences: missing, void: true });
    expect(outcome).toEqual({ copied: [2], voided: [], lost: [] });
    await relayed();
    const again = (await movementsInKafka()).filter((movement) => movement.sequence === 2);
    expect(again.length).toBeGreaterThanOrEqual(2);
    expect(new Set(again.map((movement) => movement.kind))).toEqual(new Set(["RECEIPT"]));
  });

  test("the command line does the same with the service's own variables", async () => {
    await record("sock", 2);
    await database.query("UPDATE outbox SET published_at = now() WHERE sequence = 2");
    await database.query("DELETE FROM outbox WHERE sequence = 1");
    const command = resolve("dist/cli/republish.js");
    const env = {
      ...process.env,
      DATABASE_URL: database.url,
      KAFKA_BROKERS: platform.stack.kafkaBrokers,
      KAFKA_TOPIC_PREFIX: prefix,
      SCHEMA_REGISTRY_URL: platform.stack.registryUrl,
    };
    const span = ["--service", "warehouse", "--sku", "sock", "--from", "1", "--to", "2"];
    await expect(run(process.execPath, [command, ...span], { env })).rejects.toMatchObject({ code: 3 });
    const { stdout } = await run(process.execPath, [command, ...span, "--void"], { env });
    expect(stdout).toMatch(/sent again from the outbox +1: 2/);
    expect(stdout).toMatch(/closed by VOID +1: 1/);
    platform.relay(database, log);
    await relayed();
    expect(await movementsInKafka()).toEqual(
      expect.arrayContaining([
        { kind: "VOID", sequence: 1 },
        { kind: "RECEIPT", sequence: 2 },
      ]),
    );
  });
});

describe("a database restored to an earlier point", () => {
  const guard = (topics: string[]) =>
    assertNotRestored({ session: database, eventLog: log, codec, service: "warehouse", groupId: "warehouse", topics });

  async function consumeOne(topic: string): Promise<void> {
    const consumption = await log.consume({
      groupId: "warehouse",
      topics: [topic],
      maxSliceMessages: 500,
      handle: async (slice) => recordConsumed(database, "warehouse", slice),
      onFatal: () => undefined,
    });
    await eventually(async () => {
      const committed = await log.committedOffsets("warehouse", topic);
      expect(committed.size).toBeGreaterThan(0);
    });
    await consumption.stop();
  }

  test("a service that starts for the first time, or goes on, is let through", async () => {
    await guard([ORDERS, MOVEMENTS]);
    await log.publish([{ topic: ORDERS, key: "a", value: Buffer.from("x") }]);
    await record("sock", 2);
    platform.relay(database, log);
    await relayed();
    await consumeOne(ORDERS);
    await guard([ORDERS, MOVEMENTS]);
  });

  test("a group that has committed more than the database has settled is refused, and the runbook named", async () => {
    await log.publish([{ topic: ORDERS, key: "a", value: Buffer.from("x") }]);
    await consumeOne(ORDERS);
    await database.query("DELETE FROM consumed_offset");
    await expect(guard([ORDERS])).rejects.toThrow(DatabaseRestoredError);
    await expect(guard([ORDERS])).rejects.toThrow("docs/runbook.md");
  });

  test("a topic that was made anew and is shorter than what was settled is refused, and the runbook named", async () => {
    await log.publish([{ topic: ORDERS, key: "a", value: Buffer.from("x") }]);
    await consumeOne(ORDERS);
    await guard([ORDERS]);
    await database.query("UPDATE consumed_offset SET next_offset = next_offset + 1");
    await expect(guard([ORDERS])).rejects.toThrow(TopicRecreatedError);
    await expect(guard([ORDERS])).rejects.toThrow('"Recreated topic" in docs/runbook.md');
  });

  test("movements of our own in Kafka that our streams do not know are refused", async () => {
    await record("sock", 3);
    platform.relay(database, log);
    await relayed();
    await database.query("UPDATE sku_stream SET sequence = 2");
    await expect(guard([MOVEMENTS])).rejects.toThrow("movement 3 of SKU sock");
    await expect(assertOwnSequences(database, "warehouse", [movementOf("sock", 3)])).rejects.toThrow(
      DatabaseRestoredError,
    );
    await assertOwnSequences(database, "warehouse", [movementOf("sock", 2), movementOf("sock", 9, "transfer")]);
  });
});

describe("dead letters", () => {
  test("an undecodable message is put aside while the messages around it are handled, and can be replayed once", async () => {
    const broken = Buffer.from("no avro");
    await log.publish([
      { topic: ORDERS, key: "a", value: Buffer.from([0, 0, 0, 0, 1]), headers: { traceparent: "00-1" } },
      { topic: ORDERS, key: "order-1", value: broken, headers: { traceparent: "00-2" } },
    ]);
    const received: InboundMessage[] = [];
    const consumption = await log.consume({
      groupId: "sales",
      topics: [ORDERS],
      maxSliceMessages: 500,
      handle: async (slice) => {
        received.push(...slice);
        const decoded = await codec.decodeAll(slice);
        await database.transact(async (session) => {
          const bad = slice.flatMap((message, index) => {
            const one = decoded[index]!;
            return one.ok || message.key === "a" ? [] : [deadLetterRow("order-reservation", message, one.error)];
          });
          await appendToOutbox(session, bad);
          await recordConsumed(session, "sales", slice);
        });
      },
      onFatal: () => undefined,
    });
    platform.onClose(() => consumption.stop());
    platform.relay(database, log);
    const [letter] = await eventually(async () => {
      const letters = await readDeadLetters(log, "order-reservation");
      expect(letters.length).toBeGreaterThan(0);
      return letters;
    });
    expect(letter).toMatchObject({
      key: "order-1",
      value: broken,
      error: { code: "NOT_AVRO" },
      origin: { topic: ORDERS },
      headers: { traceparent: "00-2" },
      replayed: false,
    });
    const ofTheOrder = () => received.filter(({ key }) => key === "order-1");
    const before = ofTheOrder().length;
    await replayDeadLetters(log, "order-reservation", [letter!]);
    await eventually(() => expect(ofTheOrder().length).toBeGreaterThan(before));
    expect(ofTheOrder().at(-1)).toMatchObject({ value: broken, headers: { traceparent: "00-2" } });
    const letters = await readDeadLetters(log, "order-reservation");
    expect(letters.find((one) => one.id === letter!.id)?.replayed).toBe(true);
  });

  test("the command line lists, shows and replays", async () => {
    const origin = { topic: ORDERS, partition: 1, offset: 7, key: "order-9", value: Buffer.from("?"), headers: {} };
    const row = deadLetterRow("warehouse", { ...origin, timestamp: 0 }, { code: "NOT_AVRO", message: "bad bytes" });
    await log.publish([row]);
    const env = {
      ...process.env,
      KAFKA_BROKERS: platform.stack.kafkaBrokers,
      KAFKA_TOPIC_PREFIX: prefix,
      SCHEMA_REGISTRY_URL: platform.stack.registryUrl,
    };
    const command = (...args: string[]) =>
      run(process.execPath, [resolve("dist/cli/dead-letters.js"), ...args, "--service", "warehouse"], { env });
    const { stdout: listed } = await command("list");
    expect(listed).toContain(`NOT_AVRO  ${ORDERS}/1@7  key=order-9  bad bytes`);
    const id = /^(\d+:\d+)/.exec(listed)![1]!;
    expect(JSON.parse((await command("show", "--id", id)).stdout)).toMatchObject({ id, bytes: 1, key: "order-9" });
    await command("replay", "--all");
    expect((await command("list")).stdout).toContain("0 dead letters not replayed yet");
    expect([...(await log.endOffsets(ORDERS)).values()].reduce((a, b) => a + b)).toBeGreaterThan(0);
    await expect(command("forget")).rejects.toMatchObject({ code: 2 });
  });
});

describe("the registry", () => {
  test("two instances that start at once register the same schema under the same id", async () => {
    const codecs = Array.from({ length: 4 }, () => platform.codec());
    await Promise.all(codecs.map((one) => one.register(["OrderPlaced", "OrderCancelled"])));
    const movement = { eventId: "e", occurredAt: 1, orderId: "o", lines: null, reason: null };
    const bytes = codecs.map((one) => one.encode("OrderCancelled", movement).toString("hex"));
    expect(new Set(bytes).size).toBe(1);
    expect(await codec.decode({ value: Buffer.from(bytes[0]!, "hex"), topic: ORDERS })).toEqual({
      ok: true,
      name: "OrderCancelled",
      value: movement,
    });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  appendToOutbox,
  claimInbox,
  consumedOffsets,
  dropOldInbox,
  dropOldOutboxPartitions,
  ensureOutboxPartitions,
  MessageTooLargeError,
  openGaps,
  recordConsumed,
  takePositions,
} from "../src/index.js";
import { type Database, MOVEMENTS, Platform, rowOf } from "./support/platform.js";

const DAY_MS = 86_400_000;
let platform: Platform;
let database: Database;

beforeAll(async () => {
  platform = await Platform.open();
});
afterAll(() => platform.close());
beforeEach(async () => {
  database = await platform.database();
});

const partitions = async () => {
  const rows = await database.query<{ name: string }>(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'outbox'::regclass ORDER BY 1",
  );
  return rows.map((row) => row.name);
};
const today = () => Math.floor(Date.now() / DAY_MS) * DAY_MS;
const nameOf = (ms: number) => `outbox_${new Date(ms).toISOString().slice(0, 10).replaceAll("-", "")}`;

describe("the outbox", () => {
  test("keeps messages as they were given, in the order they were given", async () => {
    const large = Buffer.alloc(200_000, 7);
    await appendToOutbox(database, [
      { topic: MOVEMENTS, key: "a", value: Buffer.from([0, 255, 92, 34]), eventId: "e1", sku: "a", sequence: 1 },
      { topic: MOVEMENTS, key: 'ключ,"{}', value: Buffer.alloc(0), headers: { "a,b": '{"c"}' } },
      { topic: MOVEMENTS, key: "b", value: null },
      { topic: MOVEMENTS, key: "c", value: large },
    ]);
    const rows = await database.query("SELECT * FROM outbox ORDER BY id");
    expect(rows.map((row) => [row.key, row.payload, row.headers, row.event_id, row.sku, row.sequence])).toEqual([
      ["a", Buffer.from([0, 255, 92, 34]), null, "e1", "a", "1"],
      ['ключ,"{}', Buffer.alloc(0), { "a,b": '{"c"}' }, null, null, null],
      ["b", null, null, null, null, null],
      ["c", large, null, null, null, null],
    ]);
  });

  test("a message above its topic's limit is refused before anything is written", async () => {
    const rows = [rowOf("a", "small"), { topic: MOVEMENTS, key: "a", value: Buffer.alloc(2 ** 20) }];
    await expect(appendToOutbox(database, rows)).rejects.toBeInstanceOf(MessageTooLargeError);
    expect(await database.query("SELECT 1 FROM outbox")).toEqual([]);
  });

  test("a partition is made for each day, and takes along what fell into the default one", async () => {
    await appendToOutbox(database, [rowOf("a", "early")]);
    await database.query("UPDATE outbox SET created_at = created_at - interval '2 days'");
    await appendToOutbox(database, [rowOf("b", "today")]);
    const made = await ensureOutboxPartitions(database, Date.now());
    expect(made).toEqual([nameOf(today() - 2 * DAY_MS)]);
    expect(await ensureOutboxPartitions(database, Date.now())).toEqual([]);
    expect(await ensureOutboxPartitions(database, Date.now() + DAY_MS)).toEqual([nameOf(today() + 4 * DAY_MS)]);
    expect(await database.query("SELECT 1 FROM ONLY outbox_default")).toEqual([]);
    const rows = await database.query("SELECT tableoid::regclass::text AS name FROM outbox ORDER BY id");
    expect(rows.map((row) => row.name)).toEqual([nameOf(today() - 2 * DAY_MS), nameOf(today())]);
  });

  test("an old day is dropped only when all of it is published and read back", async () => {
    const old = today() - 9 * DAY_MS;
    await appendToOutbox(database, [{ topic: MOVEMENTS, key: "s", value: Buffer.from("m"), sku: "s", sequence: 2 }]);
    await database.query("UPDATE outbox SET created_at = to_timestamp($1::float8 / 1000)", [old]);
    await ensureOutboxPartitions(database, Date.now());
    const drop = () => dropOldOutboxPartitions(database, { now: Date.now(), recordedBy: "warehouse", keepDays: 1 });

    expect(await drop()).toEqual([]);
    await database.query("UPDATE outbox SET published_at = now()");
    expect(await drop()).toEqual([]);
    await takePositions(database, [{ recordedBy: "warehouse", sku: "s", sequence: 2 }]);
    expect(await drop()).toEqual([]);
    await takePositions(database, [{ recordedBy: "warehouse", sku: "s", sequence: 1 }]);
    expect(await drop()).toEqual([nameOf(old)]);
    expect(await partitions()).not.toContain(nameOf(old));
  });

  test("the last seven days stay, whatever is asked", async () => {
    await appendToOutbox(database, [rowOf("a", "recent")]);
    await database.query("UPDATE outbox SET created_at = created_at - interval '6 days', published_at = now()");
    await ensureOutboxPartitions(database, Date.now());
    expect(await dropOldOutboxPartitions(database, { now: Date.now(), recordedBy: "x", keepDays: 0 })).toEqual([]);
  });
});

describe("positions in the database", () => {
  const at = (sku: string, sequence: number) => ({ recordedBy: "warehouse", sku, sequence });

  test("a movement is fresh once, within a slice and across slices", async () => {
    expect(await takePositions(database, [at("a", 1), at("a", 1), at("b", 1), at("a", 2)])).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(await takePositions(database, [at("a", 2), at("a", 3)])).toEqual([false, true]);
    expect(await takePositions(database, [at("a", 3)])).toEqual([false]);
  });

  test("a gap is remembered from the moment it opened until it is filled", async () => {
    await takePositions(database, [at("a", 1), at("a", 4)]);
    const [gap] = await openGaps(database);
    expect(gap).toMatchObject({ recordedBy: "warehouse", sku: "a", contiguous: 1, missing: [[2, 3]] });
    await takePositions(database, [at("a", 6)]);
    const [wider] = await openGaps(database);
    expect(wider).toMatchObject({
      missing: [
        [2, 3],
        [5, 5],
      ],
      since: gap!.since,
    });
    await takePositions(database, [at("a", 3), at("a", 2), at("a", 5)]);
    expect(await openGaps(database)).toEqual([]);
    const rows = await database.query("SELECT contiguous, ahead, gap_since FROM stream_position");
    expect(rows).toEqual([{ contiguous: "6", ahead: [], gap_since: null }]);
  });
});

describe("inbox and consumed offsets", () => {
  test("an event is new to a consumer once, and to each consumer for itself", async () => {
    expect(await claimInbox(database, "sales", ["b", "a", "b"])).toEqual(new Set(["a", "b"]));
    expect(await claimInbox(database, "sales", ["b", "c"])).toEqual(new Set(["c"]));
    expect(await claimInbox(database, "stock", ["b"])).toEqual(new Set(["b"]));
  });

  test("two instances with the same events in other orders do not deadlock, and one of them gets each", async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `event ${index}`);
    const claims = await Promise.all(
      Array.from({ length: 6 }, (_, instance) =>
        database.transact((session) => claimInbox(session, "sales", instance % 2 === 0 ? ids : ids.toReversed())),
      ),
    );
    expect(claims.reduce((sum, claimed) => sum + claimed.size, 0)).toBe(ids.length);
  });

  test("old claims are forgotten", async () => {
    await claimInbox(database, "sales", ["old"]);
    await database.query("UPDATE inbox SET received_at = now() - interval '31 days'");
    await claimInbox(database, "sales", ["new"]);
    expect(await dropOldInbox(database, 30, 10)).toBe(1);
    expect(await claimInbox(database, "sales", ["new", "old"])).toEqual(new Set(["old"]));
  });

  test("old claims are forgotten in bites, so that no transaction is long", async () => {
    await claimInbox(
      database,
      "sales",
      Array.from({ length: 7 }, (_, index) => `event ${index}`),
    );
    await database.query("UPDATE inbox SET received_at = now() - interval '31 days'");
    expect(await dropOldInbox(database, 30, 5)).toBe(5);
    expect(await dropOldInbox(database, 30, 5)).toBe(2);
  });

  test("the greatest offset stays, also when a displaced member settles an older slice", async () => {
    const message = (partition: number, offset: number) => ({ topic: "t", partition, offset });
    await recordConsumed(database, "g", [message(0, 4), message(0, 7), message(1, 2)]);
    await recordConsumed(database, "g", [message(0, 5), message(1, 3)]);
    expect(await consumedOffsets(database, "g", "t")).toEqual(
      new Map([
        [0, 8],
        [1, 4],
      ]),
    );
    expect(await consumedOffsets(database, "other", "t")).toEqual(new Map());
  });
});

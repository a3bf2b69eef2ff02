import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import pg from "pg";
import { appendToOutbox, type EventLog, type InboundMessage, type OutboundRecord } from "../../src/index.js";
import { eventually } from "../support/eventually.js";
import { type Database, Platform, rowOf, sessionOf } from "../support/platform.js";

const ORDERS = "upstream.orders.v1";
let platform: Platform;
let database: Database;
let log: EventLog;

beforeAll(async () => {
  platform = await Platform.open();
});
afterAll(() => platform.close());
beforeEach(async () => {
  database = await platform.database();
  log = platform.eventLog(await platform.stack.topicPrefix());
});

const unpublished = async () => {
  const [row] = await database.query("SELECT count(*)::int AS count FROM outbox WHERE published_at IS NULL");
  return row.count as number;
};

async function published(): Promise<string[]> {
  const texts: string[] = [];
  const visit = (message: InboundMessage) => void texts.push(message.value?.toString() ?? "");
  await log.read({ topic: ORDERS, from: "earliest", visit });
  return texts;
}

/** An event log whose publishing the test has in its hand. */
function logWith(publish: (records: readonly OutboundRecord[]) => Promise<void>): EventLog {
  return { ...logMethods(log), publish };
}

function logMethods(of: EventLog): EventLog {
  return {
    publish: (records) => of.publish(records),
    consume: (options) => of.consume(options),
    endOffsets: (topic) => of.endOffsets(topic),
    committedOffsets: (group, topic) => of.committedOffsets(group, topic),
    read: (options) => of.read(options),
    health: () => of.health(),
    close: () => of.close(),
  };
}

/** The backend that holds the relay's lock of this test's database. */
async function holder(admin: pg.Client): Promise<number | undefined> {
  const name = new URL(database.url).pathname.slice(1);
  const { rows } = await admin.query<{ pid: number }>(
    `SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database
     WHERE locktype = 'advisory' AND granted AND d.datname = $1`,
    [name],
  );
  return rows[0]?.pid;
}

async function asAdmin<R>(work: (admin: pg.Client) => Promise<R>): Promise<R> {
  const admin = new pg.Client({ connectionString: platform.stack.adminUrl });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** Ends the relay's session as a crash of its process would. */
async function cutRelay(): Promise<void> {
  await asAdmin(async (admin) => admin.query("SELECT pg_terminate_backend($1)", [await holder(admin)]));
}

describe("the relay", () => {
  test("sends what was committed, in order, and marks it", async () => {
    const texts = Array.from({ length: 50 }, (_, index) => `${index}`);
    await database.transact((session) =>
      appendToOutbox(
        session,
        texts.map((text) => rowOf("one order", text)),
      ),
    );
    platform.relay(database, log);
    await eventually(async () => expect(await unpublished()).toBe(0));
    const sent = await published();
    expect([...new Set(sent)]).toEqual(texts);
  });

  test("what is rolled back is never sent", async () => {
    platform.relay(database, log);
    const failed = database.transact(async (session) => {
      await appendToOutbox(session, [rowOf("a", "undone")]);
      throw new Error("changed my mind");
    });
    await expect(failed).rejects.toThrow("changed my mind");
    await appendToOutbox(database, [rowOf("a", "done")]);
    await eventually(async () => expect(await unpublished()).toBe(0));
    expect(new Set(await published())).toEqual(new Set(["done"]));
  });

  test("a row with a lower id that commits later is not lost", async () => {
    const relay = platform.relay(database, log);
    const slow = new pg.Client({ connectionString: database.url });
    await slow.connect();
    await slow.query("BEGIN");
    await appendToOutbox(sessionOf(slow), [rowOf("a", "lower id, later commit")]);
    await appendToOutbox(database, [rowOf("b", "higher id, earlier commit")]);
    relay.wake();
    await eventually(async () => expect(await published()).toContain("higher id, earlier commit"));
    await eventually(async () => expect(await unpublished()).toBe(0));
    await slow.query("COMMIT");
    await slow.end();
    await eventually(async () => expect(await unpublished()).toBe(0));
    expect(await published()).toContain("lower id, later commit");
  });

  test("only the holder of the lock sends; when it dies, the other takes over", async () => {
    const senders: string[] = [];
    const relays = ["first", "second"].map((name) =>
      platform.relay(
        database,
        logWith(async (records) => {
          senders.push(name);
          await log.publish(records);
        }),
      ),
    );
    await eventually(() => expect(relays.filter((relay) => relay.active)).toHaveLength(1));
    const holder = relays.findIndex((relay) => relay.active);
    for (let index = 0; index < 5; index++) {
      await appendToOutbox(database, [rowOf("a", `before ${index}`)]);
      await eventually(async () => expect(await unpublished()).toBe(0));
    }
    expect(new Set(senders)).toEqual(new Set([["first", "second"][holder]]));
    await relays[holder]!.stop();
    await eventually(() => expect(relays[1 - holder]!.active).toBe(true));
    await appendToOutbox(database, [rowOf("a", "after")]);
    await eventually(async () => expect(await unpublished()).toBe(0));
    expect(senders.at(-1)).toBe(["first", "second"][1 - holder]);
  });

  test("killed between sending and marking, it loses nothing: the rows are sent again", async () => {
    let rounds = 0;
    platform.relay(
      database,
      logWith(async (records) => {
        await log.publish(records);
        if (rounds++ === 0) await cutRelay();
      }),
    );
    await appendToOutbox(database, [rowOf("a", "1"), rowOf("a", "2")]);
    await eventually(async () => expect(await unpublished()).toBe(0));
    expect(rounds).toBeGreaterThan(1);
    const sent = await published();
    expect(sent.length).toBeGreaterThanOrEqual(4);
    expect(new Set(sent)).toEqual(new Set(["1", "2"]));
  });

  test("with its lock lost, it takes it anew on another connection and goes on", async () => {
    const relay = platform.relay(database, log);
    await eventually(() => expect(relay.active).toBe(true));
    const before = await asAdmin(holder);
    await cutRelay();
    const after = await eventually(async () => {
      const pid = await asAdmin(holder);
      expect(pid).toBeDefined();
      expect(pid).not.toBe(before);
      return pid;
    });
    expect(after).not.toBe(before);
    await appendToOutbox(database, [rowOf("a", "again")]);
    await eventually(async () => expect(await published()).toContain("again"));
    expect(relay.health()).toEqual({ ok: true });
  });

  test("with Kafka away it says so, keeps the rows and sends them when Kafka is back", async () => {
    let away = true;
    const relay = platform.relay(
      database,
      logWith(async (records) => {
        if (away) throw new Error("no broker");
        await log.publish(records);
      }),
    );
    await appendToOutbox(database, [rowOf("a", "patient")]);
    await eventually(() => expect(relay.health()).toEqual({ ok: false, reason: "outbox relay: no broker" }));
    expect(await unpublished()).toBe(1);
    away = false;
    await eventually(async () => expect(await unpublished()).toBe(0));
    expect(new Set(await published())).toEqual(new Set(["patient"]));
    await eventually(() => expect(relay.health()).toEqual({ ok: true }));
  });

  test("messages of several MiB go in rounds of their own", async () => {
    const rounds: number[] = [];
    platform.relay(
      database,
      logWith(async (records) => {
        rounds.push(records.length);
        await log.publish(records);
      }),
    );
    const large = Buffer.alloc(3 * 1024 * 1024);
    await database.transact((session) =>
      appendToOutbox(
        session,
        [1, 2, 3].map((n) => ({ topic: ORDERS, key: `${n}`, value: large })),
      ),
    );
    await eventually(async () => expect(await unpublished()).toBe(0));
    expect(rounds.every((records) => records <= 2)).toBe(true);
  });

  test("finds the unpublished rows through their index, in order, and marks them in their day's partition only", async () => {
    platform.relay(database, log);
    await eventually(async () => {
      const [row] = await database.query(
        "SELECT count(*)::int AS count FROM pg_inherits WHERE inhparent = 'outbox'::regclass",
      );
      expect(row.count).toBeGreaterThan(3);
    });
    const plan = await database.transact(async (session) => {
      await session.query("SET LOCAL enable_seqscan = off");
      await session.query("SET LOCAL enable_bitmapscan = off");
      return session.query("EXPLAIN SELECT * FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT 4000");
    });
    const text = plan.map((row) => row["QUERY PLAN"]).join("\n");
    expect(text).toContain("Index Scan");
    expect(text).not.toContain("Sort  ");
    expect(text).not.toContain("Seq Scan");
  });
});

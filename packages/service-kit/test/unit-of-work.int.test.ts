import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import type { MigrationInterface, QueryRunner } from "typeorm";
import {
  isTransient,
  StartOver,
  TransientError,
  traceFrom,
  transact,
  type UnitOfWork,
  withTrace,
} from "../src/index.js";
import { closeStack, type KitDatabase, openKitDatabase } from "./kit-database.js";
import { eventually, latch } from "./waiting.js";

class Tables1764100000000 implements MigrationInterface {
  readonly name = "Tables1764100000000";
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE orders (order_id text COLLATE "C" PRIMARY KEY, state text NOT NULL DEFAULT 'NEW')`,
    );
    await runner.query(`CREATE TABLE counter (name text COLLATE "C" PRIMARY KEY, n int NOT NULL DEFAULT 0)`);
    await runner.query(
      `CREATE TABLE stock (sku text COLLATE "C" PRIMARY KEY, sellable int NOT NULL CHECK (sellable >= 0))`,
    );
  }
  async down(): Promise<void> {}
}

let kit: KitDatabase;
beforeAll(async () => {
  kit = await openKitDatabase([Tables1764100000000]);
});
afterAll(async () => {
  await kit.stop();
  await closeStack();
});
beforeEach(async () => {
  await kit.db.query(`TRUNCATE orders, counter, stock, outbox, inbox, sku_stream, consumed_offset, idempotency_key`);
  await kit.db.query(`UPDATE clock_shift SET shift_ms = 0`);
});

const receipt = (sku: string, quantity = 1) =>
  movementDraft("RECEIPT", "sellable", {
    sku,
    quantity,
    at: "wuhan",
    reference: { type: "receipt", id: "r-1", line: "1" },
  });
const sequenceOf = async (sku: string) =>
  Number((await kit.db.query(`SELECT sequence FROM sku_stream WHERE sku = $1`, [sku]))[0]?.sequence);
const waiting = async () =>
  Number(
    (
      await kit.db.query(
        `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      )
    )[0].count,
  );
const retries = async (reason: string) =>
  (await kit.metrics.transactionRetries.get()).values.find((v) => v.labels.reason === reason)?.value ?? 0;

describe("recording movements", () => {
  test("a movement takes the next sequence of its SKU and leaves through the outbox in the same commit", async () => {
    const before = kit.wakes();
    const movements = await transact(kit.db, { skus: ["socks", "hats"] }, async (unit) => [
      unit.record(receipt("socks")),
      unit.record(receipt("hats")),
      unit.record(receipt("socks")),
    ]);
    expect(movements.map((m) => [m.sku, m.sequence, m.recordedBy])).toEqual([
      ["socks", 1, "warehouse"],
      ["hats", 1, "warehouse"],
      ["socks", 2, "warehouse"],
    ]);
    expect(await sequenceOf("socks")).toBe(2);
    const rows = await kit.outbox();
    expect(rows.map((row) => [row.topic, row.key, row.sku, row.sequence])).toEqual([
      ["stock.movements.v1", "socks", "socks", 1],
      ["stock.movements.v1", "hats", "hats", 1],
      ["stock.movements.v1", "socks", "socks", 2],
    ]);
    expect(rows[0]!.value).toMatchObject({
      kind: "RECEIPT",
      movementId: movements[0]!.movementId,
      occurredAt: movements[0]!.occurredAt,
    });
    expect(kit.wakes()).toBe(before + 1);
  });

  test("a later transaction goes on where the sequence stands, also another instance's", async () => {
    const other = await kit.another();
    for (const db of [kit.db, other, kit.db])
      await transact(db, { skus: ["socks"] }, async (unit) => unit.record(receipt("socks")));
    expect((await kit.outbox()).map((row) => row.sequence)).toEqual([1, 2, 3]);
  });

  test("a movement of a SKU whose stream is not held cannot be recorded", async () => {
    const planted = transact(kit.db, { skus: ["socks"] }, async (unit) => unit.record(receipt("hats")));
    await expect(planted).rejects.toThrow("the stream of hats is not held");
    expect(await kit.outbox()).toEqual([]);
  });

  test("whoever does it is named on the movement", async () => {
    const done = await transact(kit.db, { skus: ["socks"] }, async (unit) => unit.record(receipt("socks")), {
      actor: "ann",
    });
    expect(done.actor).toBe("ann");
  });

  test("the trace under way is passed on as a header", async () => {
    const trace = traceFrom("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    await withTrace(trace, () => transact(kit.db, { skus: ["socks"] }, async (unit) => unit.record(receipt("socks"))));
    expect((await kit.outbox())[0]!.headers?.traceparent).toContain("0af7651916cd43dd8448eb211c80319c");
  });

  test("movements and events keep the order of the calls, and events get an id and a time", async () => {
    await transact(kit.db, { skus: ["socks"] }, async (unit) => {
      unit.publish("OrderFulfilled", { orderId: "o-1" } as never);
      unit.record(receipt("socks"));
      unit.publish("OrderFulfilled", { orderId: "o-2" } as never);
    });
    const rows = await kit.outbox();
    expect(rows.map((row) => row.value.record)).toEqual(["OrderFulfilled", "StockMovement", "OrderFulfilled"]);
    expect(rows[0]!.value.eventId).toMatch(/^[0-9a-f-]{36}$/);
    expect(rows[0]!.value.occurredAt).toBe(rows[1]!.value.occurredAt);
    expect(rows[2]!.key).toBe("o-2");
  });

  test("nothing is left of work that throws, and a constraint is not transient", async () => {
    const failed = transact(kit.db, { skus: ["socks"] }, async (unit) => {
      unit.record(receipt("socks"));
      await unit.query(`INSERT INTO stock (sku, sellable) VALUES ('socks', -1)`);
    });
    const error = await failed.catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "23514" });
    expect(isTransient(error)).toBe(false);
    expect(await kit.outbox()).toEqual([]);
    expect(await kit.db.query(`SELECT * FROM sku_stream`)).toEqual([]);
  });

  test("offsets and dead letters are of the same commit", async () => {
    const message = {
      topic: "upstream.orders.v1",
      partition: 3,
      offset: 41,
      key: "o",
      value: Buffer.from("{}"),
      headers: {},
      timestamp: 0,
    };
    await transact(kit.db, {}, async (unit) => {
      unit.consumed("order-reservation", [message]);
      unit.deadLetter(message, { code: "UNDECODABLE", message: "not Avro" });
    });
    const [offset] = await kit.db.query(`SELECT group_id, topic, partition, next_offset FROM consumed_offset`);
    expect(offset).toEqual({
      group_id: "order-reservation",
      topic: "upstream.orders.v1",
      partition: 3,
      next_offset: "42",
    });
    expect((await kit.outbox())[0]!.topic).toBe("warehouse.dead-letters.v1");
    const counted = (await kit.metrics.messaging.deadLetters.get()).values[0];
    expect(counted?.labels).toEqual({ topic: "upstream.orders.v1", code: "UNDECODABLE" });
  });
});

describe("locks", () => {
  test("a second transaction on the SKU waits, then reads what the first committed", async () => {
    await kit.db.query(`INSERT INTO stock VALUES ('socks', 100)`);
    const inside = latch();
    const goOn = latch();
    const take = async (unit: UnitOfWork, quantity: number) => {
      const [row] = await unit.query(`SELECT sellable FROM stock WHERE sku = 'socks'`);
      await unit.query(`UPDATE stock SET sellable = $1 WHERE sku = 'socks'`, [row.sellable - quantity]);
    };
    const first = transact(kit.db, { skus: ["socks"] }, async (unit) => {
      await take(unit, 60);
      inside.open();
      await goOn.opened;
    });
    await inside.opened;
    const second = transact(kit.db, { skus: ["socks", "aaa"] }, (unit) => take(unit, 30));
    await eventually("the second waits for the first", async () => (await waiting()) === 1);
    goOn.open();
    await Promise.all([first, second]);
    expect(await kit.db.query(`SELECT sellable FROM stock`)).toEqual([{ sellable: 10 }]);
  });

  test("two that want the same SKUs in another order both go through, without a deadlock", async () => {
    const skus = Array.from({ length: 40 }, (_, i) => `sku-${i}`);
    const other = await kit.another();
    const before = await kit.metrics.deadlocks.get();
    const one = (db: typeof kit.db, wanted: string[]) =>
      transact(db, { skus: wanted }, async (unit) => wanted.forEach((sku) => void unit.record(receipt(sku))));
    // As many as the two pools have connections: none of them waits for one, however slow the machine is.
    const rounds = Array.from({ length: 20 }, (_, i) => {
      const shuffled = [...skus].sort(() => Math.random() - 0.5);
      return one(i % 2 === 0 ? kit.db : other, shuffled);
    });
    await Promise.all(rounds);
    expect((await kit.metrics.deadlocks.get()).values).toEqual(before.values);
    for (const sku of skus) expect(await sequenceOf(sku)).toBe(20);
  });

  test("streams are taken in byte order, before documents, and documents before counters", async () => {
    await kit.db.query(`INSERT INTO orders VALUES ('o-1'); `);
    await kit.db.query(`INSERT INTO counter VALUES ('ip')`);
    await kit.db.query(`INSERT INTO sku_stream VALUES ('Z', 0), ('a', 0)`);
    const held = latch();
    const goOn = latch();
    // Holds 'a', which byte order puts after 'Z'; the plan names it first.
    const holder = transact(kit.db, { skus: ["a"] }, async () => {
      held.open();
      await goOn.opened;
    });
    await held.opened;
    const plan = {
      counters: [{ table: "counter", idColumn: "name", ids: ["ip"] }],
      documents: [{ table: "orders", idColumn: "order_id", ids: ["o-1"] }],
      skus: ["a", "Z"],
    };
    const waiter = transact(kit.db, plan, async () => "done");
    await eventually("it waits for 'a'", async () => (await waiting()) === 1);
    const free = async (sql: string) => (await kit.db.query(`${sql} FOR UPDATE SKIP LOCKED`)).length === 1;
    expect(await free(`SELECT 1 FROM sku_stream WHERE sku = 'Z'`)).toBe(false);
    expect(await free(`SELECT 1 FROM orders`)).toBe(true);
    expect(await free(`SELECT 1 FROM counter`)).toBe(true);
    goOn.open();
    await holder;
    expect(await waiter).toBe("done");
  });

  test("documents and counters are held until the commit", async () => {
    await kit.db.query(`INSERT INTO orders VALUES ('o-1'), ('o-2')`);
    await kit.db.query(`INSERT INTO counter VALUES ('ip')`);
    const plan = {
      documents: [{ table: "orders", idColumn: "order_id", ids: ["o-2", "o-1", "absent"] }],
      counters: [{ table: "counter", idColumn: "name", ids: ["ip"] }],
    };
    await transact(kit.db, plan, async () => {
      const free = async (sql: string) => (await kit.db.query(`${sql} FOR UPDATE SKIP LOCKED`)).length;
      expect(await free(`SELECT 1 FROM orders`)).toBe(0);
      expect(await free(`SELECT 1 FROM counter`)).toBe(0);
    });
    expect((await kit.db.query(`SELECT 1 FROM orders FOR UPDATE SKIP LOCKED`)).length).toBe(2);
  });

  test("counters that are marked are made when missing, and held by whoever made them first", async () => {
    await kit.db.query(
      `CREATE TABLE IF NOT EXISTS tally (name text COLLATE "C" PRIMARY KEY, used_at timestamptz NOT NULL)`,
    );
    const plan = { counters: [{ table: "tally", idColumn: "name", ids: ["b", "a"], markedIn: "used_at" }] };
    const held = latch();
    const goOn = latch();
    const first = transact(kit.db, plan, async (unit) => {
      held.open();
      await goOn.opened;
      return unit.now;
    });
    await held.opened;
    const second = transact(kit.db, plan, async (unit) => unit.now);
    await eventually("the second waits", async () => (await waiting()) === 1);
    goOn.open();
    expect(await second).toBeGreaterThanOrEqual(await first);
    expect(await kit.db.query("SELECT name FROM tally ORDER BY name")).toEqual([{ name: "a" }, { name: "b" }]);
  });

  test("a row that is created between locking and reading is told from those that were locked", async () => {
    await kit.db.query(`INSERT INTO orders (order_id) VALUES ('there')`);
    const plan = {
      documents: [{ table: "orders", idColumn: "order_id", ids: ["there", "soon"] }],
      counters: [{ table: "counter", idColumn: "name", ids: ["nobody"] }],
    };
    await transact(kit.db, plan, async (unit) => {
      await kit.db.query(`INSERT INTO orders (order_id) VALUES ('soon')`);
      const read = await unit.query(`SELECT order_id FROM orders WHERE order_id = ANY ($1)`, [["there", "soon"]]);
      expect(read).toHaveLength(2);
      expect(Object.fromEntries(unit.lockedRows)).toEqual({ orders: 1, counter: 0 });
    });
  });

  test("the time is the database's, after the last lock, and tests can move it", async () => {
    await kit.db.query(`INSERT INTO orders VALUES ('o-1')`);
    const inside = latch();
    const goOn = latch();
    const documents = [{ table: "orders", idColumn: "order_id", ids: ["o-1"] }];
    const first = transact(kit.db, { documents }, async (unit) => {
      inside.open();
      await goOn.opened;
      const [row] = await unit.query(`SELECT (extract(epoch FROM septet_now()) * 1000)::float8 AS now`);
      return row.now as number;
    });
    await inside.opened;
    const second = transact(kit.db, { documents }, async (unit) => unit.now);
    await eventually("the second waits", async () => (await waiting()) === 1);
    goOn.open();
    expect(await second).toBeGreaterThanOrEqual(Math.floor(await first));
    await kit.db.query(`UPDATE clock_shift SET shift_ms = 3600000`);
    expect(await transact(kit.db, {}, async (unit) => unit.now)).toBeGreaterThan(Date.now() + 3_500_000);
  });

  test("an event of the inbox is fresh once", async () => {
    const plan = { inbox: { consumer: "orders", eventIds: ["e-2", "e-1"] } };
    expect([...(await transact(kit.db, plan, async (unit) => unit.freshInbox))].sort()).toEqual(["e-1", "e-2"]);
    const again = { inbox: { consumer: "orders", eventIds: ["e-3", "e-1"] } };
    expect([...(await transact(kit.db, again, async (unit) => unit.freshInbox))]).toEqual(["e-3"]);
  });

  test("victims are locked once, at the end", async () => {
    await kit.db.query(`INSERT INTO orders VALUES ('o-1')`);
    await transact(kit.db, {}, async (unit) => {
      await unit.lockVictims("orders", "order_id", ["o-1"]);
      expect((await kit.db.query(`SELECT 1 FROM orders FOR UPDATE SKIP LOCKED`)).length).toBe(0);
      await expect(unit.lockVictims("orders", "order_id", ["o-1"])).rejects.toThrow("once per piece of work");
    });
  });
});

describe("beginning again", () => {
  test("a deadlock is retried until both went through", async () => {
    await kit.db.query(`INSERT INTO counter VALUES ('a'), ('b')`);
    const before = await retries("deadlock");
    const bothHold = [latch(), latch()] as const;
    let round = 0;
    const crossing = (mine: "a" | "b", theirs: "a" | "b", me: 0 | 1) =>
      transact(kit.db, {}, async (unit) => {
        round++;
        await unit.query(`UPDATE counter SET n = n + 1 WHERE name = $1`, [mine]);
        bothHold[me].open();
        await bothHold[me === 0 ? 1 : 0].opened;
        await unit.query(`UPDATE counter SET n = n + 1 WHERE name = $1`, [theirs]);
      });
    await Promise.all([crossing("a", "b", 0), crossing("b", "a", 1)]);
    expect(await kit.db.query(`SELECT name, n FROM counter ORDER BY name`)).toEqual([
      { name: "a", n: 2 },
      { name: "b", n: 2 },
    ]);
    expect(round).toBe(3);
    expect(await retries("deadlock")).toBe(before + 1);
  });

  test("work whose plan no longer fits starts over with a fresh one", async () => {
    await kit.db.query(`INSERT INTO orders VALUES ('o-1', 'gloves')`);
    const plans: string[] = [];
    const done = await transact(
      kit.db,
      async (session) => {
        const [order] = await session.query(`SELECT state AS sku FROM orders WHERE order_id = 'o-1'`);
        plans.push(order.sku);
        if (plans.length === 1) await kit.db.query(`UPDATE orders SET state = 'scarves' WHERE order_id = 'o-1'`);
        return { skus: [order.sku] };
      },
      async (unit) => {
        const [order] = await unit.query(`SELECT state AS sku FROM orders WHERE order_id = 'o-1'`);
        if (order.sku !== plans.at(-1)) throw new StartOver();
        return unit.record(receipt(order.sku)).sku;
      },
    );
    expect(done).toBe("scarves");
    expect(plans).toEqual(["gloves", "scarves"]);
    expect((await kit.outbox()).length).toBe(1);
  });

  test("what never fits is given up as transient", async () => {
    let attempts = 0;
    const never = transact(
      kit.db,
      {},
      async () => {
        attempts++;
        throw new StartOver("the order changes for ever");
      },
      { maxAttempts: 3 },
    );
    await expect(never).rejects.toBeInstanceOf(TransientError);
    expect(attempts).toBe(3);
  });

  test("a stream row that vanished is made again", async () => {
    await transact(kit.db, { skus: ["socks"] }, async (unit) => unit.record(receipt("socks")));
    await kit.db.query(`TRUNCATE sku_stream`);
    const movement = await transact(kit.db, { skus: ["socks"] }, async (unit) => unit.record(receipt("socks")));
    expect(movement.sequence).toBe(1);
  });

  test("a connection that is cut is transient, and the next work gets a good one", async () => {
    const cut = transact(kit.db, {}, async (unit) => {
      const [{ pid }] = await unit.query(`SELECT pg_backend_pid() AS pid`);
      await kit.db.query(`SELECT pg_terminate_backend($1)`, [pid]);
      await unit.query(`SELECT 1`);
    });
    expect(isTransient(await cut.catch((e: unknown) => e))).toBe(true);
    expect(await transact(kit.db, {}, async () => "fine")).toBe("fine");
  });

  test("a table that a newer instance changed meanwhile does not trouble prepared statements for long", async () => {
    await kit.db.query(`INSERT INTO orders VALUES ('o-1')`);
    const read = (db: typeof kit.db) =>
      transact(db, {}, (unit) => unit.query(`SELECT * FROM orders WHERE order_id = $1`, ["o-1"]));
    expect(await read(kit.db)).toEqual([{ order_id: "o-1", state: "NEW" }]);
    await kit.db.query(`ALTER TABLE orders ADD COLUMN note text`);
    for (let i = 0; i < 12; i++) expect(await read(kit.db)).toEqual([{ order_id: "o-1", state: "NEW", note: null }]);
    expect(await retries("stale_plan")).toBeGreaterThan(0);
    await kit.db.query(`ALTER TABLE orders DROP COLUMN note`);
  });

  test("a pool of two serves twenty pieces of work at once: none waits for a second connection", async () => {
    const small = await openKitDatabase([Tables1764100000000], 2);
    const work = Array.from({ length: 20 }, (_, i) =>
      transact(small.db, { skus: ["socks", `sku-${i}`] }, async (unit) => unit.record(receipt("socks"))),
    );
    const sequences = (await Promise.all(work)).map((m) => m.sequence).sort((a, b) => a - b);
    expect(sequences).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    await small.stop();
  });
});

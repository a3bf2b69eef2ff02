import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Database, isTransient, openDatabase, transact } from "../src/index.js";
import { type CutLine, cutLine } from "./cut-line.js";
import { closeStack, type KitDatabase, openKitDatabase } from "./kit-database.js";
import { eventually } from "./waiting.js";

/** Long enough for a statement on a machine that has other things to do, short enough to be waited for. */
const PATIENCE_MS = 3_000;
let kit: KitDatabase;
let line: CutLine;
let db: Database;
beforeAll(async () => {
  kit = await openKitDatabase();
});
afterAll(async () => {
  await kit.stop();
  await closeStack();
});
beforeEach(async () => {
  line = await cutLine(kit.url);
  const url = `${line.through(kit.url)}?query_timeout=${PATIENCE_MS}`;
  db = await openDatabase({ url, poolSize: 1, migrations: [], applicationName: "cut", recorder: kit.recorder });
});
afterEach(async () => {
  await line.close();
  await db.close();
});

describe("a network that is cut without a word", () => {
  test("a statement gives up waiting, transiently, and the next one gets a connection that works", async () => {
    const asked = db.query(`SELECT pg_sleep(60)`).catch((error: unknown) => error);
    expect(isTransient(await asked)).toBe(true);
    expect(await db.query(`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  });

  test("a piece of work gives up, transiently, and is done by the next attempt on another connection", async () => {
    const work = transact(db, {}, async (unit) => {
      line.cut();
      await unit.query(`SELECT 1`);
    });
    expect(isTransient(await work.catch((error: unknown) => error))).toBe(true);
    expect(await transact(db, {}, async () => "done")).toBe("done");
  });

  test("work that fails and cannot be rolled back is told by its own error, and its connection is not used again", async () => {
    const work = transact(db, {}, async () => {
      line.cut();
      throw new Error("refused by the business");
    });
    await expect(work).rejects.toThrow("refused by the business");
    expect(await transact(db, {}, async () => "done")).toBe("done");
  });

  test("PostgreSQL ends a session that nobody reads from, and frees what it held", async () => {
    await kit.db.query(`INSERT INTO sku_stream VALUES ('socks', 0)`);
    const big = `SELECT repeat('x', 1000000) FROM generate_series(1, 60)`;
    const frozen = await openDatabase({
      url: `${line.through(kit.url)}?query_timeout=60000`,
      poolSize: 1,
      migrations: [],
      applicationName: "frozen",
      recorder: kit.recorder,
    });
    const work = transact(frozen, { skus: ["socks"] }, async (unit) => {
      line.freeze();
      await unit.query(big);
    }).catch((error: unknown) => error);
    const held = async () =>
      (await kit.db.query(`SELECT 1 FROM sku_stream WHERE sku = 'socks' FOR UPDATE SKIP LOCKED`)).length === 0;
    await eventually("it holds the stream", held);
    await eventually("the stream is free", async () => !(await held()));
    await line.close();
    expect(isTransient(await work)).toBe(true);
    await frozen.close();
    line = await cutLine(kit.url);
  });
});

test("a pooled connection has a limit for each way of getting stuck", async () => {
  const names = ["idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout", "tcp_user_timeout"];
  const limits = await db.query(`SELECT name, setting::int FROM pg_settings WHERE name = ANY($1) ORDER BY name`, [
    names,
  ]);
  expect(limits.map(({ name }) => name)).toEqual(names);
  for (const { setting } of limits) expect(setting).toBeGreaterThan(0);
});

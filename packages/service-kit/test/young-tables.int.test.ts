import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { MigrationInterface, QueryRunner } from "typeorm";
import { transact } from "../src/index.js";
import { closeStack, type KitDatabase, openKitDatabase } from "./kit-database.js";

class Tables1764100000000 implements MigrationInterface {
  readonly name = "Tables1764100000000";
  async up(runner: QueryRunner): Promise<void> {
    // Wide like real orders, and as when autovacuum has not come by yet.
    await runner.query(
      `CREATE TABLE orders (order_id text COLLATE "C" PRIMARY KEY, state text, paid boolean, cancel_asked boolean,
         placed_at timestamptz, expires_at timestamptz, customer_id text, group_leader_id text, channel text, region text,
         allow_partial boolean, deliver_by timestamptz, skus text[], details jsonb, fulfilments int, shortages int,
         created_at timestamptz DEFAULT clock_timestamp()) WITH (fillfactor = 80, autovacuum_enabled = false)`,
    );
  }
  async down(): Promise<void> {}
}

const LOOK = "SELECT order_id, state, details FROM orders WHERE order_id = ANY($1::text[])";
/** PostgreSQL plans a prepared statement anew for each of its first five uses, then keeps a plan. */
const USES = 10;
/** As many as a slice has, most of them new. */
const ASKED = Array.from({ length: 500 }, (_, n) => `o-${n + 1}`);

let kit: KitDatabase;
beforeAll(async () => {
  kit = await openKitDatabase([Tables1764100000000], 1);
});
afterAll(async () => {
  await kit.stop();
  await closeStack();
});

const placed = (from: number, to: number) =>
  kit.db.query(
    "INSERT INTO orders (order_id, state) SELECT 'o-' || n, 'NEW' FROM generate_series($1::int, $2::int) n",
    [from, to],
  );

test("orders are found by their index however few there were when they were first looked for", async () => {
  await placed(1, 20);
  const look = () => transact(kit.db, {}, (unit) => unit.query(LOOK, [ASKED]));
  for (let use = 0; use < USES; use++) expect(await look()).toHaveLength(20);
  await placed(21, 5_000);
  const plan = await transact(kit.db, {}, async (unit) => {
    const [kept] = await unit.query<{ name: string; generic: number }>(
      `SELECT name, generic_plans::int AS generic FROM pg_prepared_statements WHERE statement = $1`,
      [LOOK],
    );
    expect(kept?.generic).toBeGreaterThan(0);
    return unit.query<{ "QUERY PLAN": string }>(`EXPLAIN EXECUTE "${kept?.name}"('{o-1,o-2}')`);
  });
  expect(plan.map((row) => row["QUERY PLAN"]).join("\n")).toMatch(/using orders_pkey|on orders_pkey/);
});

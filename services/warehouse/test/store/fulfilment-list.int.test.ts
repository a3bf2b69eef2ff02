import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { attachOrStartStack, type TestStack } from "@septet/local-stack";
import { messagingMigrations, type Session } from "@septet/messaging";
import { type Database, kitMigrations, openDatabase } from "@septet/service-kit";
import { type FulfilmentFilter, listFulfilments } from "../../src/store/fulfilment-list.js";
import { warehouseMigrations } from "../../src/store/migrations/index.js";

/** 30,000 fulfilments of two large warehouses and a small one, the last 300 of them still open. */
const FILL = [
  `INSERT INTO fulfilment (fulfilment_id, order_id, location, state, requested_at)
   SELECT 'o' || i || '/1', 'o' || i,
          CASE WHEN i % 3000 = 0 THEN 'SMALL' WHEN i % 2 = 0 THEN 'WUHAN' ELSE 'BEIJING' END,
          CASE WHEN i > 29700 THEN 'REQUESTED' WHEN i % 3001 = 0 THEN 'CANCELLED' ELSE 'SHIPPED' END,
          now() - (30000 - i) * interval '1 minute'
   FROM generate_series(1, 30000) i`,
  `INSERT INTO fulfilment_line (fulfilment_id, line_id, position, sku, quantity)
   SELECT 'o' || i || '/1', '1', 0, CASE WHEN i % 2 = 0 THEN 'SOCKS' ELSE 'sku-' || i END, 1
   FROM generate_series(1, 30000) i`,
  `ANALYZE fulfilment, fulfilment_line`,
];
/** Heads and lines of a page of 100, and as many again that a filter may pass over. */
const MAX_ROWS_READ = 1_000;

let stack: TestStack;
let db: Database;

beforeAll(async () => {
  stack = await attachOrStartStack();
  const { url } = await stack.createDatabase("fulfilments");
  const migrations = [...messagingMigrations, ...kitMigrations, ...warehouseMigrations];
  db = await openDatabase({ url, poolSize: 2, migrations, applicationName: "warehouse-test" });
  for (const statement of FILL) await db.query(statement);
});

afterAll(async () => {
  await db.close();
  await stack.stop();
});

async function rowsRead(session: Session): Promise<number> {
  const [sum] = await session.query<{ rows: string }>(
    `SELECT sum(seq_tup_read + idx_tup_fetch) AS rows FROM pg_stat_xact_user_tables WHERE relname LIKE 'fulfilment%'`,
  );
  return Number(sum!.rows);
}

test.each<[string, FulfilmentFilter, number]>([
  ["of a large warehouse", { location: "WUHAN" }, 100],
  ["of a small warehouse", { location: "SMALL" }, 10],
  ["of a warehouse that has none", { location: "NOWHERE" }, 0],
  ["shipped by a small warehouse", { location: "SMALL", state: "SHIPPED" }, 9],
  ["open at a small warehouse", { location: "SMALL", state: "REQUESTED" }, 1],
  ["open at a large warehouse", { location: "WUHAN", state: "REQUESTED" }, 100],
  ["cancelled", { state: "CANCELLED" }, 9],
  ["of a SKU that sells all the time", { sku: "SOCKS" }, 100],
  ["of a SKU that was sold once", { sku: "sku-7" }, 1],
  ["of an order", { orderId: "o15000" }, 1],
  ["all of them", {}, 100],
])("a page of fulfilments, %s, costs the page and not what has been shipped so far", async (_which, filter, found) => {
  const read = await db.snapshot(async (session) => {
    const before = await rowsRead(session);
    expect(await listFulfilments(session, filter, null, 100)).toHaveLength(found);
    return (await rowsRead(session)) - before;
  });
  expect(read).toBeLessThanOrEqual(MAX_ROWS_READ);
});

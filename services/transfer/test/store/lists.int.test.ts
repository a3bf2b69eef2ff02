import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { attachOrStartStack, type TestStack } from "@septet/local-stack";
import type { Session } from "@septet/messaging";
import type { Database } from "@septet/service-kit";
import { type InTransitFilter, listInTransit } from "../../src/store/in-transit-list.js";
import { lateness, newlyOverdue } from "../../src/store/overdue-rows.js";
import { listTransfers, type TransferFilter } from "../../src/store/transfer-list.js";
import { loadHeads, loadLines, updateTransfers } from "../../src/store/transfer-rows.js";
import { transferDatabase } from "./transfer-database.js";

const PLACES = (i: string) =>
  `CASE WHEN ${i} % 3000 = 0 THEN 'SMALL' WHEN ${i} % 2 = 0 THEN 'WUHAN' ELSE 'BEIJING' END`;
/** 30,000 transfers of one line, one an hour, closed but for the last 300: of these every second is under way. */
const FILL = [
  `INSERT INTO transfer (transfer_id, source, destination, state, draft, called_back, allow_partial, content, line_count,
     version, created_at, requested, reserved, dispatched, received)
   SELECT 't' || i, ${PLACES("i")}, 'XIAN', CASE WHEN i <= 29700 THEN 'CLOSED' WHEN i % 2 = 0 THEN 'RESERVED' ELSE 'DISPATCHED' END,
     false, false, true, '', 1, 1, now() - (30000 - i) * interval '1 hour', 1, 1,
     CASE WHEN i <= 29700 OR i % 2 = 1 THEN 1 ELSE 0 END, CASE WHEN i <= 29700 THEN 1 ELSE 0 END
   FROM generate_series(1, 30000) i`,
  `INSERT INTO transfer_line (transfer_id, line_id, position, sku, version, requested)
   SELECT 't' || i, '1', 0, CASE WHEN i % 2 = 0 THEN 'SOCKS' ELSE 'sku-' || i END, 1, 1 FROM generate_series(1, 30000) i`,
  `INSERT INTO shipment (transfer_id, shipment_id, content, shipped_at, expected_at, open)
   SELECT transfer_id, 's', '', created_at, created_at + interval '90 minutes', dispatched - received FROM transfer
   WHERE dispatched > 0`,
  `INSERT INTO shipment_line (transfer_id, shipment_id, line_id, sku, source, destination, shipped_at, quantity, open)
   SELECT t.transfer_id, 's', '1', l.sku, t.source, t.destination, t.created_at, 1, (t.dispatched - t.received)::int
   FROM transfer t JOIN transfer_line l USING (transfer_id) WHERE t.dispatched > 0`,
  `UPDATE shipment SET overdue_since = now() WHERE transfer_id < 't29950'`,
  `VACUUM ANALYZE transfer, transfer_line, shipment, shipment_line`,
];
/** A page of 100 from each of two ends with what belongs to it, and as many again that a filter may pass over. */
const MAX_ROWS_READ = 1_200;

let stack: TestStack;
let db: Database;

beforeAll(async () => {
  stack = await attachOrStartStack();
  db = await transferDatabase(stack, "transfers");
  for (const statement of FILL) await db.query(statement);
});

afterAll(async () => {
  await db.close();
  await stack.stop();
});

async function rowsRead(session: Session): Promise<number> {
  const [sum] = await session.query<{ rows: string }>(
    `SELECT sum(seq_tup_read + idx_tup_fetch) AS rows FROM pg_stat_xact_user_tables
     WHERE relname LIKE 'transfer%' OR relname LIKE 'shipment%'`,
  );
  return Number(sum!.rows);
}

async function costOf(list: (session: Session) => Promise<readonly unknown[]>, found: number): Promise<number> {
  return db.snapshot(async (session) => {
    const before = await rowsRead(session);
    expect(await list(session)).toHaveLength(found);
    return (await rowsRead(session)) - before;
  });
}

describe("a page costs the page, and not what was transferred so far", () => {
  test.each<[string, TransferFilter, number]>([
    ["all of them", {}, 100],
    ["to a place where everything goes", { location: "XIAN" }, 100],
    ["from a large place", { source: "WUHAN" }, 100],
    ["at a small place", { location: "SMALL" }, 10],
    ["at a place that has none", { location: "NOWHERE" }, 0],
    ["under way", { state: "DISPATCHED" }, 100],
    ["under way from a small place", { state: "DISPATCHED", source: "SMALL" }, 0],
    ["reserved at a small place", { state: "RESERVED", location: "SMALL" }, 1],
    ["of a SKU that moves all the time", { sku: "SOCKS" }, 100],
    ["of a SKU that moved once", { sku: "sku-7" }, 1],
    ["closed long ago", { state: "CLOSED", olderThanHours: 29_990 }, 10],
  ])("transfers, %s", async (_which, filter, found) => {
    const read = await costOf((session) => listTransfers(session, filter, null, 100), found);
    expect(read).toBeLessThanOrEqual(MAX_ROWS_READ);
  });

  test.each<[string, InTransitFilter, number]>([
    ["all", {}, 100],
    ["of one SKU", { sku: "sku-29999" }, 1],
    ["from a place", { source: "BEIJING" }, 100],
    ["to a place", { destination: "XIAN" }, 100],
    ["overdue", { overdue: true }, 100],
    ["not overdue yet", { overdue: false }, 1],
    ["for long", { olderThanHours: 200 }, 50],
  ])("in transit, %s", async (_which, filter, found) => {
    const read = await costOf((session) => listInTransit(session, filter, null, 100), found);
    expect(read).toBeLessThanOrEqual(MAX_ROWS_READ);
  });

  test("newly overdue", async () => {
    const read = await costOf((session) => newlyOverdue(session, 100), 24);
    expect(read).toBeLessThanOrEqual(MAX_ROWS_READ);
  });
});

test("the longest wait for an answer is that of the transfer that was sent first, not of the one written down first", async () => {
  const one = (id: string, hoursOld: number, waitingSeconds: number) =>
    db.query(
      `INSERT INTO transfer (transfer_id, source, destination, state, draft, called_back, allow_partial, content, line_count,
         version, created_at, requested_at, requested)
       VALUES ($1, 'WUHAN', 'XIAN', 'REQUESTED', false, false, true, '', 1, 1, septet_now() - $2 * interval '1 hour',
         septet_now() - $3 * interval '1 second', 1)`,
      [id, hoursOld, waitingSeconds],
    );
  await one("old draft, sent now", 48, 1);
  await one("sent an hour ago", 1, 3_600);
  expect((await lateness(db)).unansweredSeconds).toBeGreaterThanOrEqual(3_600);
});

test("a surplus of any size can be booked: goods may turn up again and again", async () => {
  const head = (await loadHeads(db, ["t7"])).get("t7")!;
  const line = (await loadLines(db, ["t7"], [])).get("t7")!.get("1")!;
  const accounts = { ...line.accounts, surplus: 3_000_000_000 };
  await updateTransfers(db, [{ ...head, accounts }], [{ transferId: "t7", row: { ...line, accounts } }]);
  expect((await loadLines(db, ["t7"], [])).get("t7")!.get("1")!.accounts.surplus).toBe(3_000_000_000);
});

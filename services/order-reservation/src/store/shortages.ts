import type { Session } from "@septet/messaging";
import type { Language, ShortageCause } from "@septet/stock-contracts";
import { isOwed, type Order, type OrderChange, type Shortage } from "../domain/index.js";
import { addNotices, type Notice } from "./leader-notices.js";

const ms = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8 AS ${column}`;
const COLUMNS = `order_id, number, group_leader_id, cause, ${ms("shorted_at")}, ${ms("decide_by")},
  ${ms("told_to_escalate_at")}, acknowledged, lines`;

const LOAD = `SELECT ${COLUMNS} FROM shortage WHERE order_id = ANY($1::text[]) ORDER BY order_id, number`;
const time = (column: string) => `to_timestamp(n.${column} / 1000)`;
/** Under the locks of the orders, so nobody else writes the same rows. */
const WRITE = `
INSERT INTO shortage (order_id, number, group_leader_id, cause, shorted_at, decide_by, told_to_escalate_at, lines, is_open,
  due_at, escalate_at, acknowledged)
SELECT n.order_id, n.number, n.group_leader_id, n.cause, ${time("shorted_at")}, ${time("decide_by")},
  ${time("told_to_escalate_at")}, n.lines, n.is_open, ${time("due_at")}, ${time("escalate_at")},
  n.acknowledged
FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::float8[], $6::float8[], $7::float8[], $8::jsonb[],
  $9::bool[], $10::float8[], $11::float8[], $12::jsonb[])
  AS n (order_id, number, group_leader_id, cause, shorted_at, decide_by, told_to_escalate_at, lines, is_open, due_at,
    escalate_at, acknowledged)
ON CONFLICT (order_id, number) DO UPDATE SET decide_by = excluded.decide_by, told_to_escalate_at = excluded.told_to_escalate_at, lines = excluded.lines,
  is_open = excluded.is_open, due_at = excluded.due_at, escalate_at = excluded.escalate_at,
  acknowledged = excluded.acknowledged`;
const DROP = `DELETE FROM shortage s USING unnest($1::text[], $2::int[]) AS n (order_id, number)
WHERE s.order_id = n.order_id AND s.number = n.number`;
const DUE = `
SELECT DISTINCT order_id FROM (
  (SELECT order_id FROM shortage WHERE due_at <= septet_now() ORDER BY due_at LIMIT $1)
  UNION ALL
  (SELECT order_id FROM shortage WHERE escalate_at <= septet_now() ORDER BY escalate_at LIMIT $1)
) AS found ORDER BY order_id LIMIT $1`;
/** One text per filter: each is led by an index that has the order of the page. */
const openOf = (byLeader: boolean) => `SELECT ${COLUMNS},
  (SELECT o.details ->> 'language' FROM orders o WHERE o.order_id = shortage.order_id) AS language FROM shortage
WHERE is_open AND (order_id, number) > ($1 COLLATE "C", $2::bigint) ${byLeader ? "AND group_leader_id = $4" : ""}
ORDER BY order_id, number LIMIT $3`;

interface Row {
  order_id: string;
  number: number;
  group_leader_id: string | null;
  cause: ShortageCause;
  shorted_at: number;
  decide_by: number;
  told_to_escalate_at: number | null;
  acknowledged: Shortage["acknowledged"];
  lines: Shortage["lines"];
}

const shortageOf = (row: Row): Shortage => ({
  number: row.number,
  cause: row.cause,
  shortedAt: Math.round(row.shorted_at),
  decideBy: Math.round(row.decide_by),
  escalateAt: row.told_to_escalate_at === null ? null : Math.round(row.told_to_escalate_at),
  acknowledged: row.acknowledged,
  lines: row.lines,
});

/** Puts into orders what they were told to be short. Orders that never were cost nothing. */
export async function loadShortages(session: Session, orders: ReadonlyMap<string, Order>): Promise<void> {
  const shorted = [...orders.values()].filter((order) => order.shortages > 0).map(({ orderId }) => orderId);
  if (shorted.length === 0) return;
  for (const row of await session.query<Row>(LOAD, [shorted])) {
    const order = orders.get(row.order_id);
    if (order !== undefined) order.shortageList = [...order.shortageList, shortageOf(row)];
  }
}

interface Written {
  before: Order | undefined;
  order: Order;
  shortage: Shortage;
}

/** Writes what differs; a payment makes everything due that was told before it. `now` is epoch ms. */
export async function writeShortages(session: Session, changes: readonly OrderChange[], now: number): Promise<void> {
  const written: Written[] = [];
  const dropped: { orderId: string; number: number }[] = [];
  for (const { before, after } of changes) {
    const known = before?.shortageList ?? [];
    if (known === after.shortageList && before?.paid === after.paid) continue;
    for (const shortage of after.shortageList) {
      if (!known.includes(shortage) || before?.paid !== after.paid) written.push({ before, order: after, shortage });
    }
    const kept = new Set(after.shortageList.map(({ number }) => number));
    for (const { number } of known) if (!kept.has(number)) dropped.push({ orderId: after.orderId, number });
  }
  if (dropped.length > 0) {
    await session.query(DROP, [dropped.map(({ orderId }) => orderId), dropped.map(({ number }) => number)]);
  }
  if (written.length === 0) return;
  await session.query(WRITE, columnsOf(written));
  await addNotices(session, noticesOf(written), now);
}

/** What became owed with this decision is worth a notice, once. */
const noticesOf = (written: readonly Written[]): Notice[] =>
  written.flatMap(({ before, order, shortage }) => {
    const { groupLeaderId, orderId } = order;
    const wasOwed = before?.paid === true && before.shortageList.some(({ number }) => number === shortage.number);
    return groupLeaderId === null || wasOwed || !isOwed(order, shortage)
      ? []
      : [{ groupLeaderId, orderId, number: shortage.number }];
  });

function columnsOf(rows: readonly Written[]): unknown[] {
  const column = <T>(of: (row: Written) => T): T[] => rows.map(of);
  const ifOwed = <T>({ order, shortage }: Written, value: T): T | null => (isOwed(order, shortage) ? value : null);
  return [
    column(({ order }) => order.orderId),
    column(({ shortage }) => shortage.number),
    column(({ order }) => order.groupLeaderId),
    column(({ shortage }) => shortage.cause),
    column(({ shortage }) => shortage.shortedAt),
    column(({ shortage }) => shortage.decideBy),
    column(({ shortage }) => shortage.escalateAt),
    column(({ shortage }) => JSON.stringify(shortage.lines)),
    column(({ order, shortage }) => isOwed(order, shortage)),
    column((row) => ifOwed(row, row.shortage.decideBy)),
    column((row) => ifOwed(row, row.shortage.escalateAt)),
    column(({ shortage: { acknowledged } }) => (acknowledged === null ? null : JSON.stringify(acknowledged))),
  ];
}

/** Orders of which a shortage's time is over, or that nobody has handled in time, by the database's clock. */
export async function ordersWithOverdueShortages(session: Session, limit: number): Promise<string[]> {
  const rows = await session.query<{ order_id: string }>(DUE, [limit]);
  return rows.map((row) => row.order_id);
}

/** A shortage that waits to be settled, as lists show it. */
export interface OpenShortage extends Shortage {
  orderId: string;
  groupLeaderId: string | null;
  /** The order's. */
  language: Language | null;
}

/** Shortages of paid orders that are not settled, by order, after a place in the list; of one leader, if asked for. */
export async function listOpenShortages(
  session: Session,
  o: { groupLeaderId: string | undefined; after: readonly [orderId: string, number: number]; limit: number },
): Promise<OpenShortage[]> {
  const filter = o.groupLeaderId === undefined ? [] : [o.groupLeaderId];
  const sql = openOf(o.groupLeaderId !== undefined);
  const rows = await session.query<Row & { language: Language | null }>(sql, [...o.after, o.limit, ...filter]);
  return rows.map(({ language, ...row }) => {
    return { ...shortageOf(row), orderId: row.order_id, groupLeaderId: row.group_leader_id, language };
  });
}

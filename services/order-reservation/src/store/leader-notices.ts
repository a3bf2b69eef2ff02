import type { Session } from "@septet/messaging";

/** Asked without a transaction of its own: nearly always nobody waits. */
const WAITS = `SELECT EXISTS (SELECT FROM shortage_notice
  WHERE told_at <= septet_now() - make_interval(secs => $1::float8 / 1000)) AS waits`;

/** What one notice speaks of at most; the rest comes with the next. */
const MAX_SHORTAGES_NOTICED = 1_000;
const LEADERS_PER_LOOK = 50;

/**
 * All that waits for leaders whose oldest shortage has waited long enough. Locked in the order of the key, so that two
 * instances wait for each other and the second finds nothing. What was settled meanwhile is not worth a notice.
 */
const TAKE = `
WITH leaders AS (
  SELECT group_leader_id FROM shortage_notice GROUP BY group_leader_id
  HAVING min(told_at) <= to_timestamp($1::float8 / 1000) ORDER BY group_leader_id LIMIT ${LEADERS_PER_LOOK}
), waiting AS (
  SELECT n.group_leader_id, n.order_id, n.number FROM leaders CROSS JOIN LATERAL (
    SELECT * FROM shortage_notice s WHERE s.group_leader_id = leaders.group_leader_id
    ORDER BY s.order_id, s.number LIMIT ${MAX_SHORTAGES_NOTICED} FOR UPDATE) AS n
), taken AS (
  DELETE FROM shortage_notice n USING waiting w
  WHERE n.group_leader_id = w.group_leader_id AND n.order_id = w.order_id AND n.number = w.number
  RETURNING n.group_leader_id, n.order_id, n.number
)
SELECT t.group_leader_id, s.order_id, s.number, (extract(epoch FROM s.decide_by) * 1000)::float8 AS decide_by
FROM taken t JOIN shortage s ON s.order_id = t.order_id AND s.number = t.number AND s.is_open
ORDER BY t.group_leader_id, s.order_id, s.number`;

const ADD = `INSERT INTO shortage_notice (group_leader_id, order_id, number, told_at)
SELECT n.group_leader_id, n.order_id, n.number, to_timestamp($4::float8 / 1000)
FROM unnest($1::text[], $2::text[], $3::int[]) AS n (group_leader_id, order_id, number)`;

/** A shortage that its order's leader is to hear of. */
export interface Notice {
  groupLeaderId: string;
  orderId: string;
  number: number;
}

export async function addNotices(session: Session, notices: readonly Notice[], now: number): Promise<void> {
  if (notices.length === 0) return;
  const column = <T>(of: (notice: Notice) => T): T[] => notices.map(of);
  await session.query(ADD, [column((n) => n.groupLeaderId), column((n) => n.orderId), column((n) => n.number), now]);
}

/** Has a leader waited for `gatherMs`? */
export async function someLeaderWaits(session: Session, gatherMs: number): Promise<boolean> {
  const [row] = await session.query<{ waits: boolean }>(WAITS, [gatherMs]);
  return row?.waits === true;
}

/** Takes the open shortages of leaders who have waited since `upTo` (epoch ms) or longer, all of a leader's together. */
export async function takeNotices(session: Session, upTo: number): Promise<(Notice & { decideBy: number })[]> {
  const rows = await session.query<{ group_leader_id: string; order_id: string; number: number; decide_by: number }>(
    TAKE,
    [upTo],
  );
  return rows.map(({ group_leader_id: groupLeaderId, order_id: orderId, number, decide_by }) => {
    return { groupLeaderId, orderId, number, decideBy: Math.round(decide_by) };
  });
}

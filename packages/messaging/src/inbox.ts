import type { Session } from "./database-session.js";

const CLAIM = `
INSERT INTO inbox (consumer, event_id)
SELECT $1, e.event_id FROM (SELECT DISTINCT unnest($2::text[]) COLLATE "C" AS event_id) e
ORDER BY e.event_id
ON CONFLICT DO NOTHING
RETURNING event_id`;

/**
 * Claims the events for this consumer; those returned are new and will never be new again once the transaction commits.
 * One statement, sorted bytewise, so that two instances with overlapping slices cannot deadlock; it waits for a claim that
 * another transaction has not committed yet.
 */
export async function claimInbox(
  session: Session,
  consumer: string,
  eventIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (eventIds.length === 0) return new Set();
  const rows = await session.query<{ event_id: string }>(CLAIM, [consumer, eventIds]);
  return new Set(rows.map((row) => row.event_id));
}

/**
 * Forgets claims older than `days`, at most `limit` of them; must be longer than a message can still come back. Returns how
 * many. Rows that another instance forgets meanwhile are passed over.
 */
export async function dropOldInbox(session: Session, days: number, limit: number): Promise<number> {
  const rows = await session.query<{ dropped: string }>(
    `WITH gone AS (
       DELETE FROM inbox WHERE (consumer, event_id) IN (
         SELECT consumer, event_id FROM inbox WHERE received_at < now() - make_interval(days => $1)
         LIMIT $2 FOR UPDATE SKIP LOCKED
       ) RETURNING 1
     ) SELECT count(*) AS dropped FROM gone`,
    [days, limit],
  );
  return Number(rows[0]!.dropped);
}

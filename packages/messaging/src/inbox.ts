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

/** Forgets claims older than `days`; must be longer than any message stays on its topic. Returns how many. */
export async function dropOldInbox(session: Session, days: number): Promise<number> {
  const rows = await session.query<{ dropped: string }>(
    `WITH gone AS (DELETE FROM inbox WHERE received_at < now() - make_interval(days => $1) RETURNING 1)
     SELECT count(*) AS dropped FROM gone`,
    [days],
  );
  return Number(rows[0]!.dropped);
}

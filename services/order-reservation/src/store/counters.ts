import type { Session } from "@septet/messaging";

/** A counter's row is needed while somebody holds it. One that is dropped too soon is made again by the next who locks it. */
const KEEP_SECONDS = 600;
const DROP = `
DELETE FROM counter WHERE id IN (
  SELECT id FROM counter WHERE used_at < septet_now() - make_interval(secs => ${KEEP_SECONDS}) LIMIT $1 FOR UPDATE SKIP LOCKED
) RETURNING 1 AS dropped`;

/** Drops counters that nobody has used for ten minutes, at most `rows`; answers how many. */
export const dropOldCounters = async (session: Session, rows: number): Promise<number> =>
  (await session.query(DROP, [rows])).length;

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

/** Those of devices and addresses are named by a hash, and no hash is kept longer than the window. */
const DROP_SOURCES = `
DELETE FROM counter WHERE id IN (
  SELECT id FROM counter WHERE (id LIKE 'device:%' OR id LIKE 'ip:%')
    AND used_at <= septet_now() - make_interval(secs => $1::float8) LIMIT $2 FOR UPDATE SKIP LOCKED
) RETURNING 1 AS dropped`;

/** Drops counters of devices and addresses that nobody has used for so many seconds, at most `rows`; answers how many. */
export const dropOldSourceCounters = async (session: Session, seconds: number, rows: number): Promise<number> =>
  (await session.query(DROP_SOURCES, [seconds, rows])).length;

import type { Session } from "@septet/messaging";

/** What waits for people: stock for locks, somebody for shortages. */
export interface Waiting {
  readonly incompleteLocks: number;
  /** Told to somebody (`SHORTAGE_NOT_HANDLED`), and still neither settled nor seen to. */
  readonly unhandledShortages: number;
  /** Since the oldest of these was told to its shopper, by the database's clock. */
  readonly unhandledShortageSeconds: number;
}

/** Looks at open promotions and open shortages only, which have indexes of their own. */
const WAITING = `
SELECT (SELECT count(*) FROM promotion_sku WHERE NOT closed AND alerted)::int AS "incompleteLocks",
  count(*)::int AS "unhandledShortages",
  coalesce(extract(epoch FROM septet_now() - min(shorted_at)), 0)::float8 AS "unhandledShortageSeconds"
FROM shortage WHERE is_open AND told_to_escalate_at IS NULL AND acknowledged IS NULL`;

export async function loadWaiting(session: Session): Promise<Waiting> {
  const [waiting] = await session.query<Waiting>(WAITING);
  return waiting ?? { incompleteLocks: 0, unhandledShortages: 0, unhandledShortageSeconds: 0 };
}

import type { Session } from "./database-session.js";

const DAY_MS = 86_400_000;
/** Partitions exist this many days ahead, so that a relay that is away for a day costs nothing. */
const AHEAD_DAYS = 3;
/** Published rows stay at least this long, for `republish`. */
export const OUTBOX_KEEP_DAYS = 7;
const LOCK_TIMEOUT = "2s";

/**
 * Makes the day's partition beside the others and attaches it: that blocks no insert but those into the default partition,
 * whereas CREATE TABLE … PARTITION OF would lock the whole outbox. What the default partition holds of that day moves along.
 */
const MAKE = (name: string, from: string, to: string) => `
DO $make$
BEGIN
  PERFORM set_config('lock_timeout', '${LOCK_TIMEOUT}', true);
  IF to_regclass('${name}') IS NOT NULL THEN RETURN; END IF;
  CREATE TABLE ${name} (LIKE outbox INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
    WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);
  LOCK TABLE outbox_default IN ACCESS EXCLUSIVE MODE;
  WITH moved AS (
    DELETE FROM outbox_default WHERE created_at >= '${from}' AND created_at < '${to}' RETURNING *
  ) INSERT INTO ${name} SELECT * FROM moved;
  ALTER TABLE outbox ATTACH PARTITION ${name} FOR VALUES FROM ('${from}') TO ('${to}');
END $make$`;

/**
 * A republish can have made a row unpublished since it was looked: so once more, when nobody can. Ends together with the
 * statement; a busy outbox is tried again an hour later.
 */
const DROP = (name: string) => `
DO $drop$
BEGIN
  PERFORM set_config('lock_timeout', '${LOCK_TIMEOUT}', true);
  LOCK TABLE ONLY outbox IN ACCESS EXCLUSIVE MODE;
  LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE;
  IF NOT EXISTS (SELECT 1 FROM ${name} WHERE published_at IS NULL) THEN DROP TABLE ${name}; END IF;
END $drop$`;

/** Partitions for today and the days ahead, and for the days whose rows fell into the default one. Answers those made. */
export async function ensureOutboxPartitions(session: Session, now: number): Promise<string[]> {
  const today = Math.floor(now / DAY_MS);
  const days = new Set(Array.from({ length: AHEAD_DAYS + 1 }, (_, ahead) => today + ahead));
  const strays = await session.query<{ day: number }>(
    "SELECT DISTINCT floor(extract(epoch FROM created_at) / 86400)::int AS day FROM outbox_default",
  );
  for (const { day } of strays) days.add(day);
  const known = new Set((await partitions(session)).map(({ name }) => name));
  const missing = [...days].sort((a, b) => a - b).filter((day) => !known.has(nameOf(day)));
  for (const day of missing) await session.query(MAKE(nameOf(day), boundOf(day), boundOf(day + 1)));
  return missing.map(nameOf);
}

export interface DropOptions {
  /** Epoch ms. */
  readonly now: number;
  /** The service itself: what it has not read back of its own movements is kept. */
  readonly recordedBy: string;
  /** Default and least: 7. */
  readonly keepDays?: number;
}

/**
 * Drops the partitions that nobody needs any more: older than `keepDays`, every row published, and every movement in them
 * read back from Kafka without a gap. Answers those dropped. What is unpublished is never dropped.
 */
export async function dropOldOutboxPartitions(session: Session, options: DropOptions): Promise<string[]> {
  const keepDays = Math.max(OUTBOX_KEEP_DAYS, options.keepDays ?? OUTBOX_KEEP_DAYS);
  const oldest = Math.floor(options.now / DAY_MS) - keepDays;
  const dropped: string[] = [];
  for (const { name, day } of await partitions(session)) {
    if (day >= oldest || !(await isSettled(session, name, options.recordedBy))) continue;
    await session.query(DROP(name));
    const [left] = await session.query<{ name: string | null }>("SELECT to_regclass($1)::text AS name", [name]);
    if (left?.name === null) dropped.push(name);
  }
  return dropped;
}

async function isSettled(session: Session, name: string, recordedBy: string): Promise<boolean> {
  const [row] = await session.query<{ settled: boolean }>(
    `SELECT NOT EXISTS (SELECT 1 FROM ${name} WHERE published_at IS NULL)
        AND NOT EXISTS (
          SELECT 1 FROM (SELECT sku, max(sequence) AS sequence FROM ${name} WHERE sequence IS NOT NULL GROUP BY sku) o
          LEFT JOIN stream_position p ON p.recorded_by = $1 AND p.sku = o.sku
          WHERE o.sequence > coalesce(p.contiguous, 0)) AS settled`,
    [recordedBy],
  );
  return row?.settled === true;
}

async function partitions(session: Session): Promise<{ name: string; day: number }[]> {
  const rows = await session.query<{ name: string }>(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'outbox'::regclass ORDER BY 1",
  );
  return rows.flatMap(({ name }) => {
    const date = /^outbox_(\d{4})(\d\d)(\d\d)$/.exec(name);
    return date === null ? [] : [{ name, day: Date.UTC(+date[1]!, +date[2]! - 1, +date[3]!) / DAY_MS }];
  });
}

function nameOf(day: number): string {
  return `outbox_${new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll("-", "")}`;
}

function boundOf(day: number): string {
  return `${new Date(day * DAY_MS).toISOString().slice(0, 10)} 00:00:00+00`;
}

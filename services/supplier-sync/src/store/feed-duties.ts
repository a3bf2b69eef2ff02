import type { Session } from "@septet/messaging";
import { ms, time } from "./columns.js";

const OFFERING = "s.state IN ('TRIAL', 'ACTIVE') AND s.stopped IS NULL";
const WORTHLESS = `EXISTS (SELECT FROM offer o WHERE o.supplier_id = s.supplier_id
  AND o.reported IS NOT NULL AND o.due_at IS NULL AND o.stopped IS NULL AND o.revision = s.revision)`;
const STALE = `INSERT INTO standing_alert (alert_id, code, supplier_id)
  SELECT $1 || '/' || s.supplier_id, $1, s.supplier_id FROM supplier s
  WHERE ${OFFERING} AND ${WORTHLESS} ORDER BY 1 ON CONFLICT (alert_id) DO NOTHING
  RETURNING supplier_id AS "supplierId"`;
const FRESH = `DELETE FROM standing_alert a USING supplier s
  WHERE a.code = $1 AND s.supplier_id = a.supplier_id AND NOT (${OFFERING} AND ${WORTHLESS})
  RETURNING a.supplier_id AS "supplierId"`;
const CLOCKS = `SELECT s.supplier_id AS "supplierId", ${ms("c.checked_until", '"checkedUntil"')}
  FROM supplier s LEFT JOIN report_clock c ON c.supplier_id = s.supplier_id
  WHERE ${OFFERING} AND (c.checked_until IS NULL OR c.checked_until < (SELECT septet_now()) - $1 * interval '1 millisecond')
  ORDER BY c.checked_until NULLS FIRST LIMIT $2`;
const HOLD_CLOCK = `INSERT INTO report_clock AS c (supplier_id, checked_until) VALUES ($1, ${time("$2::float8")})
  ON CONFLICT (supplier_id) DO UPDATE SET checked_until = c.checked_until RETURNING ${ms("checked_until", '"checkedUntil"')}`;
const SET_CLOCK = `UPDATE report_clock SET checked_until = ${time("$2::float8")} WHERE supplier_id = $1`;
const ARRIVALS = `SELECT ${ms("received_at", "at")} FROM report
  WHERE supplier_id = $1 AND received_at > ${time("$2::float8")} AND received_at <= ${time("$3::float8")}`;
const JUDGED = `INSERT INTO judged_report (supplier_id, due_at, day, time, received_at)
  SELECT $1, ${time("due_at")}, day, time, ${time("received_at")}
  FROM unnest($2::float8[], $3::text[], $4::text[], $5::float8[]) AS m (due_at, day, time, received_at)
  ON CONFLICT (supplier_id, due_at) DO NOTHING`;
const RAISE_LATE = `INSERT INTO standing_alert (alert_id, code, supplier_id) VALUES ($1 || '/' || $2, $1, $2)
  ON CONFLICT (alert_id) DO NOTHING RETURNING supplier_id AS "supplierId"`;
const CAME = `DELETE FROM standing_alert a WHERE a.code = $1 AND EXISTS (SELECT FROM report r WHERE r.supplier_id = a.supplier_id
    AND r.received_at > (SELECT max(m.due_at) FROM judged_report m WHERE m.supplier_id = a.supplier_id
      AND m.received_at IS NULL))
  RETURNING a.supplier_id AS "supplierId"`;

const idsOf = (rows: readonly { readonly supplierId: string }[]): string[] => rows.map(({ supplierId }) => supplierId);

/** Suppliers of whose offers some are worthless by age, and of whom nobody had said so. */
export const becameStale = async (session: Session, code: string): Promise<string[]> =>
  idsOf(await session.query<{ supplierId: string }>(STALE, [code]));

/** Suppliers of whom it was said and is true no longer. */
export const becameFresh = async (session: Session, code: string): Promise<string[]> =>
  idsOf(await session.query<{ supplierId: string }>(FRESH, [code]));

/** At most `limit` suppliers whose deadlines nobody has looked at for `ms`, the longest ago first. */
export async function clocksToLookAt(session: Session, ms: number, limit: number): Promise<string[]> {
  return idsOf(await session.query<{ supplierId: string }>(CLOCKS, [ms, limit]));
}

/** Holds a supplier's clock until the end of the transaction: up to when it was looked at, epoch ms; from `now` if never. */
export async function holdClock(session: Session, supplierId: string, now: number): Promise<number> {
  const [row] = await session.query<{ checkedUntil: number }>(HOLD_CLOCK, [supplierId, now]);
  return row!.checkedUntil;
}

export async function setClock(session: Session, supplierId: string, until: number): Promise<void> {
  await session.query(SET_CLOCK, [supplierId, until]);
}

/** When reports of a supplier arrived after `from` and up to `until`; all epoch ms. */
export async function arrivalsOf(session: Session, supplierId: string, from: number, until: number): Promise<number[]> {
  return (await session.query<{ at: number }>(ARRIVALS, [supplierId, from, until])).map(({ at }) => at);
}

/** A deadline as it was judged; epoch ms. */
export interface JudgedReport {
  readonly dueAt: number;
  readonly day: string;
  readonly time: string;
  /** When the report for it arrived; null where it had not by then. */
  readonly receivedAt: number | null;
}

/** Writes down how deadlines were judged. */
export async function noteJudged(session: Session, supplierId: string, judged: readonly JudgedReport[]): Promise<void> {
  if (judged.length === 0) return;
  await session.query(JUDGED, [
    supplierId,
    judged.map(({ dueAt }) => dueAt),
    judged.map(({ day }) => day),
    judged.map((report) => report.time),
    judged.map(({ receivedAt }) => receivedAt),
  ]);
}

/** Remembers that a supplier is late; whether nobody had said so. */
export async function becameLate(session: Session, code: string, supplierId: string): Promise<boolean> {
  return (await session.query(RAISE_LATE, [code, supplierId])).length > 0;
}

/** Suppliers that were late and have reported since. */
export const reportsCame = async (session: Session, code: string): Promise<string[]> =>
  idsOf(await session.query<{ supplierId: string }>(CAME, [code]));

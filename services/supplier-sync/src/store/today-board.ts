import type { Session } from "@septet/messaging";
import { ms } from "./columns.js";

/** A supplier that somebody should speak to today. */
export interface TodayRow {
  readonly supplierId: string;
  readonly name: string;
  readonly stopped: string | null;
  /** Missed its last reporting deadline, and nothing has come since. */
  readonly reportLate: boolean;
  /** Reports of some SKUs are too old to sell from. */
  readonly stale: boolean;
  /** Since when a change is missing in its sequence, epoch ms. */
  readonly brokenSince: number | null;
  /** Orders that it was sent and has not answered for, those past their time, and the earliest of their times, epoch ms. */
  readonly unanswered: number;
  readonly overdue: number;
  readonly answerDueAt: number | null;
  /** Reported codes that nobody has mapped. */
  readonly quarantined: number;
}

const NOW = "(SELECT septet_now())";
const STANDS = (code: string) => `EXISTS (SELECT FROM standing_alert a WHERE a.alert_id = '${code}/' || s.supplier_id)`;
const BOARD = `SELECT * FROM (
  SELECT s.supplier_id AS "supplierId", s.name, s.stopped, ${STANDS("REPORT_LATE")} AS "reportLate",
    ${STANDS("OFFER_STALE")} AS stale, ${ms("f.broken_since", '"brokenSince"')},
    coalesce(o.unanswered, 0)::float8 AS unanswered, coalesce(o.overdue, 0)::float8 AS overdue,
    ${ms("o.due_at", '"answerDueAt"')},
    (SELECT count(*) FROM quarantined_line q WHERE q.supplier_id = s.supplier_id)::float8 AS quarantined
  FROM supplier s LEFT JOIN feed f ON f.supplier_id = s.supplier_id
  LEFT JOIN LATERAL (SELECT count(*) AS unanswered, count(*) FILTER (WHERE confirmation_due_at <= ${NOW}) AS overdue,
      min(confirmation_due_at) AS due_at
    FROM supplier_order o WHERE o.supplier_id = s.supplier_id AND o.state = 'SENT') o ON true
  WHERE s.supplier_id > $1 AND s.state IN ('TRIAL', 'ACTIVE')) b
WHERE b."reportLate" OR b.stale OR b."brokenSince" IS NOT NULL OR b.unanswered > 0 OR b.quarantined > 0 OR b.stopped IS NOT NULL
ORDER BY b."supplierId" COLLATE "C" LIMIT $2`;

/** At most `limit` suppliers with something to see to, after one, by id. */
export function todayBoard(session: Session, after: string, limit: number): Promise<TodayRow[]> {
  return session.query<TodayRow>(BOARD, [after, limit]);
}

import type { Session } from "@septet/messaging";
import type { ReportHead } from "../domain/report.js";
import { ms, time } from "./columns.js";

/** Where the reports of a supplier stand; nothing was reported yet where there is no row. */
export interface Feed {
  /** Of the last report taken in. */
  readonly ordinal: number;
  /** The supplier's own number of the last report that had one. */
  readonly sequence: number | null;
  /** What that one was as of, epoch ms. */
  readonly asOf: number | null;
  /** Since when a change is missing, epoch ms: until the next snapshot no change can be applied. */
  readonly brokenSince: number | null;
}

/** A report as it was taken in. */
export interface ReportRow extends ReportHead {
  readonly content: string;
  readonly sequence: number | null;
  readonly toldBy: string;
  /** Epoch ms; null while its lines are being applied, or somebody broke off there. */
  readonly doneAt: number | null;
  /** What became of its lines, by outcome; null until it is done. */
  readonly lines: Readonly<Record<string, number>> | null;
}

const COLUMNS = `report_id AS "reportId", ordinal::float8 AS ordinal, content, kind, source, sequence::float8 AS sequence,
  ${ms("as_of", '"asOf"')}, states_as_of AS "statesAsOf", scheduled, ${ms("received_at", '"receivedAt"')},
  told_by AS "toldBy", ${ms("done_at", '"doneAt"')}, lines`;
const OPEN_FEED = `INSERT INTO feed (supplier_id, ordinal) VALUES ($1, 0) ON CONFLICT (supplier_id) DO NOTHING`;
const LOAD_FEED = `SELECT ordinal::float8 AS ordinal, sequence::float8 AS sequence, ${ms("as_of", '"asOf"')},
  ${ms("broken_since", '"brokenSince"')}
  FROM feed WHERE supplier_id = $1 FOR UPDATE`;
const KEEP_FEED = `UPDATE feed SET ordinal = $2, sequence = $3, as_of = ${time("$4::float8")},
  broken_since = ${time("$5::float8")} WHERE supplier_id = $1`;
const BY_ID = `SELECT ${COLUMNS} FROM report WHERE supplier_id = $1 AND report_id = $2`;
const BY_ORDINAL = `SELECT ${COLUMNS} FROM report WHERE supplier_id = $1 AND ordinal = $2`;
const LIST = `SELECT ${COLUMNS} FROM report WHERE supplier_id = $1 AND ordinal < $2 ORDER BY ordinal DESC LIMIT $3`;
const ADD = `INSERT INTO report (supplier_id, ordinal, report_id, content, kind, source, sequence, as_of, states_as_of, scheduled,
    received_at, told_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, ${time("$8::float8")}, $9, $10, ${time("$11::float8")}, $12)`;
const CLOSE = `UPDATE report SET done_at = septet_now(), lines = $3
  WHERE supplier_id = $1 AND ordinal = $2 AND done_at IS NULL`;

/** The supplier's feed, held until the end of the transaction: reports are taken in one after the other. */
export async function holdFeed(session: Session, supplierId: string): Promise<Feed> {
  await session.query(OPEN_FEED, [supplierId]);
  const [feed] = await session.query<Feed>(LOAD_FEED, [supplierId]);
  return feed!;
}

export async function keepFeed(session: Session, supplierId: string, feed: Feed): Promise<void> {
  await session.query(KEEP_FEED, [supplierId, feed.ordinal, feed.sequence, feed.asOf, feed.brokenSince]);
}

export async function reportById(session: Session, supplierId: string, id: string): Promise<ReportRow | undefined> {
  return (await session.query<ReportRow>(BY_ID, [supplierId, id]))[0];
}

export async function reportAt(session: Session, supplierId: string, ordinal: number): Promise<ReportRow | undefined> {
  return (await session.query<ReportRow>(BY_ORDINAL, [supplierId, ordinal]))[0];
}

/** At most `limit` reports from before one, the newest first. */
export function listReports(session: Session, supplierId: string, before: number, limit: number): Promise<ReportRow[]> {
  return session.query<ReportRow>(LIST, [supplierId, before, limit]);
}

/** Writes a report down before its lines are applied; the caller holds the feed. */
export async function addReport(session: Session, supplierId: string, report: ReportRow): Promise<void> {
  await session.query(ADD, [
    supplierId,
    report.ordinal,
    report.reportId,
    report.content,
    report.kind,
    report.source,
    report.sequence,
    report.asOf,
    report.statesAsOf,
    report.scheduled,
    report.receivedAt,
    report.toldBy,
  ]);
}

/** Says what became of a report's lines. */
export async function closeReport(
  session: Session,
  supplierId: string,
  ordinal: number,
  lines: Readonly<Record<string, number>>,
): Promise<void> {
  await session.query(CLOSE, [supplierId, ordinal, JSON.stringify(lines)]);
}

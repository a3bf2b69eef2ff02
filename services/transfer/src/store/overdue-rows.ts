import type { Session } from "@septet/messaging";
import type { Lateness } from "../domain/overdue.js";
import { NOW } from "./columns.js";

const FIND = `SELECT DISTINCT transfer_id FROM (
    SELECT s.transfer_id FROM shipment s
    WHERE s.open > 0 AND s.overdue_since IS NULL AND s.expected_at <= ${NOW} ORDER BY s.expected_at LIMIT $1
  ) late`;
const LATENESS = `SELECT late.n AS "overdueShipments", greatest(0, coalesce(late.seconds, 0))::float8 AS "overdueSeconds",
    greatest(0, coalesce(extract(epoch FROM ${NOW} - (
      SELECT min(requested_at) FROM transfer WHERE state = 'REQUESTED')), 0))::float8
      AS "unansweredSeconds"
  FROM (
    SELECT count(*)::float8 AS n, extract(epoch FROM ${NOW} - min(expected_at)) AS seconds
    FROM shipment WHERE overdue_since IS NOT NULL
  ) late`;

/** Transfers with a shipment whose time has passed without an alert; of at most `limit` shipments, the latest first. */
export async function newlyOverdue(session: Session, limit: number): Promise<string[]> {
  const rows = await session.query<{ transfer_id: string }>(FIND, [limit]);
  return rows.map((row) => row.transfer_id);
}

/** What is late now. */
export async function lateness(session: Session): Promise<Lateness> {
  const [row] = await session.query<Lateness>(LATENESS);
  return row!;
}

import type { Session } from "@septet/messaging";
import { NOW } from "./columns.js";

const FIND = `SELECT DISTINCT transfer_id FROM (
    SELECT s.transfer_id FROM shipment s
    WHERE s.open > 0 AND s.overdue_since IS NULL AND s.expected_at <= ${NOW} ORDER BY s.expected_at LIMIT $1
  ) late`;
const COUNT = `SELECT count(*)::float8 AS n,
    coalesce(extract(epoch FROM septet_now() - min(expected_at)), 0)::float8 AS seconds
  FROM shipment WHERE overdue_since IS NOT NULL`;

/** Transfers with a shipment whose time has passed without an alert; of at most `limit` shipments, the latest first. */
export async function newlyOverdue(session: Session, limit: number): Promise<string[]> {
  const rows = await session.query<{ transfer_id: string }>(FIND, [limit]);
  return rows.map((row) => row.transfer_id);
}

/** How many shipments are late now, and by how long the latest of them, seconds. */
export async function overdueNow(session: Session): Promise<{ shipments: number; seconds: number }> {
  const [row] = await session.query<{ n: number; seconds: number }>(COUNT);
  return { shipments: row!.n, seconds: Math.max(0, row!.seconds) };
}

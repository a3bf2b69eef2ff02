import type { Session } from "@septet/messaging";

import type { RecorderHeads } from "../domain/audit.js";
import type { Position } from "../domain/position.js";

/** How far one recorder's streams were folded: the next `limit` of them after a SKU, bytewise. */
export async function readStreamsOf(
  session: Session,
  recordedBy: string,
  after: string,
  limit: number,
): Promise<{ sku: string; position: Position }[]> {
  const rows = await session.query<{ sku: string; contiguous: number; ahead: Position["ahead"] }>(
    `SELECT sku, contiguous::float8 AS contiguous, ahead FROM stream_position
      WHERE recorded_by = $1 AND sku > $2 COLLATE "C" ORDER BY sku LIMIT $3`,
    [recordedBy, after, limit],
  );
  return rows.map(({ sku, ...position }) => ({ sku, position }));
}

/** How far the ledger has come with each recorder. */
export async function readHeads(session: Session): Promise<RecorderHeads[]> {
  return session.query<RecorderHeads>(
    `SELECT recorded_by AS "recordedBy", count(*)::int AS streams, sum(contiguous)::float8 AS movements
       FROM stream_position GROUP BY recorded_by ORDER BY recorded_by`,
  );
}

import type { Session } from "@septet/messaging";

import type { RecorderHeads } from "../domain/audit.js";

/** How far the ledger has come with each recorder. */
export async function readHeads(session: Session): Promise<RecorderHeads[]> {
  return session.query<RecorderHeads>(
    `SELECT recorded_by AS "recordedBy", count(*)::int AS streams, sum(contiguous)::float8 AS movements
       FROM stream_position GROUP BY recorded_by ORDER BY recorded_by`,
  );
}

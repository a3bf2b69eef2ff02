import type { Session } from "@septet/messaging";
import type { StockMovement } from "@septet/stock-contracts";
import type { Fork } from "../domain/alert.js";
import { bigints } from "./sql-arrays.js";

const FORKED = `
  INSERT INTO stream_fork (sku, recorded_by, sequence, kept_movement_id, refused_movement_id, seen_at, refused)
  SELECT DISTINCT ON (m.sku, m.recorded_by, m.sequence, again.movement_id)
         m.sku, m.recorded_by, m.sequence, m.movement_id, again.movement_id, to_timestamp($5::float8 / 1000), again.content
    FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $6::jsonb[])
      AS again (sku, recorded_by, sequence, movement_id, content)
   CROSS JOIN LATERAL (
     SELECT * FROM movement
      WHERE sku = again.sku AND recorded_by = again.recorded_by AND sequence = again.sequence
     OFFSET 0
   ) AS m
   WHERE m.movement_id <> again.movement_id
   ORDER BY m.sku, m.recorded_by, m.sequence, again.movement_id
  ON CONFLICT DO NOTHING
  RETURNING sku, recorded_by AS "recordedBy", sequence::float8 AS sequence, kept_movement_id AS "keptMovementId",
            refused_movement_id AS "refusedMovementId"`;

/**
 * Looks at movements whose sequence had been folded before. The same movement again is a duplicate and nothing; another
 * one under the same sequence is a fork.
 * @returns the forks not seen before
 */
export async function recordForks(session: Session, again: readonly StockMovement[], now: number): Promise<Fork[]> {
  if (again.length === 0) return [];
  return session.query<Fork>(FORKED, [
    again.map((m) => m.sku),
    again.map((m) => m.recordedBy),
    bigints(again.map((m) => m.sequence)),
    again.map((m) => m.movementId),
    now,
    again.map((m) => JSON.stringify(m)),
  ]);
}

/** The forks seen so far, newest first: how many, and the first `limit` of them. */
export async function readForks(session: Session, limit: number): Promise<{ count: number; items: Fork[] }> {
  const [total] = await session.query<{ count: number }>(`SELECT count(*)::int AS count FROM stream_fork`);
  const items = await session.query<Fork>(
    `SELECT sku, recorded_by AS "recordedBy", sequence::float8 AS sequence, kept_movement_id AS "keptMovementId",
            refused_movement_id AS "refusedMovementId"
       FROM stream_fork ORDER BY seen_at DESC, sku, sequence LIMIT $1`,
    [limit],
  );
  return { count: total!.count, items };
}

import type { Session } from "@septet/messaging";
import { ACCOUNTS, type Account } from "@septet/stock-contracts";
import type { Figure, LedgerReading, ServiceReading } from "../domain/comparison.js";
import type { Position } from "../domain/position.js";
import { COLUMN } from "./account-columns.js";
import { bigints } from "./sql-arrays.js";

interface Row {
  readonly sku: string;
  /** A location, or the recorder when `bucket` is null. */
  readonly name: string;
  readonly bucket: string | null;
  readonly quantity: number;
  readonly ahead: Position["ahead"] | null;
}

/**
 * One statement, so that positions, balances and movements are of one snapshot.
 *
 * The fold of exactly the movements within a service's positions is the balance less the movements outside of them:
 * those are the few at the end of a stream that the service has not applied yet, found by the primary key, while the
 * movements within are the whole history of the SKU. When positions are equal, nothing is outside and nothing is read.
 *
 * `OFFSET 0` keeps the planner from turning the lookups of a few hundred streams into a scan of all movements, which it
 * does as long as it takes a third of each stream to be outside (40,000 movements: 80 ms a page; it grows with the table).
 */
const READ = `
  WITH stream AS MATERIALIZED (
    SELECT sku, recorded_by, contiguous, ahead FROM stream_position WHERE sku = ANY ($1::text[])
  ), behind AS MATERIALIZED (
    SELECT stream.sku, stream.recorded_by, coalesce(w.contiguous, 0) AS contiguous, coalesce(w.ahead, '{}') AS ahead
      FROM stream
      LEFT JOIN unnest($2::text[], $3::text[], $4::bigint[], $5::int8multirange[]) AS w (sku, recorded_by, contiguous, ahead)
        ON w.sku = stream.sku AND w.recorded_by = stream.recorded_by
     WHERE coalesce(w.contiguous, 0) < stream.contiguous OR stream.ahead <> '[]'
  )
  SELECT sku, recorded_by AS name, NULL AS bucket, contiguous::float8 AS quantity, ahead FROM stream
  UNION ALL
  SELECT b.sku, b.location, account.name, account.quantity::float8, NULL
    FROM balance b
   CROSS JOIN LATERAL (VALUES ${ACCOUNTS.map((a) => `('${a}', b.${COLUMN[a]})`).join(", ")}) AS account (name, quantity)
   WHERE b.sku = ANY ($1::text[]) AND account.name = ANY ($6::text[]) AND account.quantity <> 0
  UNION ALL
  SELECT behind.sku, leg.value ->> 'location', leg.value ->> 'bucket', -sum((leg.value ->> 'delta')::bigint)::float8, NULL
    FROM behind
   CROSS JOIN LATERAL (
     SELECT m.legs FROM movement m
      WHERE m.sku = behind.sku AND m.recorded_by = behind.recorded_by
        AND m.sequence > behind.contiguous AND NOT m.sequence <@ behind.ahead
     OFFSET 0
   ) AS outside
   CROSS JOIN LATERAL jsonb_array_elements(outside.legs) AS leg
   WHERE leg.value ->> 'bucket' = ANY ($6::text[])
   GROUP BY 1, 2, 3`;

function multirange(position: Position): string {
  return `{${position.ahead.map(([from, to]) => `[${from},${to}]`).join(",")}}`;
}

/** The ledger's side of a comparison: its positions, and for each SKU the fold within the service's positions. */
export async function readLedger(
  session: Session,
  readings: readonly ServiceReading[],
  accounts: readonly Account[],
): Promise<Map<string, LedgerReading>> {
  const streams = readings.flatMap(({ sku, positions }) =>
    [...positions].map(([recordedBy, position]) => ({ sku, recordedBy, position })),
  );
  const rows = await session.query<Row>(READ, [
    readings.map((reading) => reading.sku),
    streams.map((stream) => stream.sku),
    streams.map((stream) => stream.recordedBy),
    bigints(streams.map((stream) => stream.position.contiguous)),
    streams.map((stream) => multirange(stream.position)),
    [...accounts],
  ]);
  const found = new Map<string, { positions: Map<string, Position>; foldWithin: Figure[] }>();
  for (const { sku } of readings) found.set(sku, { positions: new Map(), foldWithin: [] });
  for (const row of rows) {
    const reading = found.get(row.sku)!;
    if (row.bucket === null) reading.positions.set(row.name, { contiguous: row.quantity, ahead: row.ahead ?? [] });
    else reading.foldWithin.push({ location: row.name, bucket: row.bucket, quantity: row.quantity });
  }
  return found;
}

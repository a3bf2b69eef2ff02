import type { Session } from "@septet/messaging";
import type { CountCause, RecountReason, StocktakeLineState } from "@septet/stock-contracts";
import type { Approval, Count, Stocktake, StocktakeLine } from "../domain/stocktake.js";

/** A time column as epoch ms. */
const ms = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8 AS ${column}`;
/** An array column of epoch ms as a time; null stays null. */
const time = (column: string) => `to_timestamp(${column} / 1000.0)`;

const HEAD_COLUMNS = `stocktake_id, location, scope, blind, ${ms("created_at")}, created_by`;
/** The columns of a line, for `lineOf`. */
export const LINE_COLUMNS = `stocktake_id, sku, location, state, why, attempts, shelf, picked, unsellable, ${ms("counted_at")},
  counted_sequence::float8 AS counted_sequence, counted_by, variance::float8 AS variance,
  unsellable_variance::float8 AS unsellable_variance, cause, note, adjusted_total::float8 AS adjusted_total,
  adjusted_unsellable::float8 AS adjusted_unsellable, ${ms("approved_at")}, approved_by, standing`;

const LOAD_HEADS = `SELECT ${HEAD_COLUMNS} FROM stocktake WHERE stocktake_id = ANY($1::text[])`;
// UNION, not OR: each half has its own index, and a line that is named and stands comes once.
const LOAD_LINES = `SELECT ${LINE_COLUMNS} FROM stocktake_line
    WHERE (stocktake_id, sku) IN (SELECT * FROM unnest($1::text[], $2::text[]))
  UNION SELECT ${LINE_COLUMNS} FROM stocktake_line WHERE sku = ANY($3::text[]) AND standing`;

const UNNESTED = `unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[], $8::int[], $9::int[],
    $10::float8[], $11::bigint[], $12::text[], $13::bigint[], $14::bigint[], $15::text[], $16::text[], $17::bigint[],
    $18::bigint[], $19::float8[], $20::text[], $21::bool[])
  AS l (stocktake_id, sku, location, state, why, attempts, shelf, picked, unsellable, counted_at, counted_sequence, counted_by,
    variance, unsellable_variance, cause, note, adjusted_total, adjusted_unsellable, approved_at, approved_by, standing)`;
// A line that is new was found by a count of everything; the stream of its SKU is held, so nobody else adds it.
const KEEP_LINES = `INSERT INTO stocktake_line AS known (stocktake_id, sku, location, state, why, attempts, shelf, picked, unsellable,
    counted_at, counted_sequence, counted_by, variance, unsellable_variance, cause, note, adjusted_total, adjusted_unsellable,
    approved_at, approved_by, standing)
  SELECT stocktake_id, sku, location, state, why, attempts, shelf, picked, unsellable, ${time("counted_at")}, counted_sequence,
    counted_by, variance, unsellable_variance, cause, note, adjusted_total, adjusted_unsellable, ${time("approved_at")},
    approved_by, standing
  FROM ${UNNESTED}
  ON CONFLICT (stocktake_id, sku) DO UPDATE SET state = excluded.state, why = excluded.why, attempts = excluded.attempts,
    shelf = excluded.shelf, picked = excluded.picked, unsellable = excluded.unsellable, counted_at = excluded.counted_at,
    counted_sequence = excluded.counted_sequence, counted_by = excluded.counted_by, variance = excluded.variance,
    unsellable_variance = excluded.unsellable_variance, cause = excluded.cause, note = excluded.note,
    adjusted_total = excluded.adjusted_total, adjusted_unsellable = excluded.adjusted_unsellable,
    approved_at = excluded.approved_at, approved_by = excluded.approved_by, standing = excluded.standing`;
const NOTE_COUNTS = `INSERT INTO stocktake_count (stocktake_id, sku, attempt, shelf, picked, unsellable, counted_at,
    counted_sequence, counted_by, variance, unsellable_variance)
  SELECT stocktake_id, sku, attempts, shelf, picked, unsellable, ${time("counted_at")}, counted_sequence, counted_by, variance,
    unsellable_variance
  FROM ${UNNESTED}`;

interface HeadRow {
  stocktake_id: string;
  location: string;
  scope: Stocktake["scope"];
  blind: boolean;
  created_at: number;
  created_by: string | null;
}

/** A line as it is stored; what belongs to a count or an approval is null before there is one. */
export interface LineRow {
  stocktake_id: string;
  sku: string;
  location: string;
  state: StocktakeLineState;
  why: RecountReason | null;
  attempts: number;
  shelf: number | null;
  picked: number | null;
  unsellable: number | null;
  counted_at: number | null;
  counted_sequence: number | null;
  counted_by: string | null;
  variance: number | null;
  unsellable_variance: number | null;
  cause: CountCause | null;
  note: string | null;
  adjusted_total: number | null;
  adjusted_unsellable: number | null;
  approved_at: number | null;
  approved_by: string | null;
  standing: boolean;
}

/** The stocktakes of these ids that there are. */
export async function loadStocktakes(session: Session, ids: readonly string[]): Promise<Map<string, Stocktake>> {
  if (ids.length === 0) return new Map();
  const rows = await session.query<HeadRow>(LOAD_HEADS, [ids]);
  return new Map(
    rows.map((row) => [
      row.stocktake_id,
      {
        stocktakeId: row.stocktake_id,
        location: row.location,
        scope: row.scope,
        blind: row.blind,
        createdAt: row.created_at,
        createdBy: row.created_by,
      },
    ]),
  );
}

/** The named lines, and those that stand of the watched SKUs at any location. */
export async function loadLines(
  session: Session,
  named: readonly { readonly stocktakeId: string; readonly sku: string }[],
  watched: readonly string[],
): Promise<StocktakeLine[]> {
  if (named.length === 0 && watched.length === 0) return [];
  const rows = await session.query<LineRow>(LOAD_LINES, [
    named.map(({ stocktakeId }) => stocktakeId),
    named.map(({ sku }) => sku),
    watched,
  ]);
  return rows.map(lineOf);
}

/** Writes lines as they are now, and of those that were counted the counts. The caller holds the streams of their SKUs. */
export async function keepLines(
  session: Session,
  lines: readonly StocktakeLine[],
  counts: readonly StocktakeLine[],
): Promise<void> {
  if (lines.length > 0) await session.query(KEEP_LINES, valuesOf(lines));
  if (counts.length > 0) await session.query(NOTE_COUNTS, valuesOf(counts));
}

function valuesOf(lines: readonly StocktakeLine[]): unknown[] {
  const counts = lines.map(({ count }) => count);
  const approvals = lines.map(({ approval }) => approval);
  return [
    lines.map((line) => line.stocktakeId),
    lines.map((line) => line.sku),
    lines.map((line) => line.location),
    lines.map((line) => line.state),
    lines.map((line) => line.why),
    lines.map((line) => line.attempts),
    ...(
      ["shelf", "picked", "unsellable", "countedAt", "sequence", "countedBy", "variance", "unsellableVariance"] as const
    ).map((name) => counts.map((count) => count?.[name] ?? null)),
    ...(["cause", "note", "total", "unsellable", "approvedAt", "approvedBy"] as const).map((name) =>
      approvals.map((approval) => approval?.[name] ?? null),
    ),
    lines.map((line) => line.standing),
  ];
}

/** A line as the domain knows it. */
export function lineOf(row: LineRow): StocktakeLine {
  return {
    stocktakeId: row.stocktake_id,
    sku: row.sku,
    location: row.location,
    state: row.state,
    why: row.why,
    attempts: row.attempts,
    count: countOf(row),
    approval: approvalOf(row),
    standing: row.standing,
  };
}

function countOf(row: LineRow): Count | null {
  if (row.counted_at === null) return null;
  return {
    shelf: row.shelf!,
    picked: row.picked!,
    unsellable: row.unsellable,
    countedAt: row.counted_at,
    sequence: row.counted_sequence!,
    countedBy: row.counted_by,
    variance: row.variance!,
    unsellableVariance: row.unsellable_variance,
  };
}

function approvalOf(row: LineRow): Approval | null {
  if (row.approved_at === null) return null;
  return {
    cause: row.cause,
    note: row.note,
    total: row.adjusted_total!,
    unsellable: row.adjusted_unsellable!,
    approvedAt: row.approved_at,
    approvedBy: row.approved_by,
  };
}

import type { Session } from "@septet/messaging";
import type { Stocktake, StocktakeLine } from "../domain/stocktake.js";
import { LINE_COLUMNS, type LineRow, lineOf, loadStocktakes } from "./stocktake-rows.js";

/** As the partial index of unfinished lines has it. */
const UNFINISHED = "state IN ('OPEN', 'COUNTED', 'RECOUNT_NEEDED', 'REOPENED')";

const CREATE = `INSERT INTO stocktake (stocktake_id, location, scope, blind, created_at, created_by)
  VALUES ($1, $2, $3, $4, to_timestamp($5::float8 / 1000.0), $6)`;
const CREATE_LINES = `WITH added AS (
    INSERT INTO stocktake_line (stocktake_id, sku, location, state, attempts, standing)
    SELECT $1, sku, $2, 'OPEN', 0, false FROM unnest($3::text[]) AS told (sku) RETURNING 1
  ) SELECT count(*)::int AS lines FROM added`;
const CREATE_ALL_LINES = `WITH added AS (
    INSERT INTO stocktake_line (stocktake_id, sku, location, state, attempts, standing)
    SELECT $1, sku, $2, 'OPEN', 0, false FROM on_hand
    WHERE location = $2 AND (total <> 0 OR unsellable <> 0) LIMIT $3 RETURNING 1
  ) SELECT count(*)::int AS lines FROM added`;
const CANCEL = `WITH cancelled AS (
    UPDATE stocktake_line SET state = 'CANCELLED', why = NULL
    WHERE stocktake_id = $1 AND ${UNFINISHED} AND approved_at IS NULL RETURNING 1
  ) SELECT count(*)::int AS lines FROM cancelled`;
const STATES = `SELECT state, count(*)::int AS lines FROM stocktake_line WHERE stocktake_id = $1 GROUP BY state`;

/** Which stocktakes; what is missing does not matter. Open is one with lines that are not finished. */
export interface StocktakeFilter {
  readonly state?: "OPEN" | "CLOSED" | undefined;
  readonly location?: string | undefined;
  readonly sku?: string | undefined;
}

export interface StocktakeCursor {
  /** Epoch ms. */
  readonly createdAt: number;
  readonly stocktakeId: string;
}

/** Writes a stocktake with its lines: the named SKUs, or at most `maxLines` of what lies there. Returns how many. */
export async function createStocktake(
  session: Session,
  stocktake: Stocktake,
  skus: readonly string[],
  maxLines: number,
): Promise<number> {
  const { stocktakeId, location, scope, blind, createdAt, createdBy } = stocktake;
  await session.query(CREATE, [stocktakeId, location, scope, blind, createdAt, createdBy]);
  const [row] =
    scope === "ALL"
      ? await session.query<{ lines: number }>(CREATE_ALL_LINES, [stocktakeId, location, maxLines])
      : await session.query<{ lines: number }>(CREATE_LINES, [stocktakeId, location, skus]);
  return row!.lines;
}

/** Nobody will count what is not approved yet; what was approved before stays, also when it is to be counted again. */
export async function cancelLines(session: Session, stocktakeId: string): Promise<number> {
  const [row] = await session.query<{ lines: number }>(CANCEL, [stocktakeId]);
  return row!.lines;
}

/** How many lines of a stocktake are in each state. */
export async function countStates(session: Session, stocktakeId: string): Promise<Record<string, number>> {
  const rows = await session.query<{ state: string; lines: number }>(STATES, [stocktakeId]);
  return Object.fromEntries(rows.map(({ state, lines }) => [state, lines]));
}

/** At most `limit` stocktakes, oldest first, ties by id, and which of them are open. */
export async function listStocktakes(
  session: Session,
  filter: StocktakeFilter,
  after: StocktakeCursor | null,
  limit: number,
): Promise<(Stocktake & { open: boolean })[]> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const open = `EXISTS (SELECT FROM stocktake_line l WHERE l.stocktake_id = s.stocktake_id AND l.${UNFINISHED})`;
  // Only what is asked for becomes a condition, so that each listing finds its own index.
  const conditions = ["true"];
  if (filter.location !== undefined) conditions.push(`s.location = ${value(filter.location)}`);
  if (filter.state !== undefined) conditions.push(filter.state === "OPEN" ? open : `NOT ${open}`);
  if (filter.sku !== undefined) {
    conditions.push(
      `EXISTS (SELECT FROM stocktake_line l WHERE l.stocktake_id = s.stocktake_id AND l.sku = ${value(filter.sku)})`,
    );
  }
  if (after !== null) {
    const time = `to_timestamp(${value(after.createdAt)}::float8 / 1000.0)`;
    conditions.push(`(s.created_at, s.stocktake_id) > (${time}, ${value(after.stocktakeId)})`);
  }
  const found = await session.query<{ stocktake_id: string; open: boolean }>(
    `SELECT s.stocktake_id, ${open} AS open FROM stocktake s WHERE ${conditions.join(" AND ")}
     ORDER BY s.created_at, s.stocktake_id LIMIT ${value(limit)}`,
    values,
  );
  const heads = await loadStocktakes(
    session,
    found.map((row) => row.stocktake_id),
  );
  return found.flatMap(({ stocktake_id, open }) => {
    const head = heads.get(stocktake_id);
    return head === undefined ? [] : [{ ...head, open }];
  });
}

/** What the book says of a line now, in pieces. */
export interface BookedPieces {
  readonly total: number;
  readonly unsellable: number;
}

/** At most `limit` lines of a stocktake by SKU, after one, with what the book says now. */
export async function listLines(
  session: Session,
  stocktakeId: string,
  state: string | undefined,
  after: string,
  limit: number,
): Promise<{ line: StocktakeLine; book: BookedPieces }[]> {
  const rows = await session.query<LineRow & { book_total: number; book_unsellable: number }>(
    `SELECT l.*, coalesce(h.total, 0)::float8 AS book_total, coalesce(h.unsellable, 0)::float8 AS book_unsellable
     FROM (SELECT ${LINE_COLUMNS} FROM stocktake_line
           WHERE stocktake_id = $1 AND sku > $2 AND ($3::text IS NULL OR state = $3) ORDER BY sku LIMIT $4) l
     LEFT JOIN on_hand h ON h.sku = l.sku AND h.location = l.location ORDER BY l.sku`,
    [stocktakeId, after, state ?? null, limit],
  );
  return rows.map(({ book_total: total, book_unsellable: unsellable, ...row }) => ({
    line: lineOf(row),
    book: { total, unsellable },
  }));
}

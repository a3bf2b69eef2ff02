import type { Session } from "@septet/messaging";
import type { ReconciledLine, Reconciliation } from "../domain/reconciliation.js";
import { ms, time } from "./columns.js";

/** A stocktake without its lines. Times in epoch ms. */
export interface StocktakeHead {
  readonly supplierId: string;
  readonly stocktakeId: string;
  readonly state: Reconciliation["state"];
  /** What it was told as: told again with the same it is the same one. */
  readonly content: string;
  readonly openedAt: number;
  readonly openedBy: string;
  readonly closedAt: number | null;
  readonly closedBy: string | null;
}

export interface Stocktake extends StocktakeHead {
  readonly lines: readonly ReconciledLine[];
}

interface LineRow {
  readonly sku: string;
  readonly counted: number;
  readonly recorded: number;
  readonly cause: ReconciledLine["cause"];
  readonly owner: string | null;
  readonly dueOn: string | null;
  readonly note: string | null;
  readonly done: boolean;
}

const HEAD = `supplier_id AS "supplierId", stocktake_id AS "stocktakeId", state, content, ${ms("opened_at", '"openedAt"')},
  opened_by AS "openedBy", ${ms("closed_at", '"closedAt"')}, closed_by AS "closedBy"`;
const LOAD = `SELECT ${HEAD} FROM stocktake WHERE supplier_id = $1 AND stocktake_id = $2`;
const LINES = `SELECT sku, counted::float8 AS counted, recorded::float8 AS recorded, cause, owner, due_on AS "dueOn", note, done
  FROM stocktake_line WHERE supplier_id = $1 AND stocktake_id = $2 ORDER BY sku`;
const LIST = `SELECT ${HEAD} FROM stocktake WHERE supplier_id = $1
    AND ($2::float8 IS NULL OR (opened_at, stocktake_id) > (${time("$2::float8")}, $3))
  ORDER BY opened_at, stocktake_id LIMIT $4`;
const ADD = `INSERT INTO stocktake (supplier_id, stocktake_id, state, content, opened_at, opened_by)
  VALUES ($1, $2, $3, $4, ${time("$5::float8")}, $6)`;
const ADD_LINES = `INSERT INTO stocktake_line (supplier_id, stocktake_id, sku, counted, recorded)
  SELECT $1, $2, sku, counted, recorded FROM unnest($3::text[], $4::bigint[], $5::bigint[]) AS l (sku, counted, recorded)`;
const CLOSE = `UPDATE stocktake SET state = $3, closed_at = septet_now(), closed_by = $4
  WHERE supplier_id = $1 AND stocktake_id = $2`;
const KEEP_LINES = `UPDATE stocktake_line l SET cause = c.cause, owner = c.owner, due_on = c.due_on, note = c.note, done = c.done
  FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[])
    AS c (sku, cause, owner, due_on, note, done)
  WHERE l.supplier_id = $1 AND l.stocktake_id = $2 AND l.sku = c.sku`;

export async function loadStocktake(session: Session, supplierId: string, id: string): Promise<Stocktake | undefined> {
  const [head] = await session.query<StocktakeHead>(LOAD, [supplierId, id]);
  if (head === undefined) return undefined;
  const rows = await session.query<LineRow>(LINES, [supplierId, id]);
  const lines = rows.map(({ owner, dueOn, note, done, ...line }): ReconciledLine => {
    return { ...line, followUp: owner === null || dueOn === null ? null : { owner, dueOn, note, done } };
  });
  return { ...head, lines };
}

/** At most `limit` stocktakes of a supplier after one, oldest first. */
export function listStocktakes(
  session: Session,
  supplierId: string,
  after: { readonly openedAt: number; readonly stocktakeId: string } | null,
  limit: number,
): Promise<StocktakeHead[]> {
  return session.query<StocktakeHead>(LIST, [supplierId, after?.openedAt ?? null, after?.stocktakeId ?? null, limit]);
}

export async function addStocktake(session: Session, stocktake: Stocktake): Promise<void> {
  const { supplierId, stocktakeId, state, content, openedAt, openedBy, lines } = stocktake;
  await session.query(ADD, [supplierId, stocktakeId, state, content, openedAt, openedBy]);
  const columns = [lines.map(({ sku }) => sku), lines.map((line) => line.counted), lines.map((line) => line.recorded)];
  await session.query(ADD_LINES, [supplierId, stocktakeId, ...columns]);
}

/** Writes the lines that differ from those before; the caller holds the stocktake's row. */
export async function keepStocktakeLines(
  session: Session,
  { supplierId, stocktakeId, lines: before }: Stocktake,
  after: readonly ReconciledLine[],
): Promise<void> {
  const changed = after.filter((line) => !before.includes(line));
  if (changed.length === 0) return;
  await session.query(KEEP_LINES, [
    supplierId,
    stocktakeId,
    changed.map(({ sku }) => sku),
    changed.map(({ cause }) => cause),
    changed.map(({ followUp }) => followUp?.owner ?? null),
    changed.map(({ followUp }) => followUp?.dueOn ?? null),
    changed.map(({ followUp }) => followUp?.note ?? null),
    changed.map(({ followUp }) => followUp?.done ?? false),
  ]);
}

export async function closeStocktake(
  session: Session,
  { supplierId, stocktakeId }: StocktakeHead,
  state: Reconciliation["state"],
  by: string,
): Promise<void> {
  await session.query(CLOSE, [supplierId, stocktakeId, state, by]);
}

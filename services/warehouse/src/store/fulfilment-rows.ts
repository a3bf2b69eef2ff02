import type { Session } from "@septet/messaging";
import type { FulfilmentState } from "@septet/stock-contracts";
import type { FulfilmentUpdate } from "../domain/decision.js";
import type { Fulfilment, FulfilmentLine } from "../domain/fulfilment.js";

/** A time column as epoch ms. */
const ms = (column: string, alias = column) => `round(extract(epoch FROM ${column}) * 1000)::float8 AS ${alias}`;
/** An array of epoch ms as times; nulls stay null. */
const time = (column: string) => `to_timestamp(${column} / 1000.0)`;

/** The columns of a head, for `headOf`. */
export const HEAD_COLUMNS = `f.fulfilment_id, f.order_id, f.location, f.state, f.tracking, ${ms("f.deliver_by", "deliver_by")},
  ${ms("f.requested_at", "requested_at")}, ${ms("f.picked_at", "picked_at")}, ${ms("f.closed_at", "closed_at")}`;

const LOAD_HEADS = `SELECT ${HEAD_COLUMNS} FROM fulfilment f WHERE f.fulfilment_id = ANY($1::text[])`;
const LOAD_LINES = `SELECT fulfilment_id, line_id, sku, quantity, shipped, short, damaged, cancelled, reversed
  FROM fulfilment_line WHERE fulfilment_id = ANY($1::text[]) ORDER BY fulfilment_id, position`;
const LOAD_SKUS = `SELECT DISTINCT sku FROM fulfilment_line WHERE fulfilment_id = ANY($1::text[])`;

const CREATE_HEADS = `INSERT INTO fulfilment (fulfilment_id, order_id, location, state, deliver_by, requested_at, closed_at)
  SELECT id, order_id, location, state, ${time("deliver_by")}, ${time("requested_at")}, ${time("closed_at")}
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::float8[], $7::float8[])
    AS f (id, order_id, location, state, deliver_by, requested_at, closed_at)`;
const CREATE_LINES = `INSERT INTO fulfilment_line (fulfilment_id, line_id, position, sku, quantity, cancelled)
  SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::int[], $6::int[])`;

const UPDATE_HEADS = `UPDATE fulfilment f SET state = c.state, picked_at = ${time("c.picked_at")},
    closed_at = ${time("c.closed_at")}, tracking = c.tracking
  FROM unnest($1::text[], $2::text[], $3::float8[], $4::float8[], $5::text[]) AS c (id, state, picked_at, closed_at, tracking)
  WHERE f.fulfilment_id = c.id`;
// Absolute figures: the head's row is locked, and no line changes without it.
const UPDATE_LINES = `UPDATE fulfilment_line l SET shipped = c.shipped, short = c.short, damaged = c.damaged,
    cancelled = c.cancelled, reversed = c.reversed
  FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[],
    $8::text[]) AS c (id, line_id, shipped, short, damaged, cancelled, reversed, sku)
  WHERE l.fulfilment_id = c.id AND l.line_id = c.line_id AND l.sku = c.sku`;

export interface HeadRow {
  fulfilment_id: string;
  order_id: string;
  location: string;
  state: FulfilmentState;
  tracking: string | null;
  deliver_by: number | null;
  requested_at: number;
  picked_at: number | null;
  closed_at: number | null;
}
type LineRow = Omit<FulfilmentLine, "lineId"> & { fulfilment_id: string; line_id: string };

/** The SKUs of fulfilments that are known only by their ids. */
export async function skusOfFulfilments(session: Session, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await session.query<{ sku: string }>(LOAD_SKUS, [ids]);
  return rows.map((row) => row.sku);
}

/** The fulfilments with their lines, by id; ids that nobody requested are missing. */
export async function loadFulfilments(session: Session, ids: readonly string[]): Promise<Map<string, Fulfilment>> {
  if (ids.length === 0) return new Map();
  return withLines(session, await session.query<HeadRow>(LOAD_HEADS, [ids]));
}

/** Heads with their lines, in the order of the heads. */
export async function withLines(session: Session, heads: readonly HeadRow[]): Promise<Map<string, Fulfilment>> {
  if (heads.length === 0) return new Map();
  const lines = new Map<string, FulfilmentLine[]>(heads.map((head) => [head.fulfilment_id, []]));
  for (const row of await session.query<LineRow>(LOAD_LINES, [[...lines.keys()]])) {
    const { fulfilment_id, line_id: lineId, ...counts } = row;
    lines.get(fulfilment_id)!.push({ lineId, ...counts });
  }
  return new Map(heads.map((head) => [head.fulfilment_id, fulfilmentOf(head, lines.get(head.fulfilment_id)!)]));
}

function fulfilmentOf(head: HeadRow, lines: readonly FulfilmentLine[]): Fulfilment {
  return {
    fulfilmentId: head.fulfilment_id,
    orderId: head.order_id,
    location: head.location,
    state: head.state,
    deliverBy: head.deliver_by,
    requestedAt: head.requested_at,
    pickedAt: head.picked_at,
    closedAt: head.closed_at,
    tracking: head.tracking,
    lines,
  };
}

/** Writes fulfilments that were requested just now. */
export async function createFulfilments(session: Session, fulfilments: readonly Fulfilment[]): Promise<void> {
  if (fulfilments.length === 0) return;
  await session.query(CREATE_HEADS, [
    fulfilments.map((f) => f.fulfilmentId),
    fulfilments.map((f) => f.orderId),
    fulfilments.map((f) => f.location),
    fulfilments.map((f) => f.state),
    fulfilments.map((f) => f.deliverBy),
    fulfilments.map((f) => f.requestedAt),
    fulfilments.map((f) => f.closedAt),
  ]);
  const lines = fulfilments.flatMap((f) => f.lines.map((line, position) => ({ id: f.fulfilmentId, position, line })));
  await session.query(CREATE_LINES, [
    lines.map(({ id }) => id),
    lines.map(({ line }) => line.lineId),
    lines.map(({ position }) => position),
    lines.map(({ line }) => line.sku),
    lines.map(({ line }) => line.quantity),
    lines.map(({ line }) => line.cancelled),
  ]);
}

/** Writes what changed of fulfilments whose heads are locked: one statement for heads, one for lines. */
export async function updateFulfilments(session: Session, updates: readonly FulfilmentUpdate[]): Promise<void> {
  if (updates.length === 0) return;
  const heads = updates.map((update) => update.fulfilment);
  await session.query(UPDATE_HEADS, [
    heads.map((f) => f.fulfilmentId),
    heads.map((f) => f.state),
    heads.map((f) => f.pickedAt),
    heads.map((f) => f.closedAt),
    heads.map((f) => f.tracking),
  ]);
  const lines = updates.flatMap(({ fulfilment, lines }) =>
    lines.map((line) => ({ id: fulfilment.fulfilmentId, line })),
  );
  if (lines.length === 0) return;
  await session.query(UPDATE_LINES, [
    lines.map(({ id }) => id),
    lines.map(({ line }) => line.lineId),
    lines.map(({ line }) => line.shipped),
    lines.map(({ line }) => line.short),
    lines.map(({ line }) => line.damaged),
    lines.map(({ line }) => line.cancelled),
    lines.map(({ line }) => line.reversed),
    lines.map(({ line }) => line.sku),
  ]);
}

import type { Session } from "@septet/messaging";
import type { CountedPieces } from "../domain/offer.js";
import type { OfferKey } from "../domain/offer-row.js";
import { type CancelAsked, lineKey, type OrderLine, type SupplierOrder } from "../domain/order.js";
import { ms, time } from "./columns.js";

/** The columns of a head, for `withParts`. */
export const HEAD_COLUMNS = `h.fulfilment_id AS "fulfilmentId", h.order_id AS "orderId", h.supplier_id AS "supplierId", h.state,
  ${ms("h.deliver_by", '"deliverBy"')}, ${ms("h.requested_at", '"requestedAt"')}, h.batch_day AS "batchDay",
  ${ms("h.send_at", '"sendAt"')}, ${ms("h.sent_at", '"sentAt"')},
  ${ms("h.confirmation_due_at", '"confirmationDueAt"')}, ${ms("h.closed_at", '"closedAt"')}, h.tracking`;
const LOAD_HEADS = `SELECT ${HEAD_COLUMNS} FROM supplier_order h WHERE h.fulfilment_id = ANY($1::text[])`;
const LOAD_LINES = `SELECT fulfilment_id, line_id AS "lineId", sku, quantity, shipped, short, cancelled,
    ${ms("answered_at", '"answeredAt"')}
  FROM supplier_order_line WHERE fulfilment_id = ANY($1::text[]) ORDER BY fulfilment_id, position`;
const LOAD_CONFIRMED = `SELECT fulfilment_id, line_id AS "lineId", sku, ${ms("at", "at")}, pieces
  FROM confirmation WHERE fulfilment_id = ANY($1::text[]) ORDER BY fulfilment_id, line_id, sku, confirmation.at`;
const LOAD_ASKS = `SELECT asked FROM cancel_ask WHERE fulfilment_id = ANY($1::text[]) ORDER BY received_at, request_id`;
const LOAD_KEYS = `SELECT DISTINCT sku, supplier_id AS "supplierId" FROM supplier_order_line WHERE fulfilment_id = ANY($1::text[])`;

const CREATE_HEADS = `INSERT INTO supplier_order (fulfilment_id, order_id, supplier_id, state, deliver_by, requested_at,
    batch_day, send_at, confirmation_due_at, closed_at)
  SELECT id, order_id, supplier_id, state, ${time("deliver_by")}, ${time("requested_at")}, batch_day, ${time("send_at")},
    ${time("due_at")}, ${time("closed_at")}
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::float8[], $7::text[], $8::float8[], $9::float8[],
      $10::float8[])
    AS h (id, order_id, supplier_id, state, deliver_by, requested_at, batch_day, send_at, due_at, closed_at)`;
const CREATE_LINES = `INSERT INTO supplier_order_line (fulfilment_id, line_id, sku, position, supplier_id, quantity, cancelled, answered_at)
  SELECT id, line_id, sku, position, supplier_id, quantity, cancelled, ${time("answered_at")}
  FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::int[], $7::int[], $8::float8[])
    AS l (id, line_id, sku, position, supplier_id, quantity, cancelled, answered_at)`;
const UPDATE_HEADS = `UPDATE supplier_order h SET state = c.state, sent_at = ${time("c.sent_at")},
    closed_at = ${time("c.closed_at")}, tracking = c.tracking
  FROM unnest($1::text[], $2::text[], $3::float8[], $4::float8[], $5::text[]) AS c (id, state, sent_at, closed_at, tracking)
  WHERE h.fulfilment_id = c.id`;
// Absolute figures: the head's row is locked, and no line changes without it.
const UPDATE_LINES = `UPDATE supplier_order_line l SET shipped = c.shipped, short = c.short, cancelled = c.cancelled,
    answered_at = ${time("c.answered_at")}
  FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::int[], $7::float8[])
    AS c (id, line_id, sku, shipped, short, cancelled, answered_at)
  WHERE l.fulfilment_id = c.id AND l.line_id = c.line_id AND l.sku = c.sku`;
const FORGET_CONFIRMED = "DELETE FROM confirmation WHERE fulfilment_id = ANY($1::text[])";
const ADD_CONFIRMED = `INSERT INTO confirmation (fulfilment_id, line_id, sku, at, supplier_id, pieces)
  SELECT id, line_id, sku, ${time("at")}, supplier_id, sum(pieces)
  FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::text[], $6::int[]) AS c (id, line_id, sku, at, supplier_id, pieces)
  GROUP BY id, line_id, sku, at, supplier_id`;
const KEEP_ASKS = `INSERT INTO cancel_ask (request_id, fulfilment_id, asked)
  SELECT * FROM unnest($1::text[], $2::text[], $3::jsonb[])`;
const FORGET_ASKS = "DELETE FROM cancel_ask WHERE request_id = ANY($1::text[])";

/** A head as it is read; its parts come beside. */
export type HeadRow = Omit<SupplierOrder, "lines" | "asks">;
type LineRow = Omit<OrderLine, "confirmed"> & { fulfilment_id: string };
type ConfirmedRow = CountedPieces & { fulfilment_id: string; lineId: string; sku: string };

/** The SKUs of orders that are known only by their ids. Lines never change them. */
export async function offersOfOrders(session: Session, ids: readonly string[]): Promise<OfferKey[]> {
  return ids.length === 0 ? [] : session.query<OfferKey>(LOAD_KEYS, [ids]);
}

/** The orders with their lines and what they are asked for, by fulfilmentId; ids that nobody requested are missing. */
export async function loadOrders(session: Session, ids: readonly string[]): Promise<Map<string, SupplierOrder>> {
  if (ids.length === 0) return new Map();
  return withParts(session, await session.query<HeadRow>(LOAD_HEADS, [ids]));
}

/** Heads with their parts, in the order of the heads. */
export async function withParts(session: Session, heads: readonly HeadRow[]): Promise<Map<string, SupplierOrder>> {
  if (heads.length === 0) return new Map();
  const ids = heads.map(({ fulfilmentId }) => fulfilmentId);
  const confirmed = new Map<string, CountedPieces[]>();
  for (const { fulfilment_id, at, pieces, ...line } of await session.query<ConfirmedRow>(LOAD_CONFIRMED, [ids])) {
    const key = `${fulfilment_id}\u0000${lineKey(line)}`;
    confirmed.set(key, [...(confirmed.get(key) ?? []), { at, pieces }]);
  }
  const lines = new Map<string, OrderLine[]>(ids.map((id) => [id, []]));
  for (const { fulfilment_id, ...line } of await session.query<LineRow>(LOAD_LINES, [ids])) {
    lines
      .get(fulfilment_id)!
      .push({ ...line, confirmed: confirmed.get(`${fulfilment_id}\u0000${lineKey(line)}`) ?? [] });
  }
  const asks = await loadAsks(session, ids);
  return new Map(
    heads.map((head) => {
      const { fulfilmentId } = head;
      return [fulfilmentId, { ...head, lines: lines.get(fulfilmentId)!, asks: asks.get(fulfilmentId) ?? [] }];
    }),
  );
}

/** The cancel requests about fulfilments that were not answered yet, by fulfilmentId, oldest first. */
export async function loadAsks(session: Session, ids: readonly string[]): Promise<Map<string, CancelAsked[]>> {
  const found = new Map<string, CancelAsked[]>();
  if (ids.length === 0) return found;
  for (const { asked } of await session.query<{ asked: CancelAsked }>(LOAD_ASKS, [ids])) {
    found.set(asked.fulfilmentId, [...(found.get(asked.fulfilmentId) ?? []), asked]);
  }
  return found;
}

/** Writes orders as they are to stand, those that are new among them; the heads of the others are locked. */
export async function writeOrders(
  session: Session,
  changes: readonly { readonly before: SupplierOrder | undefined; readonly after: SupplierOrder }[],
): Promise<void> {
  const fresh = changes.filter(({ before }) => before === undefined).map(({ after }) => after);
  const known = changes.filter(({ before }) => before !== undefined).map(({ after }) => after);
  if (fresh.length > 0) await createOrders(session, fresh);
  if (known.length > 0) await updateOrders(session, known);
}

async function createOrders(session: Session, orders: readonly SupplierOrder[]): Promise<void> {
  await session.query(CREATE_HEADS, [
    orders.map((order) => order.fulfilmentId),
    orders.map((order) => order.orderId),
    orders.map((order) => order.supplierId),
    orders.map((order) => order.state),
    orders.map((order) => order.deliverBy),
    orders.map((order) => order.requestedAt),
    orders.map((order) => order.batchDay),
    orders.map((order) => order.sendAt),
    orders.map((order) => order.confirmationDueAt),
    orders.map((order) => order.closedAt),
  ]);
  const lines = linesOf(orders);
  await session.query(CREATE_LINES, [
    lines.map(({ order }) => order.fulfilmentId),
    lines.map(({ line }) => line.lineId),
    lines.map(({ line }) => line.sku),
    lines.map(({ position }) => position),
    lines.map(({ order }) => order.supplierId),
    lines.map(({ line }) => line.quantity),
    lines.map(({ line }) => line.cancelled),
    lines.map(({ line }) => line.answeredAt),
  ]);
}

async function updateOrders(session: Session, orders: readonly SupplierOrder[]): Promise<void> {
  const ids = orders.map((order) => order.fulfilmentId);
  await session.query(UPDATE_HEADS, [
    ids,
    orders.map((order) => order.state),
    orders.map((order) => order.sentAt),
    orders.map((order) => order.closedAt),
    orders.map((order) => order.tracking),
  ]);
  const lines = linesOf(orders);
  await session.query(UPDATE_LINES, [
    lines.map(({ order }) => order.fulfilmentId),
    lines.map(({ line }) => line.lineId),
    lines.map(({ line }) => line.sku),
    lines.map(({ line }) => line.shipped),
    lines.map(({ line }) => line.short),
    lines.map(({ line }) => line.cancelled),
    lines.map(({ line }) => line.answeredAt),
  ]);
  await session.query(FORGET_CONFIRMED, [ids]);
  const parts = lines.flatMap(({ order, line }) => line.confirmed.map((part) => ({ order, line, part })));
  if (parts.length === 0) return;
  await session.query(ADD_CONFIRMED, [
    parts.map(({ order }) => order.fulfilmentId),
    parts.map(({ line }) => line.lineId),
    parts.map(({ line }) => line.sku),
    parts.map(({ part }) => part.at),
    parts.map(({ order }) => order.supplierId),
    parts.map(({ part }) => part.pieces),
  ]);
}

const linesOf = (orders: readonly SupplierOrder[]) =>
  orders.flatMap((order) => order.lines.map((line, position) => ({ order, line, position })));

/** Keeps cancel requests that wait, and forgets those that were answered. */
export async function keepAsks(
  session: Session,
  kept: readonly CancelAsked[],
  answered: readonly string[],
): Promise<void> {
  if (kept.length > 0) {
    await session.query(KEEP_ASKS, [
      kept.map(({ requestId }) => requestId),
      kept.map(({ fulfilmentId }) => fulfilmentId),
      kept.map((asked) => JSON.stringify(asked)),
    ]);
  }
  if (answered.length > 0) await session.query(FORGET_ASKS, [answered]);
}

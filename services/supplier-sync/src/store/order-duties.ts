import type { Session } from "@septet/messaging";

const NOW = "(SELECT septet_now())";
const TO_SEND = `SELECT fulfilment_id AS id FROM supplier_order WHERE state = 'REQUESTED' AND send_at <= ${NOW}
  ORDER BY send_at LIMIT $1`;
const SEND = `UPDATE supplier_order SET state = 'SENT', sent_at = septet_now()
  WHERE fulfilment_id = ANY($1::text[]) AND state = 'REQUESTED'`;
const OVERDUE = `SELECT fulfilment_id AS id FROM supplier_order
  WHERE state = 'SENT' AND confirmation_due_at <= ${NOW} AND overdue_since IS NULL ORDER BY confirmation_due_at LIMIT $1`;
const NOTE_OVERDUE = `UPDATE supplier_order SET overdue_since = septet_now()
  WHERE fulfilment_id = ANY($1::text[]) AND state = 'SENT' AND overdue_since IS NULL
  RETURNING supplier_id AS "supplierId", batch_day AS "batchDay"`;
const RAISE = `INSERT INTO standing_alert (alert_id, code, supplier_id, batch_day)
  SELECT DISTINCT ON (alert_id COLLATE "C") alert_id, $1, supplier_id, batch_day
  FROM unnest($2::text[], $3::text[], $4::text[]) AS a (alert_id, supplier_id, batch_day) ORDER BY alert_id COLLATE "C"
  ON CONFLICT (alert_id) DO NOTHING
  RETURNING supplier_id AS "supplierId", batch_day AS "batchDay"`;
const ANSWERED = `DELETE FROM standing_alert a WHERE a.code = $1 AND NOT EXISTS (
    SELECT FROM supplier_order o WHERE o.supplier_id = a.supplier_id AND o.state = 'SENT' AND o.batch_day = a.batch_day
      AND o.overdue_since IS NOT NULL)
  RETURNING supplier_id AS "supplierId", batch_day AS "batchDay"`;
const OPEN = "o.state IN ('REQUESTED', 'SENT', 'CONFIRMED')";
const TO_SETTLE = `SELECT o.fulfilment_id AS "fulfilmentId", o.supplier_id AS "supplierId" FROM supplier s
  JOIN supplier_order o ON o.supplier_id = s.supplier_id AND ${OPEN}
  WHERE s.settling ORDER BY o.requested_at, o.fulfilment_id LIMIT $1`;
const OPEN_AT = `SELECT count(DISTINCT o.fulfilment_id)::float8 AS orders,
    coalesce(sum(l.quantity - l.shipped - l.short - l.cancelled), 0)::float8 AS pieces
  FROM supplier_order o JOIN supplier_order_line l ON l.fulfilment_id = o.fulfilment_id
  WHERE o.supplier_id = $1 AND ${OPEN}`;
const LATENESS = `SELECT count(*)::float8 AS orders,
    greatest(0, coalesce(extract(epoch FROM ${NOW} - min(confirmation_due_at)), 0))::float8 AS seconds
  FROM supplier_order WHERE state = 'SENT' AND confirmation_due_at <= ${NOW}`;

/** Orders of a supplier that went to it together. */
export interface BatchKey {
  readonly supplierId: string;
  readonly batchDay: string;
}

/** How many orders wait for an answer past their time, and the longest of them by how long, seconds. */
export interface OrderLateness {
  readonly orders: number;
  readonly seconds: number;
}

/** At most `limit` orders whose cut-off has come, the longest ago first. */
export async function ordersToSend(session: Session, limit: number): Promise<string[]> {
  return (await session.query<{ id: string }>(TO_SEND, [limit])).map(({ id }) => id);
}

/** Sends those of the orders that still wait; the caller holds their rows. */
export async function sendOrders(session: Session, ids: readonly string[]): Promise<void> {
  await session.query(SEND, [ids]);
}

/** At most `limit` orders that were not answered for in time, and that nobody has noted. */
export async function ordersOverdue(session: Session, limit: number): Promise<string[]> {
  return (await session.query<{ id: string }>(OVERDUE, [limit])).map(({ id }) => id);
}

/** Notes lateness; the batches of those that were not noted before. The caller holds the orders' rows. */
export function noteOverdue(session: Session, ids: readonly string[]): Promise<BatchKey[]> {
  return session.query<BatchKey>(NOTE_OVERDUE, [ids]);
}

/** Remembers that alerts stand, each known by its id; those of which nobody had said so. */
export function raiseOnce(
  session: Session,
  code: string,
  alerts: readonly (BatchKey & { readonly alertId: string })[],
): Promise<BatchKey[]> {
  return session.query<BatchKey>(RAISE, [
    code,
    alerts.map(({ alertId }) => alertId),
    alerts.map(({ supplierId }) => supplierId),
    alerts.map(({ batchDay }) => batchDay),
  ]);
}

/** Forgets the alerts of batches in which nothing waits any more; those batches. */
export const forgetAnswered = (session: Session, code: string): Promise<BatchKey[]> =>
  session.query<BatchKey>(ANSWERED, [code]);

export async function orderLateness(session: Session): Promise<OrderLateness> {
  const [row] = await session.query<OrderLateness>(LATENESS);
  return row!;
}

/** At most `limit` open orders of suppliers whose orders are being settled, oldest first. */
export function ordersToSettle(
  session: Session,
  limit: number,
): Promise<{ readonly fulfilmentId: string; readonly supplierId: string }[]> {
  return session.query(TO_SETTLE, [limit]);
}

/** What is ordered at a supplier's and neither shipped, short nor cancelled. */
export async function openAt(session: Session, supplierId: string): Promise<{ orders: number; pieces: number }> {
  const [row] = await session.query<{ orders: number; pieces: number }>(OPEN_AT, [supplierId]);
  return row!;
}

import type { Session } from "@septet/messaging";
import { type Order, type OrderChange, skusOf } from "../domain/index.js";
import type { OrderDetails } from "./load-orders.js";

/** `skus` travel as one text per order, because unnest flattens arrays of arrays. What was ordered is not repeated: the lines say it. */
const ROWS = `unnest($1::text[], $2::text[], $3::bool[], $4::bool[], $5::float8[], $6::float8[], $7::text[], $8::text[],
  $9::text[], $10::text[], $11::bool[], $12::float8[], $13::text[], $14::jsonb[], $15::int[], $16::int[],
  $17::bool[])
  AS n (order_id, state, paid, cancel_asked, placed_at, expires_at, customer_id, group_leader_id,
  channel, region, allow_partial, deliver_by, skus, details, fulfilments, shortages, has_spares)`;

const time = (column: string) => `to_timestamp(n.${column} / 1000)`;
const SKUS = `n.skus::text[]`;

/**
 * Sorted, because two slices can create the same orders (a payment here, the placement there): the second waits, fails
 * with 23505 and starts over. ON CONFLICT DO NOTHING would lose the second fact in silence.
 */
const INSERT_ORDERS = `
INSERT INTO orders (order_id, state, paid, cancel_asked, placed_at, expires_at, customer_id, group_leader_id, channel,
  region, allow_partial, deliver_by, skus, details, fulfilments, shortages, has_spares)
SELECT n.order_id, n.state, n.paid, n.cancel_asked, ${time("placed_at")}, ${time("expires_at")}, n.customer_id,
  n.group_leader_id, n.channel, n.region, n.allow_partial, ${time("deliver_by")}, ${SKUS}, n.details,
  n.fulfilments, n.shortages, n.has_spares
FROM ${ROWS} ORDER BY n.order_id COLLATE "C"`;

const UPDATE_ORDERS = `
UPDATE orders o SET state = n.state, paid = n.paid, cancel_asked = n.cancel_asked, placed_at = ${time("placed_at")},
  expires_at = ${time("expires_at")}, customer_id = n.customer_id, group_leader_id = n.group_leader_id,
  channel = n.channel, region = n.region, allow_partial = n.allow_partial, deliver_by = ${time("deliver_by")},
  skus = ${SKUS}, details = n.details, fulfilments = n.fulfilments,
  shortages = n.shortages, has_spares = n.has_spares
FROM ${ROWS} WHERE o.order_id = n.order_id`;

/** The rows were locked before; `before` undefined: the row is created. */
export async function writeOrders(session: Session, changes: readonly OrderChange[]): Promise<void> {
  const created = changes.filter(({ before }) => before === undefined).map(({ after }) => after);
  const changed = changes.filter(({ before, after }) => before !== undefined && differs(before, after));
  if (created.length > 0) await session.query(INSERT_ORDERS, columnsOf(created));
  if (changed.length > 0) await session.query(UPDATE_ORDERS, columnsOf(changed.map(({ after }) => after)));
}

const COMPARED = [
  "state",
  "paid",
  "cancelAsked",
  "placedAt",
  "expiresAt",
  "reasons",
  "earlyCancels",
  "tracking",
  "undone",
  "fulfilments",
  "shortages",
  "watched",
  "hasSpares",
] as const satisfies readonly (keyof Order)[];

/** Lists are replaced and never changed in place, so the reference tells. */
const differs = (before: Order, after: Order): boolean => COMPARED.some((field) => before[field] !== after[field]);

function columnsOf(orders: readonly Order[]): unknown[] {
  const column = <T>(of: (order: Order) => T): T[] => orders.map(of);
  return [
    column((o) => o.orderId),
    column((o) => o.state),
    column((o) => o.paid),
    column((o) => o.cancelAsked),
    column((o) => o.placedAt),
    column((o) => o.expiresAt),
    column((o) => o.customerId),
    column((o) => o.groupLeaderId),
    column((o) => o.channel),
    column((o) => o.region),
    column((o) => o.allowPartial),
    column((o) => o.deliverBy),
    column((o) => arrayText(skusOf(o))),
    column(detailsOf),
    column((o) => o.fulfilments),
    column((o) => o.shortages),
    column((o) => o.hasSpares),
  ];
}

/** A text[] as Postgres reads it; quotes only where needed, because the driver escapes each of them once more. */
function arrayText(texts: readonly string[]): string {
  const element = (text: string) =>
    /^[\w.-]+$/.test(text) && !/^null$/i.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
  return `{${texts.map(element).join(",")}}`;
}

function detailsOf(order: Order): string | null {
  const { reasons, earlyCancels, tracking, undone, cartId, promotionId, watched } = order;
  const { currency, language } = order;
  const details: OrderDetails = {};
  if (reasons.length > 0) details.reasons = [...reasons];
  if (tracking.length > 0) details.tracking = [...tracking];
  if (undone.length > 0) details.undone = [...undone];
  if (cartId !== null) details.cartId = cartId;
  if (promotionId !== null) details.promotionId = promotionId;
  if (currency !== null) details.currency = currency;
  if (language !== null) details.language = language;
  if (watched) details.watched = true;
  for (const _early in earlyCancels) {
    details.earlyCancels = earlyCancels;
    break;
  }
  for (const _any in details) return JSON.stringify(details);
  return null;
}

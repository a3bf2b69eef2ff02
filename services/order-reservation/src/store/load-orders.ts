import type { Session } from "@septet/messaging";
import type { Language, Part } from "@septet/stock-contracts";
import type { CancelAsk, Order, OrderState, RejectionReason } from "../domain/index.js";
import { loadShortages } from "./shortages.js";

const ms = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8 AS ${column}`;

const ORDER_COLUMNS = `order_id, state, paid, cancel_asked, ${ms("placed_at")}, ${ms("expires_at")}, customer_id,
  group_leader_id, channel, region, allow_partial, ${ms("deliver_by")}, details, fulfilments, shortages, has_spares`;

/** One statement per table; a join would send the order's columns once per line. */
const LOAD_ORDERS = `SELECT ${ORDER_COLUMNS} FROM orders WHERE order_id = ANY($1::text[]) ORDER BY order_id`;
const LOAD_LINES = `
SELECT order_id, line_id, sku, quantity, cancelled, shorted, unwanted, unit_price_minor::float8, replaces, parts
FROM order_line WHERE order_id = ANY($1::text[]) ORDER BY order_id, ordinal`;
const LOAD_ALLOCATIONS = `
SELECT order_id, line_id, sku, location, open, shipped, fulfilment_id, asks, too_late
FROM allocation WHERE order_id = ANY($1::text[]) ORDER BY order_id, ordinal`;

/** What of an order few orders have, in one jsonb that is null for all others. */
export interface OrderDetails {
  reasons?: RejectionReason[];
  earlyCancels?: Record<string, number>;
  tracking?: string[];
  undone?: string[];
  cartId?: string;
  promotionId?: string;
  currency?: string;
  language?: Language;
  watched?: true;
}

interface OrderRow {
  order_id: string;
  state: OrderState;
  paid: boolean;
  cancel_asked: boolean;
  placed_at: number | null;
  expires_at: number | null;
  customer_id: string | null;
  group_leader_id: string | null;
  channel: string | null;
  region: string | null;
  allow_partial: boolean;
  deliver_by: number | null;
  details: OrderDetails | null;
  fulfilments: number;
  shortages: number;
  has_spares: boolean;
}

interface LineRow {
  order_id: string;
  line_id: string;
  sku: string;
  quantity: number;
  cancelled: number;
  shorted: number;
  unwanted: number;
  unit_price_minor: number | null;
  replaces: string | null;
  parts: Part[] | null;
}

interface AllocationRow {
  order_id: string;
  line_id: string;
  sku: string;
  location: string;
  open: number;
  shipped: number;
  fulfilment_id: string | null;
  asks: CancelAsk[] | null;
  too_late: boolean;
}

/** Orders with their lines and allocations, by id; those that do not exist are missing. */
export async function loadOrders(session: Session, orderIds: readonly string[]): Promise<Map<string, Order>> {
  const orders = new Map<string, Order>();
  if (orderIds.length === 0) return orders;
  for (const row of await session.query<OrderRow>(LOAD_ORDERS, [orderIds])) orders.set(row.order_id, orderOf(row));
  if (orders.size === 0) return orders;
  const found = [...orders.keys()];
  for (const row of await session.query<LineRow>(LOAD_LINES, [found])) {
    const { line_id: lineId, sku, quantity, cancelled, shorted, unwanted } = row;
    const { unit_price_minor: unitPriceMinor, replaces, parts } = row;
    const line = { lineId, sku, quantity, cancelled, shorted, unwanted, unitPriceMinor, replaces, parts };
    orders.get(row.order_id)?.lines.push(line);
  }
  for (const row of await session.query<AllocationRow>(LOAD_ALLOCATIONS, [found])) {
    const { line_id: lineId, sku, location, open, shipped, fulfilment_id: fulfilmentId, too_late: tooLate } = row;
    const asks = row.asks ?? [];
    orders.get(row.order_id)?.allocations.push({ lineId, sku, location, open, shipped, fulfilmentId, asks, tooLate });
  }
  await loadShortages(session, orders);
  return orders;
}

const whole = (time: number | null): number | null => (time === null ? null : Math.round(time));

function orderOf(row: OrderRow): Order {
  return {
    orderId: row.order_id,
    state: row.state,
    paid: row.paid,
    cancelAsked: row.cancel_asked,
    placedAt: whole(row.placed_at),
    expiresAt: whole(row.expires_at),
    customerId: row.customer_id,
    groupLeaderId: row.group_leader_id,
    channel: row.channel,
    region: row.region,
    allowPartial: row.allow_partial,
    deliverBy: whole(row.deliver_by),
    cartId: row.details?.cartId ?? null,
    promotionId: row.details?.promotionId ?? null,
    currency: row.details?.currency ?? null,
    language: row.details?.language ?? null,
    watched: row.details?.watched ?? false,
    reasons: row.details?.reasons ?? [],
    earlyCancels: row.details?.earlyCancels ?? {},
    tracking: row.details?.tracking ?? [],
    undone: row.details?.undone ?? [],
    fulfilments: row.fulfilments,
    shortages: row.shortages,
    shortageList: [],
    lines: [],
    allocations: [],
    hasSpares: row.has_spares,
  };
}

import type { RejectionReasonCode } from "@septet/stock-contracts";
import { type Purchases, purchasesKey } from "./counts.js";
import type { Draft } from "./draft.js";
import type { Order, OrderState, RejectionReason } from "./order.js";
import type { Limit } from "./policies.js";

const COUNTED: ReadonlySet<OrderState> = new Set(["RESERVED", "AWAITING_PAYMENT", "CONFIRMED", "FULFILLED"]);

/** Unpaid orders whose hold or whose time to be paid is not over. */
export const isOpenUnpaid = (draft: Draft, order: Order): boolean =>
  !order.paid &&
  (order.state === "RESERVED" || order.state === "AWAITING_PAYMENT") &&
  order.expiresAt !== null &&
  order.expiresAt > draft.now;

/**
 * Why an order is more than one order, or its customer, may have of a SKU. Reserved, paid and shipped pieces count, and
 * those that wait for their payment, or a customer could let any number wait and then pay; cancelled, expired and shorted
 * ones do not. A hold past its time counts until it is given back, because its payment may be under way.
 */
export const reasonsOfLimits = (draft: Draft, order: Order): RejectionReason[] => reasonsWhere(draft, order, beyond);

/** The same for an order that was let in once, lost its stock, and is paid: what one customer may have still holds. */
export const reasonsOfLateLimits = (draft: Draft, order: Order): RejectionReason[] =>
  reasonsWhere(draft, order, beyondCustomer);

type LimitCode = "LIMIT_PER_ORDER" | "LIMIT_PER_CUSTOMER";
type Judge = (draft: Draft, order: Order, sku: string, pieces: number, limit: Limit) => LimitCode | undefined;

function reasonsWhere(draft: Draft, order: Order, judge: Judge): RejectionReason[] {
  const reasons = new Map<string, RejectionReasonCode>();
  for (const [sku, pieces] of piecesWanted(order)) {
    const { limit } = draft.policyOf(order, sku);
    const code = limit === null ? undefined : judge(draft, order, sku, pieces, limit);
    if (code !== undefined) reasons.set(sku, code);
  }
  return reasons.size === 0 ? [] : byLine(order, reasons);
}

/**
 * Why an order, or its customer, may not have so many pieces of a SKU beside what the order has: what is reserved or
 * shipped in it counts, what was cancelled or shorted does not.
 */
export function reasonAgainstMore(draft: Draft, order: Order, sku: string, pieces: number): LimitCode | undefined {
  const { limit } = draft.policyOf(order, sku);
  if (limit === null) return undefined;
  let all = pieces;
  for (const line of order.lines) if (line.sku === sku) all += line.quantity - line.cancelled - line.shorted;
  return beyond(draft, order, sku, all, limit);
}

const beyond: Judge = (draft, order, sku, pieces, limit) =>
  pieces > limit.perOrderPieces ? "LIMIT_PER_ORDER" : beyondCustomer(draft, order, sku, pieces, limit);

const beyondCustomer: Judge = (draft, order, sku, pieces, limit) => {
  const { customerId } = order;
  if (limit.perCustomerPieces === null || customerId === null) return undefined;
  const promotionId = limit.over === "PROMOTION" ? order.promotionId : null;
  const asked = { customerId, sku, promotionId, windowSeconds: limit.windowSeconds };
  return pieces + piecesBought(draft, order, asked) > limit.perCustomerPieces ? "LIMIT_PER_CUSTOMER" : undefined;
};

function piecesWanted(order: Order): Map<string, number> {
  const pieces = new Map<string, number>();
  for (const { sku, quantity, cancelled } of order.lines) {
    if (quantity > cancelled) pieces.set(sku, (pieces.get(sku) ?? 0) + quantity - cancelled);
  }
  return pieces;
}

function byLine(order: Order, reasons: ReadonlyMap<string, RejectionReasonCode>): RejectionReason[] {
  return order.lines.flatMap(({ lineId, sku, quantity, cancelled }) => {
    const code = quantity > cancelled ? reasons.get(sku) : undefined;
    return code === undefined ? [] : [{ lineId, sku, code }];
  });
}

function piecesBought(draft: Draft, buying: Order, asked: Purchases): number {
  let pieces = draft.world.counts.purchases.get(purchasesKey(asked)) ?? 0;
  const since = asked.promotionId === null ? draft.now - asked.windowSeconds * 1000 : 0;
  for (const order of draft.ownOrdersOf(asked.customerId)) {
    if (order.orderId === buying.orderId || (order.placedAt ?? 0) <= since) continue;
    if (asked.promotionId !== null && order.promotionId !== asked.promotionId) continue;
    if (!COUNTED.has(order.state)) continue;
    for (const { sku, quantity, cancelled, shorted } of order.lines) {
      if (sku === asked.sku) pieces += quantity - cancelled - shorted;
    }
  }
  return pieces;
}

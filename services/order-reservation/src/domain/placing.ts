import type { Placement } from "./commands.js";
import type { Draft } from "./draft.js";
import { earlyCancelOf, hasSameLines, type Order, type RejectionReason } from "./order.js";
import { alertPayment, publishReserved, reject, short } from "./outcome-events.js";
import type { Outcome } from "./outcomes.js";
import { pay } from "./paying.js";
import { confirm, lackingSkus, serve, wantsOf } from "./serving.js";

/** Decides an order, once: later placements under its id get the same answer or a conflict. */
export function place(draft: Draft, placement: Placement): Outcome {
  const order = draft.orderOrNew(placement.orderId);
  if (order.state !== "UNPLACED") return placedAgain(draft, order, placement);
  const bringsPayment = placement.payment === "PAID" && !order.paid;
  takeIn(draft, order, placement);
  decidePlacement(draft, order, bringsPayment);
  return { type: "DECIDED", order };
}

/** The placement breaks the contract: its sender still gets an answer, unless the order is decided already. */
export function refuseInvalid(draft: Draft, orderId: string, paid: boolean): Outcome {
  const order = draft.orderOrNew(orderId);
  if (order.state !== "UNPLACED") {
    if (paid && !order.paid) alertConflictPaid(draft, order);
    return { type: "NOTHING", order };
  }
  if (paid) order.paid = true;
  reject(draft, order, [{ lineId: null, sku: null, code: "INVALID_ORDER" }]);
  if (order.paid) alertRejectedPaid(draft, order);
  return { type: "DECIDED", order };
}

function placedAgain(draft: Draft, order: Order, placement: Placement): Outcome {
  if (!hasSameLines(order, placement.lines)) {
    if (placement.payment === "PAID") alertConflictPaid(draft, order);
    return { type: "ORDER_CONFLICT", order };
  }
  // A second placement that says PAID carries a payment with it; the answer follows from that fact alone.
  if (placement.payment === "PAID" && !order.paid) return pay(draft, order);
  return { type: "SAME_AGAIN", order };
}

function takeIn(draft: Draft, order: Order, placement: Placement): void {
  const { customerId, groupLeaderId, channel, region, allowPartial, deliverBy } = placement;
  Object.assign(order, { customerId, groupLeaderId, channel, region, allowPartial, deliverBy });
  order.placedAt = draft.now;
  for (const { lineId, sku, quantity } of placement.lines) {
    const early = order.cancelAsked ? quantity : Math.min(quantity, earlyCancelOf(order, lineId));
    order.lines.push({ lineId, sku, quantity, cancelled: early, shorted: 0, unwanted: 0 });
  }
  order.earlyCancels = {};
  if (placement.payment === "PAID") order.paid = true;
}

function decidePlacement(draft: Draft, order: Order, bringsPayment: boolean): void {
  const wants = wantsOf(order);
  if (wants.length === 0) {
    reject(draft, order, [{ lineId: null, sku: null, code: "ORDER_CANCELLED" }]);
    order.state = "CANCELLED";
    // A payment that came after a whole cancellation has raised its alert; it could not know of cancelled lines.
    if (bringsPayment || (order.paid && !order.cancelAsked)) alertCancelledPaid(draft, order);
    return;
  }
  const unsaleable = reasonsAgainst(draft, order);
  if (unsaleable.length > 0) {
    reject(draft, order, unsaleable);
    if (order.paid) alertRejectedPaid(draft, order);
    return;
  }
  if (order.paid) confirm(draft, order);
  else hold(draft, order);
}

/** Why lines cannot be sold whatever the stock. A SKU is known when it is listed or has ever had stock here. */
function reasonsAgainst(draft: Draft, order: Order): RejectionReason[] {
  const reasons: RejectionReason[] = [];
  for (const { lineId, sku, quantity, cancelled } of order.lines) {
    if (quantity === cancelled) continue;
    const listing = draft.listing(sku);
    if (listing === undefined && draft.rowsOf(sku).length === 0) reasons.push({ lineId, sku, code: "UNKNOWN_SKU" });
    else if (listing?.active === false) reasons.push({ lineId, sku, code: "SKU_INACTIVE" });
  }
  return reasons;
}

/** Holds an unpaid order until its time: all lines or none, unless it accepts a part. */
function hold(draft: Draft, order: Order): void {
  const wants = wantsOf(order);
  const lacking = lackingSkus(draft, order, wants);
  const missing = lacking.size > 0 && !order.allowPartial ? wants : serve(draft, order, wants);
  if (order.allocations.length === 0) {
    refuse(draft, order, lacking);
    return;
  }
  order.state = "RESERVED";
  order.expiresAt = draft.now + draft.rulesFor(order).unpaidHoldMs;
  publishReserved(draft, order);
  short(draft, order, missing, "OUT_OF_STOCK");
}

function refuse(draft: Draft, order: Order, lacking: ReadonlySet<string>): void {
  const reasons: RejectionReason[] = [];
  for (const { lineId, sku, quantity, cancelled } of order.lines) {
    if (lacking.has(sku) && quantity > cancelled) reasons.push({ lineId, sku, code: "OUT_OF_STOCK" });
  }
  reject(draft, order, reasons);
}

export const alertCancelledPaid = (draft: Draft, order: Order): void =>
  alertPayment(draft, order, "PAYMENT_FOR_CANCELLED_ORDER", `Order ${order.orderId} was cancelled and then paid.`);

const alertConflictPaid = (draft: Draft, order: Order): void => {
  const message = `Another placement under the id ${order.orderId} is paid and was refused.`;
  alertPayment(draft, order, "PAID_ORDER_REJECTED", message, "another-placement");
};

export const alertRejectedPaid = (draft: Draft, order: Order): void =>
  alertPayment(draft, order, "PAID_ORDER_REJECTED", `Order ${order.orderId} was rejected and is paid.`);

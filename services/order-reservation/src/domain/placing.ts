import { LIMITS } from "@septet/stock-contracts";
import { noteOrdered, ownHold, unseenInCart, useUpCart } from "./cart-holding.js";
import type { Command, Placement } from "./commands.js";
import type { Draft } from "./draft.js";
import { reasonsOfLimits } from "./limits.js";
import { hasBundles, takenBy } from "./line-pieces.js";
import { earlyCancelOf, hasSameLines, type Order, type RejectionReason } from "./order.js";
import { alertPayment, publishAwaiting, publishReserved, reject, short } from "./outcome-events.js";
import type { Outcome } from "./outcomes.js";
import { pay } from "./paying.js";
import { secondsFor } from "./policies.js";
import { reasonsOfQuota } from "./promotion-quota.js";
import { confirm, lackingSkus, serve, wantsOf } from "./serving.js";
import type { Want } from "./sourcing.js";
import { reasonsOfUnpaid, type Warning, warningsAbout } from "./unpaid-orders.js";
import { noteSighting, reasonsOfVelocity } from "./velocity.js";

/** Decides an order, once: later placements under its id get the same answer or a conflict. */
export function place(draft: Draft, placement: Placement): Outcome {
  const order = draft.orderOrNew(placement.orderId);
  if (order.state !== "UNPLACED") return placedAgain(draft, order, placement);
  const bringsPayment = placement.payment === "PAID" && !order.paid;
  takeIn(draft, order, placement);
  draft.noteBuyer(order);
  const warnings = decidePlacement(draft, order, placement, bringsPayment);
  return warnings.length === 0 ? { type: "DECIDED", order } : { type: "DECIDED", order, warnings };
}

type InvalidOrder = Extract<Command, { type: "RefuseInvalidOrder" }>;

/** The placement breaks the contract: its sender still gets an answer, unless the order is decided already. */
export function refuseInvalid(draft: Draft, { orderId, paid, language }: InvalidOrder): Outcome {
  const order = draft.orderOrNew(orderId);
  if (order.state !== "UNPLACED") {
    if (paid && !order.paid) alertConflictPaid(draft, order);
    return { type: "NOTHING", order };
  }
  if (paid) order.paid = true;
  order.language = language;
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
  const { cartId, promotionId, currency, language } = placement;
  Object.assign(order, { customerId, groupLeaderId, channel, region, allowPartial, deliverBy });
  Object.assign(order, { cartId, promotionId, currency, language });
  order.placedAt = draft.now;
  for (const { lineId, sku, quantity, unitPriceMinor = null } of placement.lines) {
    const early = order.cancelAsked ? quantity : Math.min(quantity, earlyCancelOf(order, lineId));
    order.lines.push({
      lineId,
      sku,
      quantity,
      cancelled: early,
      shorted: 0,
      unwanted: 0,
      unitPriceMinor,
      replaces: null,
      parts: draft.partsOf(sku),
    });
  }
  order.earlyCancels = {};
  if (placement.payment === "PAID") order.paid = true;
}

function decidePlacement(draft: Draft, order: Order, placement: Placement, bringsPayment: boolean): readonly Warning[] {
  const wants = wantsOf(order);
  if (wants.length === 0) {
    reject(draft, order, [{ lineId: null, sku: null, code: "ORDER_CANCELLED" }]);
    order.state = "CANCELLED";
    // A payment that came after a whole cancellation has raised its alert; it could not know of cancelled lines.
    if (bringsPayment || (order.paid && !order.cancelAsked)) alertCancelledPaid(draft, order);
    return [];
  }
  const reasons = reasonsAgainst(draft, order);
  if (reasons.length > 0) {
    reject(draft, order, reasons);
    if (order.paid) alertRejectedPaid(draft, order);
    return [];
  }
  const warnings = warningsAbout(draft, order);
  if (order.paid) {
    noteOrdered(draft, order, unseenInCart(draft, order, wants));
    confirm(draft, order, "OUT_OF_STOCK", warnings);
  } else hold(draft, order, placement, warnings);
  return order.state === "REJECTED" ? [] : warnings;
}

/** Why the order is refused whatever the stock: what cannot be sold, then what this customer may not have. */
function reasonsAgainst(draft: Draft, order: Order): RejectionReason[] {
  if (takesTooMuch(order)) return [{ lineId: null, sku: null, code: "INVALID_ORDER" }];
  const unsaleable = unsaleableLines(draft, order);
  if (unsaleable.length > 0) return unsaleable;
  const soldOut = reasonsOfQuota(draft, order, wantsOf(order));
  if (soldOut.length > 0) return soldOut;
  const limits = reasonsOfLimits(draft, order);
  if (limits.length > 0) return limits;
  const unpaid = reasonsOfUnpaid(draft, order);
  return unpaid.length > 0 ? unpaid : reasonsOfVelocity(draft, order);
}

/** An order's outcome must fit into one message: it takes no more SKUs, parts of bundles each for itself, than it may have lines. */
const takesTooMuch = (order: Order): boolean =>
  hasBundles(order) && order.lines.reduce((all, line) => all + takenBy(line).length, 0) > LIMITS.MAX_ORDER_LINES;

/**
 * Why lines cannot be sold whatever the stock. A SKU is known when it is listed or has ever had stock here; a bundle when
 * its parts are, too. Whether a bundle is sold, its own listing says.
 */
function unsaleableLines(draft: Draft, order: Order): RejectionReason[] {
  const reasons: RejectionReason[] = [];
  const isKnown = (sku: string) => draft.listing(sku) !== undefined || draft.rowsOf(sku).length > 0;
  for (const { lineId, sku, quantity, cancelled, parts } of order.lines) {
    if (quantity === cancelled) continue;
    const listing = draft.listing(sku);
    if (!isKnown(sku) || parts?.some((part) => !isKnown(part.sku)) === true)
      reasons.push({ lineId, sku, code: "UNKNOWN_SKU" });
    else if (listing?.active === false) reasons.push({ lineId, sku, code: "SKU_INACTIVE" });
  }
  return reasons;
}

/**
 * Holds an unpaid order until its time: all lines or none, unless it accepts a part. Lines whose policy reserves at the
 * payment wait for it and ask for no stock now.
 */
function hold(draft: Draft, order: Order, { customerClass }: Placement, warnings: readonly Warning[]): void {
  const all = wantsOf(order);
  const wants = all.filter((want) => isReservedAtOrder(draft, order, want));
  const lacking = lackingSkus(draft, order, wants);
  if (lacking.size > 0 && !order.allowPartial) {
    refuse(draft, order, lacking);
    return;
  }
  const unseen = unseenInCart(draft, order, wants);
  const missing = serve(draft, order, wants, { freed: useUpCart(draft, order, wants) });
  const waiting = wants.length === all.length ? [] : all.filter((want) => !wants.includes(want));
  if (order.allocations.length === 0 && waiting.length === 0) {
    refuse(draft, order, lacking);
    return;
  }
  noteOrdered(draft, order, unseen);
  const { unpaidHoldSeconds, unpaidHoldSecondsByClass } = draft.rulesFor(order).policy;
  order.expiresAt = draft.now + secondsFor(unpaidHoldSecondsByClass, customerClass, unpaidHoldSeconds) * 1000;
  order.state = order.allocations.length > 0 ? "RESERVED" : "AWAITING_PAYMENT";
  if (order.state === "RESERVED") publishReserved(draft, order, warnings);
  if (waiting.length > 0) publishAwaiting(draft, order, waiting, warnings);
  short(draft, order, missing, "OUT_OF_STOCK", true);
  noteSighting(draft, order);
}

/** What the shopper's cart holds already is not let go because a policy has changed meanwhile. */
const isReservedAtOrder = (draft: Draft, order: Order, { sku }: Want): boolean =>
  draft.policyOf(order, sku).reserveAt !== "ON_PAYMENT" || ownHold(draft, order, sku) !== undefined;

function refuse(draft: Draft, order: Order, lacking: ReadonlySet<string>): void {
  const reasons: RejectionReason[] = [];
  for (const { lineId, sku, quantity, cancelled, parts } of order.lines) {
    if (takenBy({ sku, parts }).some((taken) => lacking.has(taken.sku)) && quantity > cancelled)
      reasons.push({ lineId, sku, code: "OUT_OF_STOCK" });
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

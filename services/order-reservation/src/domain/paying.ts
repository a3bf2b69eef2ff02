import type { RejectionReasonCode, ShortageCause } from "@septet/stock-contracts";
import type { Draft } from "./draft.js";
import { reasonsOfLateLimits } from "./limits.js";
import type { Order } from "./order.js";
import { publishReleased, reject } from "./outcome-events.js";
import type { Outcome } from "./outcomes.js";
import { alertCancelledPaid, alertRejectedPaid } from "./placing.js";
import { reasonsOfQuota } from "./promotion-quota.js";
import { confirm, confirmShorted, wantsOf } from "./serving.js";
import { decideByOf } from "./shortage.js";

/** Refusals that end with the payment: money is taken, and who pays is no abuse. */
const PAYMENT_OVERCOMES: ReadonlySet<RejectionReasonCode> = new Set([
  "OUT_OF_STOCK",
  "UNPAID_ORDER_EXISTS",
  "DEVICE_VELOCITY",
  "IP_VELOCITY",
]);

/** Payment makes a reservation permanent. A hold past its time that nobody has taken back still counts as held. */
export function pay(draft: Draft, order: Order): Outcome {
  if (order.paid) return { type: "NOTHING", order };
  order.paid = true;
  switch (order.state) {
    case "RESERVED":
    case "AWAITING_PAYMENT":
      confirm(draft, order);
      break;
    case "EXPIRED":
      reserveAnew(draft, order, "EXPIRED_BEFORE_PAYMENT");
      break;
    case "REJECTED":
      if (order.reasons.every((reason) => PAYMENT_OVERCOMES.has(reason.code))) reserveAnew(draft, order);
      else alertRejectedPaid(draft, order);
      break;
    case "CANCELLED":
      alertCancelledPaid(draft, order);
      break;
    case "UNPLACED":
      if (order.cancelAsked) alertCancelledPaid(draft, order);
      break;
    case "SHORTED":
      // Beyond what its customer may have nothing is served: the shortage stands, with its remedies.
      if (reasonsOfLateLimits(draft, order).length === 0) confirmShorted(draft, order);
      break;
    case "CONFIRMED":
    case "FULFILLED":
      break;
  }
  if (order.shortageList.length > 0) oweFromNowOn(draft, order);
  return { type: "RECORDED", order };
}

/**
 * What was told to be short before the money came is owed now, and is to be handled from now on. Nobody could choose before:
 * where the time to choose is over, there is another.
 */
function oweFromNowOn(draft: Draft, order: Order): void {
  const rule = draft.rulesFor(order).policy.shortage;
  const escalateAt = draft.now + rule.handleWithinMinutes * 60_000;
  order.shortageList = order.shortageList.map((one) => ({
    ...one,
    escalateAt,
    decideBy: one.decideBy > draft.now ? one.decideBy : decideByOf(draft.now, rule),
  }));
}

/**
 * An order that holds nothing, or only what nobody has taken back yet, is paid: it is served like a new one, unless its
 * customer has bought all that one customer may have meanwhile, or the promotion that it names is sold out.
 */
function reserveAnew(draft: Draft, order: Order, cause?: ShortageCause): void {
  const soldOut = reasonsOfQuota(draft, order, wantsOf(order));
  const reasons = soldOut.length > 0 ? soldOut : reasonsOfLateLimits(draft, order);
  if (reasons.length === 0) {
    confirm(draft, order, cause);
    return;
  }
  const given = order.allocations.flatMap((allocation) => {
    const { lineId, sku, location, open: quantity } = allocation;
    if (quantity === 0) return [];
    draft.release(order, allocation, quantity, "EXPIRED");
    return [{ lineId, sku, quantity, location }];
  });
  publishReleased(draft, order, "EXPIRED", given);
  reject(draft, order, reasons);
  alertRejectedPaid(draft, order);
}

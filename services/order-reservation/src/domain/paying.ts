import type { Draft } from "./draft.js";
import type { Order } from "./order.js";
import type { Outcome } from "./outcomes.js";
import { alertCancelledPaid, alertRejectedPaid } from "./placing.js";
import { confirm, confirmShorted } from "./serving.js";

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
      confirm(draft, order, "EXPIRED_BEFORE_PAYMENT");
      break;
    case "REJECTED":
      if (order.reasons.every((reason) => reason.code === "OUT_OF_STOCK")) confirm(draft, order);
      else alertRejectedPaid(draft, order);
      break;
    case "CANCELLED":
      alertCancelledPaid(draft, order);
      break;
    case "UNPLACED":
      if (order.cancelAsked) alertCancelledPaid(draft, order);
      break;
    case "SHORTED":
      confirmShorted(draft, order);
      break;
    case "CONFIRMED":
    case "FULFILLED":
      break;
  }
  return { type: "RECORDED", order };
}

import { buyerOf } from "./buyer.js";
import { CURRENCY } from "./choosing.js";
import { promotionOf } from "./promoting.js";

/** A placement without its lines, saying nothing of what need not be said. */
export function orderPlaced(orderId: string, payment: "PENDING" | "PAID", allowPartial: boolean) {
  return {
    orderId,
    ...buyerOf(orderId),
    customerClass: null,
    groupLeaderId: null,
    channel: "web",
    region: null,
    promotionId: promotionOf(orderId),
    payment,
    allowPartial,
    deliverBy: null,
    currency: CURRENCY,
    language: null,
  };
}

import { buyerOf } from "./buyer.js";

/** A placement without its lines, saying nothing of what need not be said. */
export function orderPlaced(orderId: string, payment: "PENDING" | "PAID", allowPartial: boolean) {
  return {
    orderId,
    ...buyerOf(orderId),
    customerClass: null,
    groupLeaderId: null,
    channel: "web",
    region: null,
    ipAddress: null,
    promotionId: null,
    payment,
    allowPartial,
    deliverBy: null,
    currency: null,
    language: null,
  };
}

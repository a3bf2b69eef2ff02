/** A placement without its lines, saying nothing of what need not be said. */
export function orderPlaced(orderId: string, payment: "PENDING" | "PAID", allowPartial: boolean) {
  return {
    orderId,
    customerId: null,
    customerClass: null,
    groupLeaderId: null,
    channel: "web",
    region: null,
    deviceId: null,
    ipAddress: null,
    cartId: null,
    promotionId: null,
    payment,
    allowPartial,
    deliverBy: null,
    currency: null,
  };
}

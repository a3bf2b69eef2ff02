import { randomUUID } from "node:crypto";
import type { Named } from "../../src/platform/wire.js";
import type { OrderWish } from "./scenario.js";

const base = () => ({ eventId: randomUUID(), occurredAt: Date.now() });

/** `OrderPlaced`, unpaid unless said otherwise; lines are numbered from 1. */
export function orderPlaced({ orderId, payment = "PENDING", allowPartial = false, lines }: OrderWish): Named {
  return {
    name: "OrderPlaced",
    value: {
      ...base(),
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
      lines: lines.map(({ lineId, sku, quantity }, n) => ({
        lineId: lineId ?? String(n + 1),
        sku,
        quantity,
        unitPriceMinor: null,
      })),
      currency: null,
      language: null,
    },
  };
}

/** The same order as the body of `POST /v1/reservations`. */
export function reservationBody({ orderId, payment = "PENDING", allowPartial = false, lines }: OrderWish): object {
  const numbered = lines.map(({ lineId, sku, quantity }, n) => ({ lineId: lineId ?? String(n + 1), sku, quantity }));
  return { orderId, channel: "web", payment, allowPartial, lines: numbered };
}

export function paymentSucceeded(orderId: string): Named {
  return { name: "PaymentSucceeded", value: { ...base(), orderId, paymentId: null } };
}

/** The whole order, or pieces of lines. */
export function orderCancelled(orderId: string, lines: { lineId: string; quantity: number }[] | null = null): Named {
  return { name: "OrderCancelled", value: { ...base(), orderId, lines, reason: null } };
}

export function skuListed(sku: string): Named {
  return {
    name: "SkuListed",
    value: {
      ...base(),
      sku,
      name: sku,
      unitPriceMinor: 100,
      currency: "GBP",
      substitutionGroup: null,
      parts: null,
      active: true,
    },
  };
}

import { randomUUID } from "node:crypto";
import type { Named } from "../platform/wire.js";

/** What differs between the orders of the loads; what is left out is usual. */
export interface BenchOrder {
  readonly orderId: string;
  readonly payment?: "PENDING" | "PAID";
  readonly deviceId?: string;
  readonly ipAddress?: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

const CHANNEL = "bench";

/** `OrderPlaced` of a load; lines are numbered from 1. */
export function placedEvent({ orderId, payment = "PENDING", deviceId, ipAddress, lines }: BenchOrder): Named {
  return {
    name: "OrderPlaced",
    value: {
      eventId: randomUUID(),
      occurredAt: Date.now(),
      orderId,
      customerId: null,
      customerClass: null,
      groupLeaderId: null,
      channel: CHANNEL,
      region: null,
      deviceId: deviceId ?? null,
      ipAddress: ipAddress ?? null,
      cartId: null,
      promotionId: null,
      payment,
      allowPartial: false,
      deliverBy: null,
      lines: lines.map(({ sku, quantity }, n) => ({ lineId: String(n + 1), sku, quantity, unitPriceMinor: null })),
      currency: null,
      language: null,
    },
  };
}

/** The same as the body of `POST /v1/reservations`. */
export function checkoutBody({ orderId, payment = "PENDING", lines }: BenchOrder): object {
  const numbered = lines.map((line, n) => ({ lineId: String(n + 1), ...line }));
  return { orderId, channel: CHANNEL, payment, lines: numbered };
}

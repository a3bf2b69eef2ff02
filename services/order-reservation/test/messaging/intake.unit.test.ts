import { describe, expect, test } from "@jest/globals";
import type { Codec, InboundMessage } from "@septet/messaging";
import type { RecordOf } from "@septet/stock-contracts";
import { itemsOf } from "../../src/messaging/intake.js";

const MESSAGE: InboundMessage = {
  topic: "upstream.orders.v1",
  partition: 0,
  offset: 1,
  key: "o1",
  value: Buffer.from("any"),
  headers: {},
  timestamp: 0,
};

/** An order of no pieces breaks the contract. */
function brokenOrder(payment: string): RecordOf<"OrderPlaced"> {
  const line = { lineId: "a", sku: "socks", quantity: 0, unitPriceMinor: null };
  const known = { eventId: "e1", occurredAt: 0, orderId: "o1", channel: "web", payment, allowPartial: false };
  const unknown = { customerId: null, customerClass: null, groupLeaderId: null, region: null, deviceId: null };
  const more = { ipAddress: null, cartId: null, promotionId: null, deliverBy: null, currency: null, language: null };
  return { ...known, ...unknown, ...more, lines: [line] };
}

const codecOf = (value: RecordOf<"OrderPlaced">): Codec => ({
  register: async () => {},
  encode: () => Buffer.alloc(0),
  decode: () => ({ ok: true, name: "OrderPlaced", value }),
  decodeAll: async () => [{ ok: true, name: "OrderPlaced", value }],
});

describe("an order that breaks the contract", () => {
  test.each([
    ["PAID", true],
    ["PENDING", false],
  ])("is put aside and answered; %s says whether money was taken for it", async (payment, paid) => {
    const [item] = await itemsOf(codecOf(brokenOrder(payment)), [MESSAGE], "order-reservation");
    expect(item?.refusal).toBeDefined();
    expect(item?.command).toEqual({ type: "RefuseInvalidOrder", orderId: "o1", paid, language: null });
  });
});

import { describe, expect, test } from "@jest/globals";
import { MINUTE, Shop } from "./shop.js";

/** Socks are reserved when paid, hats when ordered. */
const mixed = (socks: number, hats: number): Shop => {
  const shop = new Shop().stock("socks", "wuhan", socks).stock("hat", "wuhan", hats);
  shop.policies.set("sku:socks", { reserveAt: "ON_PAYMENT" });
  return shop;
};
const BOTH = { a: ["socks", 2], b: ["hat", 1] } as Parameters<Shop["place"]>[1];

describe("when stock is reserved is a policy per SKU, falling back to its channel, then the default", () => {
  test("a SKU's own policy goes before its channel's, the channel's before the default", () => {
    const shop = new Shop().stock("socks", "wuhan", 10).stock("hat", "wuhan", 10).stock("scarf", "wuhan", 10);
    shop.policies.set("default", { reserveAt: "ON_PAYMENT" });
    shop.policies.set("channel:app", { reserveAt: "ON_ORDER" });
    shop.policies.set("sku:socks", { reserveAt: "ON_PAYMENT" });
    shop.place("default", { a: ["hat", 1] }, { channel: "web" });
    shop.place("channel", { a: ["hat", 1] }, { channel: "app" });
    shop.place("sku", { a: ["socks", 1] }, { channel: "app" });
    const states = ["default", "channel", "sku"].map((id) => shop.order(id).state);
    expect(states).toEqual(["AWAITING_PAYMENT", "RESERVED", "AWAITING_PAYMENT"]);
  });

  test("changed at run time, what is held stays held and what waits goes on waiting", () => {
    const shop = new Shop().stock("socks", "wuhan", 10);
    shop.place("held", { a: ["socks", 2] });
    shop.policies.set("default", { reserveAt: "ON_PAYMENT" });
    shop.place("waits", { a: ["socks", 2] });
    shop.policies.set("default", { reserveAt: "ON_ORDER" });
    expect([shop.order("held").state, shop.order("waits").state]).toEqual(["RESERVED", "AWAITING_PAYMENT"]);
    expect(shop.balance("socks", "wuhan")).toEqual([8, 2]);
    shop.pay("waits");
    expect(shop.order("waits").state).toBe("CONFIRMED");
  });
});

describe("ON_PAYMENT", () => {
  test("reserves when the payment arrives", () => {
    const shop = mixed(5, 0);
    expect(shop.place("o1", { a: ["socks", 2] }).type).toBe("DECIDED");
    expect(shop.story("o1")).toEqual(["OrderAwaitingPayment"]);
    expect(shop.events("OrderAwaitingPayment")[0].lines).toEqual([{ lineId: "a", sku: "socks", quantity: 2 }]);
    expect(shop.balance("socks", "wuhan")).toEqual([5, 0]);
    shop.pay("o1");
    expect(shop.story("o1").slice(1)).toEqual(["OrderReserved", "FulfilmentRequested"]);
    expect(shop.balance("socks", "wuhan")).toEqual([3, 2]);
  });

  test("if nothing is left says so at once, because money has been taken", () => {
    const shop = mixed(1, 0);
    shop.place("o1", { a: ["socks", 1] });
    shop.place("o2", { a: ["socks", 1] }, { payment: "PAID" });
    shop.pay("o1");
    expect(shop.story("o1")).toEqual(["OrderAwaitingPayment", "OrderShorted"]);
    expect(shop.order("o1").state).toBe("SHORTED");
  });

  test("a payment that comes before the order reserves at the order", () => {
    const shop = mixed(5, 0);
    shop.pay("o1");
    shop.place("o1", { a: ["socks", 2] });
    expect(shop.order("o1").state).toBe("CONFIRMED");
  });

  test("what waits for its payment is in nobody's way", () => {
    const shop = mixed(1, 0);
    shop.place("waits", { a: ["socks", 1] });
    shop.place("paid", { a: ["socks", 1] }, { payment: "PAID" });
    expect(shop.order("paid").state).toBe("CONFIRMED");
  });

  test("cancelled before its payment, it holds nothing and is over; the payment then raises an alert", () => {
    const shop = mixed(5, 0);
    shop.place("o1", { a: ["socks", 2] });
    shop.cancel("o1", { a: 1 });
    expect(shop.order("o1").state).toBe("AWAITING_PAYMENT");
    shop.cancel("o1");
    expect(shop.order("o1")).toMatchObject({ state: "CANCELLED", expiresAt: null });
    shop.pay("o1");
    expect(shop.events("StockAlertRaised")[0].code).toBe("PAYMENT_FOR_CANCELLED_ORDER");
  });

  test("unpaid, it is over at the time of an unpaid order; paid after all, it is reserved", () => {
    const shop = mixed(5, 0);
    shop.place("o1", { a: ["socks", 2] });
    shop.later(30 * MINUTE - 1).expire("o1");
    expect(shop.order("o1").state).toBe("AWAITING_PAYMENT");
    shop.later(1).expire("o1");
    expect(shop.order("o1").state).toBe("EXPIRED");
    shop.pay("o1");
    expect(shop.order("o1").state).toBe("CONFIRMED");
  });

  test("an unknown SKU is refused at once", () => {
    const shop = new Shop();
    shop.policies.set("default", { reserveAt: "ON_PAYMENT" });
    shop.place("o1", { a: ["ghost", 1] });
    expect(shop.order("o1").reasons[0]?.code).toBe("UNKNOWN_SKU");
  });
});

describe("a mix of policies in one order", () => {
  test("is decided line by line: what is reserved at the order is held, the rest waits for the payment", () => {
    const shop = mixed(5, 5);
    shop.place("o1", BOTH);
    expect(shop.story("o1")).toEqual(["OrderReserved", "OrderAwaitingPayment"]);
    expect(shop.events("OrderReserved")[0].lines.map((line: { lineId: string }) => line.lineId)).toEqual(["b"]);
    expect(shop.events("OrderAwaitingPayment")[0].lines).toEqual([{ lineId: "a", sku: "socks", quantity: 2 }]);
    shop.pay("o1");
    expect(shop.order("o1").state).toBe("CONFIRMED");
    expect([shop.balance("socks", "wuhan"), shop.balance("hat", "wuhan")]).toEqual([
      [3, 2],
      [4, 1],
    ]);
  });

  test("lack of what waits refuses nothing now and is shorted at the payment; lack of what is held refuses the order", () => {
    const short = mixed(0, 5);
    short.place("o1", BOTH);
    expect(short.order("o1").state).toBe("RESERVED");
    short.pay("o1");
    expect(short.events("OrderShorted", "o1")[0].lines).toMatchObject([{ lineId: "a", shortQuantity: 2 }]);
    const refused = mixed(5, 0);
    refused.place("o1", BOTH);
    expect(refused.order("o1").reasons).toEqual([{ lineId: "b", sku: "hat", code: "OUT_OF_STOCK" }]);
    expect(refused.balance("socks", "wuhan")).toEqual([5, 0]);
  });

  test("its held line is cancelled: the other goes on waiting", () => {
    const shop = mixed(5, 5);
    shop.place("o1", BOTH);
    shop.cancel("o1", { b: 1 });
    expect(shop.order("o1").state).toBe("AWAITING_PAYMENT");
    shop.pay("o1");
    expect(shop.order("o1").state).toBe("CONFIRMED");
    expect(shop.balance("hat", "wuhan")).toEqual([5, 0]);
  });

  test("accepts a part: what there is not is shorted, what waits goes on waiting", () => {
    const shop = mixed(5, 0);
    shop.place("o1", BOTH, { allowPartial: true });
    expect(shop.order("o1").state).toBe("AWAITING_PAYMENT");
    expect(shop.events("OrderShorted", "o1")[0].lines).toMatchObject([{ lineId: "b", shortQuantity: 1 }]);
    shop.pay("o1");
    expect(shop.order("o1").state).toBe("CONFIRMED");
  });

  test("its time over, what it held goes back", () => {
    const shop = mixed(5, 5);
    shop.place("o1", BOTH);
    shop.later(30 * MINUTE).expire("o1");
    expect(shop.order("o1").state).toBe("EXPIRED");
    expect(shop.balance("hat", "wuhan")).toEqual([5, 0]);
  });
});

describe("how long an unpaid order lives", () => {
  test("is set by channel and by customer class", () => {
    const shop = new Shop().stock("socks", "wuhan", 10);
    shop.policies.set("default", { unpaidHoldSeconds: 3600, unpaidHoldSecondsByClass: { gold: 7200 } });
    shop.place("gold", { a: ["socks", 1] }, { customerClass: "gold" });
    shop.place("other", { a: ["socks", 1] }, { customerClass: "toString" });
    expect(shop.order("gold").expiresAt).toBe(shop.now + 120 * MINUTE);
    expect(shop.order("other").expiresAt).toBe(shop.now + 60 * MINUTE);
  });

  test("is extended, but never beyond the longest that the policy lets a hold live", () => {
    const shop = new Shop().stock("socks", "wuhan", 10);
    shop.policies.set("default", { longestHoldSeconds: 3600 });
    shop.place("o1", { a: ["socks", 1] });
    const begun = shop.now;
    const extend = (seconds: number) => shop.later(MINUTE).do({ type: "ExtendHold", orderId: "o1", seconds });
    expect(extend(600).type).toBe("RECORDED");
    expect(shop.events("OrderReserved").at(-1).expiresAt).toBe(begun + 40 * MINUTE);
    expect(extend(1_201)).toMatchObject({ type: "EXTENSION_REFUSED", latest: begun + 60 * MINUTE });
    expect(extend(1_200).type).toBe("RECORDED");
    shop.later(60 * MINUTE);
    expect(extend(1)).toMatchObject({ type: "EXTENSION_REFUSED", latest: null });
    expect(shop.expire("o1").type).toBe("RECORDED");
  });

  test("a paid order and one that nobody knows have no hold to extend", () => {
    const shop = new Shop().stock("socks", "wuhan", 10);
    shop.place("o1", { a: ["socks", 1] }, { payment: "PAID" });
    for (const orderId of ["o1", "nobody"]) {
      expect(shop.do({ type: "ExtendHold", orderId, seconds: 1 })).toMatchObject({ latest: null });
    }
  });
});

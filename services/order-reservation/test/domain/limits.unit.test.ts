import { describe, expect, test } from "@jest/globals";
import type { Limit, Outcome } from "../../src/domain/index.js";
import { MINUTE, placement, Shop } from "./shop.js";

const HOUR = 60 * MINUTE;
const LIMIT: Limit = { perOrderPieces: 5, perCustomerPieces: null, windowSeconds: 24 * 3600, over: "WINDOW" };
const shopWith = (limit: Partial<Limit>): Shop => {
  const shop = new Shop().stock("socks", "wuhan", 100).stock("hat", "wuhan", 100);
  shop.policies.set("sku:socks", { limit: { ...LIMIT, ...limit } });
  return shop;
};
const ANN = { customerId: "ann" };
const buy = (shop: Shop, id: string, pieces: number, more: Parameters<Shop["place"]>[2] = {}): Outcome =>
  shop.place(id, { a: ["socks", pieces] }, { ...ANN, ...more });
const codes = (shop: Shop, id: string): string[] => shop.order(id).reasons.map(({ code }) => code);

describe("a limit per order", () => {
  test("counts lines of one SKU together, names each of them, and tells nothing of the stock", () => {
    const shop = shopWith({});
    shop.place("o1", { a: ["socks", 3], b: ["socks", 3], c: ["hat", 50] });
    expect(shop.events("OrderReservationRejected")[0].reasons).toEqual([
      { lineId: "a", sku: "socks", code: "LIMIT_PER_ORDER", orderId: null, text: expect.any(String) },
      { lineId: "b", sku: "socks", code: "LIMIT_PER_ORDER", orderId: null, text: expect.any(String) },
    ]);
    shop.place("o2", { a: ["socks", 3], b: ["socks", 2], c: ["hat", 50] });
    expect(shop.order("o2").state).toBe("RESERVED");
  });

  test("refuses a paid order like others, with an alert", () => {
    const shop = shopWith({});
    buy(shop, "o1", 6, { payment: "PAID" });
    expect(shop.story("o1")).toEqual(["OrderReservationRejected", "StockAlertRaised"]);
    expect(shop.events("StockAlertRaised")[0].code).toBe("PAID_ORDER_REJECTED");
  });

  test("refuses for good: a payment for the refused order is no way around it and raises an alert", () => {
    const shop = shopWith({});
    buy(shop, "o1", 6);
    shop.pay("o1");
    expect(shop.order("o1")).toMatchObject({ state: "REJECTED", paid: true });
    expect(shop.story("o1")).toEqual(["OrderReservationRejected", "StockAlertRaised"]);
    expect(shop.balance("socks", "wuhan")).toEqual([100, 0]);
  });

  test("falls back to the channel, then the default; a narrower scope can be without", () => {
    const shop = new Shop().stock("socks", "wuhan", 100).stock("hat", "wuhan", 100);
    shop.policies.set("default", { limit: { ...LIMIT, perOrderPieces: 1 } });
    shop.policies.set("channel:app", { limit: { ...LIMIT, perOrderPieces: 2 } });
    shop.policies.set("sku:hat", { limit: null });
    shop.place("web", { a: ["socks", 2] });
    shop.place("app", { a: ["socks", 2] }, { channel: "app" });
    shop.place("hat", { a: ["hat", 90] });
    expect(["web", "app", "hat"].map((id) => shop.order(id).state)).toEqual(["REJECTED", "RESERVED", "RESERVED"]);
  });

  test("holds for carts too", () => {
    const shop = shopWith({});
    shop.policies.set("default", { reserveAt: "ON_CART" });
    expect(shop.holdForCart("c1", "socks", 6)).toMatchObject({ code: "LIMIT_PER_ORDER" });
    expect(shop.holdForCart("c1", "socks", 5)).toMatchObject({ code: null });
  });
});

describe("a limit per customer over a rolling window", () => {
  test("counts reserved, paid and shipped pieces", () => {
    const shop = shopWith({ perCustomerPieces: 6 });
    buy(shop, "reserved", 2);
    buy(shop, "paid", 2, { payment: "PAID" });
    buy(shop, "shipped", 1, { payment: "PAID" });
    shop.pick("SHIP", "shipped", "a", "wuhan", 1);
    buy(shop, "too many", 2);
    buy(shop, "just enough", 1);
    expect(codes(shop, "too many")).toEqual(["LIMIT_PER_CUSTOMER"]);
    expect(shop.order("just enough").state).toBe("RESERVED");
    buy(shop, "another's", 5, { customerId: "bob" });
    buy(shop, "nobody's", 5, { customerId: null });
    expect([shop.order("another's").state, shop.order("nobody's").state]).toEqual(["RESERVED", "RESERVED"]);
  });

  test("does not count cancelled, expired and shorted pieces", () => {
    const shop = shopWith({ perCustomerPieces: 5 });
    buy(shop, "cancelled", 5);
    shop.cancel("cancelled");
    buy(shop, "in part", 5);
    shop.cancel("in part", { a: 4 });
    buy(shop, "second", 4);
    shop.later(31 * MINUTE);
    for (const id of ["in part", "second"]) shop.expire(id);
    shop.count("socks", "wuhan", -98);
    buy(shop, "short", 5, { payment: "PAID" });
    shop.receive("socks", "wuhan", 98);
    expect(shop.order("short").lines[0]?.shorted).toBe(3);
    buy(shop, "third", 3);
    buy(shop, "fourth", 1);
    const states = ["second", "third"].map((id) => shop.order(id).state);
    expect([...states, ...codes(shop, "fourth")]).toEqual(["EXPIRED", "RESERVED", "LIMIT_PER_CUSTOMER"]);
  });

  test("rolls: what was bought before the window counts no longer", () => {
    const shop = shopWith({ perCustomerPieces: 5 });
    buy(shop, "o1", 5, { payment: "PAID" });
    shop.later(24 * HOUR - 1);
    buy(shop, "o2", 1);
    shop.later(1);
    buy(shop, "o3", 5);
    expect([codes(shop, "o2"), shop.order("o3").state]).toEqual([["LIMIT_PER_CUSTOMER"], "RESERVED"]);
  });

  test("a burst in one slice counts too, and what is cancelled in it gives way", () => {
    const shop = shopWith({ perCustomerPieces: 5 });
    const place = (id: string, pieces: number) =>
      ({ type: "PlaceOrder", placement: placement(id, { a: ["socks", pieces] }, ANN) }) as const;
    const cancel = { type: "CancelOrder", orderId: "o1", lines: null } as const;
    shop.slice([place("o1", 3), place("o2", 3), place("o3", 2), place("o4", 1), cancel, place("o5", 3)]);
    const states = ["o1", "o2", "o3", "o4", "o5"].map((id) => shop.order(id).state);
    expect(states).toEqual(["CANCELLED", "REJECTED", "RESERVED", "REJECTED", "RESERVED"]);
  });

  test("counts what waits for its payment: nobody lets any number wait and then pays", () => {
    const shop = shopWith({ perCustomerPieces: 5 });
    shop.policies.set("default", { reserveAt: "ON_PAYMENT" });
    buy(shop, "o1", 5);
    buy(shop, "o2", 5);
    expect([shop.order("o1").state, ...codes(shop, "o2")]).toEqual(["AWAITING_PAYMENT", "LIMIT_PER_CUSTOMER"]);
  });

  test("a payment after expiry reserves nothing beyond it, and raises an alert", () => {
    const shop = shopWith({ perCustomerPieces: 5 });
    buy(shop, "o1", 5);
    shop.later(31 * MINUTE).expire("o1");
    buy(shop, "o2", 5, { payment: "PAID" });
    shop.pay("o1");
    expect(shop.order("o1")).toMatchObject({ state: "REJECTED", paid: true });
    expect(shop.story("o1").slice(-2)).toEqual(["OrderReservationRejected", "StockAlertRaised"]);
    expect(shop.balance("socks", "wuhan")).toEqual([95, 5]);
  });

  test("a payment after expiry reserves nothing beyond it, though one order may by now have fewer pieces still", () => {
    const shop = shopWith({ perCustomerPieces: 5 });
    buy(shop, "o1", 5);
    shop.later(31 * MINUTE).expire("o1");
    buy(shop, "o2", 5, { payment: "PAID" });
    shop.policies.set("sku:socks", { limit: { ...LIMIT, perOrderPieces: 3, perCustomerPieces: 5 } });
    shop.pay("o1");
    expect([shop.order("o1").state, ...codes(shop, "o1")]).toEqual(["REJECTED", "LIMIT_PER_CUSTOMER"]);
  });

  test("a payment for a hold that was shorted before it brings back nothing beyond it: the shortage stands", () => {
    const shop = shopWith({ perCustomerPieces: 5 });
    buy(shop, "o1", 5);
    shop.count("socks", "wuhan", -100);
    shop.receive("socks", "wuhan", 100);
    buy(shop, "o2", 5, { payment: "PAID" });
    shop.pay("o1");
    expect(shop.order("o1")).toMatchObject({ state: "SHORTED", paid: true, lines: [{ shorted: 5 }] });
    expect(shop.balance("socks", "wuhan")).toEqual([95, 5]);
  });

  test("of a channel is counted over that channel's window, also beside an order of another channel", () => {
    const shop = new Shop().stock("socks", "wuhan", 100);
    const over = (windowSeconds: number) => ({ limit: { ...LIMIT, perCustomerPieces: 5, windowSeconds } });
    shop.policies.set("channel:web", over(24 * 3600)).set("channel:app", over(30 * 24 * 3600));
    buy(shop, "last week", 5, { payment: "PAID" });
    shop.later(7 * 24 * HOUR);
    const from = (channel: string) =>
      ({
        type: "PlaceOrder",
        placement: placement(channel, { a: ["socks", 3] }, { ...ANN, channel }),
      }) as const;
    shop.slice([from("app"), from("web")]);
    expect([...codes(shop, "app"), shop.order("web").state]).toEqual(["LIMIT_PER_CUSTOMER", "RESERVED"]);
  });

  test("over a promotion counts the orders that name it, whatever the window", () => {
    const shop = shopWith({ perCustomerPieces: 5, over: "PROMOTION" });
    buy(shop, "o1", 4, { promotionId: "double 11", payment: "PAID" });
    shop.later(100 * 24 * HOUR);
    buy(shop, "o2", 2, { promotionId: "double 11" });
    buy(shop, "o3", 5, { promotionId: "double 12" });
    expect(codes(shop, "o2")).toEqual(["LIMIT_PER_CUSTOMER"]);
    expect(shop.order("o3").state).toBe("RESERVED");
  });
});

describe("a customer with an unpaid order who orders again", () => {
  test("is answered with that order's id, as a warning by default", () => {
    const shop = shopWith({});
    buy(shop, "o1", 1);
    const outcome = buy(shop, "o2", 1);
    const warnings = [{ code: "UNPAID_ORDER_EXISTS", orderId: "o1" }];
    expect(outcome).toMatchObject({ type: "DECIDED", warnings });
    expect(shop.events("OrderReserved", "o2")[0].warnings).toMatchObject(warnings);
    expect(shop.events("OrderReserved", "o1")[0].warnings).toEqual([]);
  });

  test("is refused with that order's id where the policy says so, unless the new order is paid", () => {
    const shop = shopWith({});
    shop.policies.set("channel:web", { unpaidOrder: "REJECT" });
    buy(shop, "o1", 1);
    buy(shop, "o2", 1);
    expect(shop.events("OrderReservationRejected", "o2")[0].reasons).toEqual([
      { lineId: null, sku: null, code: "UNPAID_ORDER_EXISTS", orderId: "o1", text: expect.any(String) },
    ]);
    buy(shop, "o3", 1, { payment: "PAID" });
    expect(shop.order("o3").state).toBe("CONFIRMED");
    // Money came for the refused one: it is served after all.
    shop.pay("o2");
    expect(shop.order("o2").state).toBe("CONFIRMED");
  });

  test("is neither warned nor refused where the policy allows it, or when the first is paid, cancelled or over", () => {
    const shop = shopWith({});
    buy(shop, "paid", 1);
    shop.pay("paid");
    buy(shop, "cancelled", 1);
    shop.cancel("cancelled");
    buy(shop, "over", 1);
    shop.later(30 * MINUTE);
    expect(buy(shop, "o1", 1)).not.toHaveProperty("warnings");
    shop.policies.set("default", { unpaidOrder: "ALLOW" });
    expect(buy(shop, "o2", 1)).not.toHaveProperty("warnings");
  });

  test("is told of one that waits for its payment, too, until that one's time is over", () => {
    const shop = shopWith({});
    shop.policies.set("default", { reserveAt: "ON_PAYMENT" });
    buy(shop, "o1", 1);
    buy(shop.later(30 * MINUTE - 1), "o2", 1);
    expect(shop.events("OrderAwaitingPayment", "o2")[0].warnings).toMatchObject([{ orderId: "o1" }]);
    shop.cancel("o2");
    buy(shop.later(1), "o3", 1);
    expect(shop.events("OrderAwaitingPayment", "o3")[0].warnings).toEqual([]);
  });

  test("in one slice too: the second learns of the first", () => {
    const shop = shopWith({});
    shop.policies.set("default", { unpaidOrder: "REJECT" });
    const place = (id: string) => ({ type: "PlaceOrder", placement: placement(id, { a: ["hat", 1] }, ANN) }) as const;
    shop.slice([place("o1"), place("o2"), { type: "PaymentSucceeded", orderId: "o1" }, place("o3")]);
    expect(["o1", "o2", "o3"].map((id) => shop.order(id).state)).toEqual(["CONFIRMED", "REJECTED", "RESERVED"]);
  });
});

import { describe, expect, test } from "@jest/globals";
import { Shop } from "./shop.js";

const alerts = (shop: Shop) => shop.events("StockAlertRaised").map((alert) => alert.code);

describe("money that was taken for nothing is never silent", () => {
  test("a paid placement under an id that is taken raises an alert of its own", () => {
    const shop = new Shop().stock("socks", "w", 9);
    shop.place("o1", { l: ["socks", 2] });
    expect(shop.place("o1", { l: ["socks", 3] }, { payment: "PAID" }).type).toBe("ORDER_CONFLICT");
    expect(alerts(shop)).toEqual(["PAID_ORDER_REJECTED"]);
    shop.place("bad", { l: ["ghost", 1] }, { payment: "PAID" });
    shop.place("bad", { l: ["ghost", 2] }, { payment: "PAID" });
    const ids = shop.events("StockAlertRaised", "bad").map((alert) => alert.alertId);
    expect(new Set(ids).size).toBe(2);
  });

  test("an unpaid placement under an id that is taken raises none", () => {
    const shop = new Shop().stock("socks", "w", 9);
    shop.place("o1", { l: ["socks", 2] });
    shop.place("o1", { l: ["socks", 3] });
    expect(alerts(shop)).toEqual([]);
  });

  test("a paid placement that breaks the contract raises an alert, once", () => {
    const shop = new Shop();
    shop.do({ type: "RefuseInvalidOrder", orderId: "o1", paid: true, language: null });
    shop.do({ type: "RefuseInvalidOrder", orderId: "o1", paid: true, language: null });
    shop.pay("o1");
    expect(alerts(shop)).toEqual(["PAID_ORDER_REJECTED"]);
  });

  test("a paid placement that breaks the contract and comes after an unpaid one of its id raises an alert", () => {
    const shop = new Shop().stock("socks", "w", 9);
    shop.place("o1", { l: ["socks", 2] });
    shop.do({ type: "RefuseInvalidOrder", orderId: "o1", paid: true, language: null });
    expect(alerts(shop)).toEqual(["PAID_ORDER_REJECTED"]);
    expect(shop.order("o1").state).toBe("RESERVED");
  });

  test("all lines cancelled one by one before the order came, and paid with it or before, raises an alert", () => {
    const shop = new Shop().stock("socks", "w", 9);
    shop.cancel("o1", { l: 2 });
    shop.place("o1", { l: ["socks", 2] }, { payment: "PAID" });
    shop.cancel("o2", { l: 2 });
    shop.pay("o2");
    shop.place("o2", { l: ["socks", 2] });
    expect([shop.order("o1").state, shop.order("o2").state]).toEqual(["CANCELLED", "CANCELLED"]);
    expect(alerts(shop)).toEqual(["PAYMENT_FOR_CANCELLED_ORDER", "PAYMENT_FOR_CANCELLED_ORDER"]);
  });
});

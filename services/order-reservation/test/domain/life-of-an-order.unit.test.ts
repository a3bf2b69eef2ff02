import { describe, expect, test } from "@jest/globals";
import { MINUTE, Shop } from "./shop.js";

const HOLD = 30 * MINUTE;

describe("payment", () => {
  test("payment makes the reservation permanent and requests fulfilment; a second payment changes nothing", () => {
    const shop = new Shop().stock("socks", "w", 10);
    shop.place("o1", { a: ["socks", 3] });
    shop.pay("o1");
    expect(shop.pay("o1").type).toBe("NOTHING");
    expect(shop.story("o1")).toEqual(["OrderReserved", "OrderReserved", "FulfilmentRequested"]);
    shop.later(10 * HOLD).expire("o1");
    expect(shop.balance("socks", "w")).toEqual([7, 3]);
  });

  test("a hold past its time that nobody has taken back still counts as held", () => {
    const shop = new Shop().stock("socks", "w", 3);
    shop.place("o1", { a: ["socks", 3] });
    shop.later(2 * HOLD).pay("o1");
    expect(shop.order("o1").state).toBe("CONFIRMED");
    expect(shop.events("OrderReservationReleased")).toEqual([]);
  });

  test("a payment after expiry reserves again, and shorts what is gone", () => {
    const shop = new Shop().stock("socks", "w", 3);
    shop.place("o1", { a: ["socks", 3] });
    shop.later(HOLD).expire("o1");
    shop.place("o2", { a: ["socks", 2] });
    shop.pay("o1");
    expect(shop.story("o1")).toEqual([
      "OrderReserved",
      "OrderReservationReleased",
      "OrderReserved",
      "FulfilmentRequested",
      "OrderShorted",
    ]);
    expect(shop.events("OrderShorted")[0]).toMatchObject({ cause: "EXPIRED_BEFORE_PAYMENT" });
    expect(shop.order("o1").lines[0]).toMatchObject({ quantity: 3, shorted: 2 });
  });

  test("a payment for an order that was refused for lack of stock takes what there is now", () => {
    const shop = new Shop().stock("socks", "w", 1);
    shop.place("o1", { a: ["socks", 3] });
    shop.receive("socks", "w", 1);
    shop.pay("o1");
    expect(shop.order("o1").state).toBe("CONFIRMED");
    expect(shop.order("o1").lines[0]?.shorted).toBe(1);
  });

  test("a payment for a cancelled order raises an alert, once", () => {
    const shop = new Shop().stock("socks", "w", 3);
    shop.place("o1", { a: ["socks", 3] });
    shop.cancel("o1");
    shop.pay("o1");
    shop.pay("o1");
    expect(shop.events("StockAlertRaised").map((alert) => alert.code)).toEqual(["PAYMENT_FOR_CANCELLED_ORDER"]);
  });

  test("a payment for an order of an unknown SKU raises an alert", () => {
    const shop = new Shop();
    shop.place("o1", { a: ["ghost", 3] });
    shop.pay("o1");
    expect(shop.events("StockAlertRaised").map((alert) => alert.code)).toEqual(["PAID_ORDER_REJECTED"]);
  });

  test("a failed payment keeps the hold until its time", () => {
    const shop = new Shop().stock("socks", "w", 3);
    shop.place("o1", { a: ["socks", 3] });
    expect(shop.do({ type: "PaymentFailed", orderId: "o1" }).type).toBe("NOTHING");
    expect(shop.balance("socks", "w")).toEqual([0, 3]);
  });

  test("the same order placed again as paid counts as its payment", () => {
    const shop = new Shop().stock("socks", "w", 3);
    shop.place("o1", { a: ["socks", 3] });
    shop.place("o1", { a: ["socks", 3] }, { payment: "PAID" });
    expect(shop.order("o1")).toMatchObject({ state: "CONFIRMED", paid: true });
  });
});

describe("expiry", () => {
  test("a hold does not expire before its time, nor before payments have been read up to it", () => {
    const shop = new Shop().stock("socks", "w", 3);
    shop.place("o1", { a: ["socks", 3] });
    shop.later(HOLD - 1).expire("o1");
    expect(shop.order("o1").state).toBe("RESERVED");
    shop.later(1).paymentsReadUpTo = shop.now - 1;
    shop.expire("o1");
    expect(shop.order("o1").state).toBe("RESERVED");
    shop.paymentsReadUpTo = shop.now;
    shop.expire("o1");
    expect(shop.order("o1").state).toBe("EXPIRED");
  });

  test("an expired hold never costs a sale", () => {
    const shop = new Shop().stock("socks", "w", 3);
    shop.place("o1", { a: ["socks", 3] });
    shop.later(HOLD).place("o2", { a: ["socks", 2] });
    expect([shop.order("o1").state, shop.order("o2").state]).toEqual(["EXPIRED", "RESERVED"]);
    expect(shop.story("o1")).toEqual(["OrderReserved", "OrderReservationReleased"]);
    expect(shop.balance("socks", "w")).toEqual([1, 2]);
  });

  test("an expired hold is not taken while its payment may still be unread", () => {
    const shop = new Shop().stock("socks", "w", 3);
    shop.place("o1", { a: ["socks", 3] });
    shop.later(HOLD).paymentsReadUpTo = shop.now - 1;
    shop.place("o2", { a: ["socks", 2] });
    expect([shop.order("o1").state, shop.order("o2").state]).toEqual(["RESERVED", "REJECTED"]);
  });

  test("of an expired order only lines whose stream is held are given back now; the sweeper gives the others", () => {
    const shop = new Shop().stock("socks", "w", 3).stock("hat", "w", 1);
    shop.place("o1", { a: ["socks", 3], b: ["hat", 1] });
    shop.later(HOLD).place("o2", { a: ["socks", 2] });
    expect(shop.order("o1").state).toBe("EXPIRED");
    expect(shop.balance("hat", "w")).toEqual([0, 1]);
    expect(shop.order("o1").expiresAt).not.toBeNull();
    shop.expire("o1");
    expect(shop.balance("hat", "w")).toEqual([1, 0]);
    expect(shop.order("o1").expiresAt).toBeNull();
    expect(shop.events("OrderReservationReleased", "o1").map((r) => r.lines[0].lineId)).toEqual(["a", "b"]);
  });

  test("a payment that finds part of the expired hold still there keeps it", () => {
    const shop = new Shop().stock("socks", "w", 3).stock("hat", "w", 1);
    shop.place("o1", { a: ["socks", 3], b: ["hat", 1] });
    shop.later(HOLD).place("o2", { a: ["socks", 2] });
    shop.pay("o1");
    expect(shop.order("o1").state).toBe("CONFIRMED");
    expect(shop.balance("hat", "w")).toEqual([0, 1]);
    expect(shop.balance("socks", "w")).toEqual([0, 3]);
    shop.expire("o1");
    expect(shop.balance("hat", "w")).toEqual([0, 1]);
  });
});

describe("cancellation", () => {
  test("a cancelled hold goes back at once, whole or by line, never more than is open", () => {
    const shop = new Shop().stock("socks", "w", 10).stock("hat", "w", 5);
    shop.place("o1", { a: ["socks", 3], b: ["hat", 2] });
    shop.cancel("o1", { a: 1 });
    expect(shop.balance("socks", "w")).toEqual([8, 2]);
    shop.cancel("o1", { a: 9 });
    expect(shop.balance("socks", "w")).toEqual([10, 0]);
    expect(shop.order("o1").state).toBe("RESERVED");
    shop.cancel("o1");
    expect(shop.order("o1").state).toBe("CANCELLED");
    expect(shop.balance("hat", "w")).toEqual([5, 0]);
    expect(shop.events("OrderReservationReleased").map((r) => r.reason)).toEqual([
      "CANCELLED",
      "CANCELLED",
      "CANCELLED",
    ]);
  });

  test("an order all of whose lines are cancelled is cancelled", () => {
    const shop = new Shop().stock("socks", "w", 10);
    shop.place("o1", { a: ["socks", 3] });
    shop.cancel("o1", { a: 3 });
    expect(shop.order("o1").state).toBe("CANCELLED");
  });

  test("a cancellation that comes before its order is kept for it", () => {
    const shop = new Shop().stock("socks", "w", 10);
    shop.cancel("o1");
    shop.place("o1", { a: ["socks", 3] });
    expect(shop.events("OrderReservationRejected")[0].reasons).toEqual([
      { lineId: null, sku: null, code: "ORDER_CANCELLED", orderId: null, text: expect.any(String) },
    ]);
    shop.cancel("o2", { a: 1 });
    shop.place("o2", { a: ["socks", 3] });
    expect(shop.balance("socks", "w")).toEqual([8, 2]);
  });

  test("a paid order asks the warehouse first and releases only what it really gives back", () => {
    const shop = new Shop().stock("socks", "w", 10);
    shop.place("o1", { a: ["socks", 3] }, { payment: "PAID" });
    shop.cancel("o1");
    expect(shop.balance("socks", "w")).toEqual([7, 3]);
    expect(shop.events("FulfilmentCancelRequested")[0]).toMatchObject({
      fulfilmentId: "o1/1",
      lines: [{ lineId: "a", sku: "socks", quantity: 3 }],
    });
    shop.answerCancel("o1", "o1/1", { a: 2 });
    expect(shop.balance("socks", "w")).toEqual([9, 1]);
    expect(shop.order("o1").state).toBe("CONFIRMED");
    shop.pick("SHIP", "o1", "a", "w", 1);
    expect(shop.order("o1").state).toBe("FULFILLED");
    expect(shop.balance("socks", "w")).toEqual([9, 0]);
  });

  test("a paid order all of which the warehouse gives back is cancelled", () => {
    const shop = new Shop().stock("socks", "w", 10);
    shop.place("o1", { a: ["socks", 3] }, { payment: "PAID" });
    shop.cancel("o1");
    shop.answerCancel("o1", "o1/1", { a: 3 });
    expect(shop.order("o1").state).toBe("CANCELLED");
    expect(shop.order("o1").lines[0]?.cancelled).toBe(3);
  });

  test("by line, a paid order asks for those pieces, and never for the same piece twice", () => {
    const shop = new Shop().stock("socks", "w", 10);
    shop.place("o1", { a: ["socks", 3] }, { payment: "PAID" });
    shop.cancel("o1", { a: 2 });
    shop.cancel("o1", { a: 2 });
    shop.cancel("o1");
    expect(shop.events("FulfilmentCancelRequested").map((r) => r.lines[0].quantity)).toEqual([2, 1]);
  });

  test("cancelling what was rejected or has expired is kept, so that a late payment reserves no more than is wanted", () => {
    const shop = new Shop().stock("socks", "w", 1);
    shop.place("o1", { a: ["socks", 3] });
    shop.cancel("o1", { a: 2 });
    shop.pay("o1");
    expect(shop.order("o1").lines[0]).toMatchObject({ cancelled: 2, shorted: 0 });
    expect(shop.balance("socks", "w")).toEqual([0, 1]);
  });
});

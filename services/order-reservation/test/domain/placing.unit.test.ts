import { describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import { MINUTE, placement, Shop } from "./shop.js";

describe("placing an order", () => {
  test("the socks: 100 sellable and an order of 3 leave 97 sellable and 3 reserved, for half an hour", () => {
    const shop = new Shop().stock("socks", "wuhan", 100);
    expect(shop.place("o1", { a: ["socks", 3] }).type).toBe("DECIDED");
    expect(shop.balance("socks", "wuhan")).toEqual([97, 3]);
    expect(shop.events("OrderReserved")).toEqual([
      {
        orderId: "o1",
        expiresAt: shop.now + 30 * MINUTE,
        lines: [
          { lineId: "a", sku: "socks", quantity: 3, allocations: [{ location: "wuhan", quantity: 3, sku: null }] },
        ],
        warnings: [],
      },
    ]);
    shop.later(30 * MINUTE).expire("o1");
    expect(shop.balance("socks", "wuhan")).toEqual([100, 0]);
    expect(shop.order("o1").state).toBe("EXPIRED");
  });

  test("two lines of 60 from 100 are counted together and rejected, each with its reason and no quantity", () => {
    const shop = new Shop().stock("socks", "wuhan", 100);
    shop.place("o1", { a: ["socks", 60], b: ["socks", 60] });
    expect(shop.order("o1").state).toBe("REJECTED");
    expect(shop.events("OrderReservationRejected")[0]).toEqual({
      orderId: "o1",
      reasons: [
        { lineId: "a", sku: "socks", code: "OUT_OF_STOCK", orderId: null, text: expect.any(String) },
        { lineId: "b", sku: "socks", code: "OUT_OF_STOCK", orderId: null, text: expect.any(String) },
      ],
    });
    expect(shop.balance("socks", "wuhan")).toEqual([100, 0]);
  });

  test("all lines or none: one line that lacks stock refuses the order and names only that line", () => {
    const shop = new Shop().stock("socks", "wuhan", 100).stock("hat", "wuhan", 1);
    shop.place("o1", { a: ["socks", 1], b: ["hat", 2] });
    expect(shop.order("o1").reasons).toEqual([{ lineId: "b", sku: "hat", code: "OUT_OF_STOCK" }]);
    expect(shop.balance("socks", "wuhan")).toEqual([100, 0]);
  });

  test("an order that accepts a part gets the part, and the rest is shorted", () => {
    const shop = new Shop().stock("socks", "wuhan", 100).stock("hat", "wuhan", 1);
    shop.place("o1", { a: ["socks", 1], b: ["hat", 2] }, { allowPartial: true });
    expect(shop.story("o1")).toEqual(["OrderReserved", "OrderShorted"]);
    expect(shop.events("OrderShorted")[0].lines).toEqual([{ lineId: "b", sku: "hat", shortQuantity: 1, remedies: [] }]);
    expect(shop.order("o1").state).toBe("RESERVED");
  });

  test("an order that accepts a part is still refused when there is nothing at all", () => {
    const shop = new Shop().stock("hat", "wuhan", 0);
    shop.place("o1", { a: ["hat", 2] }, { allowPartial: true });
    expect(shop.story("o1")).toEqual(["OrderReservationRejected"]);
  });

  test("a SKU that nobody has listed or received is unknown; a listed one without stock is out of stock", () => {
    const shop = new Shop();
    shop.do({ type: "ListSku", sku: "hat", active: true });
    shop.place("o1", { a: ["ghost", 1] });
    shop.place("o2", { a: ["hat", 1] });
    expect(shop.order("o1").reasons[0]?.code).toBe("UNKNOWN_SKU");
    expect(shop.order("o2").reasons[0]?.code).toBe("OUT_OF_STOCK");
  });

  test("a SKU the catalogue no longer sells is refused whatever the stock", () => {
    const shop = new Shop().stock("hat", "wuhan", 10);
    shop.do({ type: "ListSku", sku: "hat", active: false });
    shop.place("o1", { a: ["hat", 1] });
    expect(shop.order("o1").reasons[0]?.code).toBe("SKU_INACTIVE");
  });

  test("a paid order of an unknown SKU is rejected and raises an alert", () => {
    const shop = new Shop();
    shop.place("o1", { a: ["ghost", 1] }, { payment: "PAID" });
    expect(shop.story("o1")).toEqual(["OrderReservationRejected", "StockAlertRaised"]);
  });

  test("a paid order is reserved for good and fulfilment is requested at every location it comes from", () => {
    const shop = new Shop().stock("socks", "beijing", 2).stock("socks", "wuhan", 3);
    shop.place("o1", { a: ["socks", 5] }, { payment: "PAID", deliverBy: 77 });
    expect(shop.events("OrderReserved")[0].expiresAt).toBeNull();
    expect(shop.events("FulfilmentRequested").map((r) => [r.fulfilmentId, r.location, r.lines[0].quantity])).toEqual([
      ["o1/1", "wuhan", 3],
      ["o1/2", "beijing", 2],
    ]);
    expect(shop.events("FulfilmentRequested")[0].deliverBy).toBe(77);
  });

  test("a paid order that lacks stock gets what there is, and the rest is shorted in the same breath", () => {
    const shop = new Shop().stock("socks", "wuhan", 2);
    shop.place("o1", { a: ["socks", 5] }, { payment: "PAID" });
    expect(shop.story("o1")).toEqual(["OrderReserved", "FulfilmentRequested", "OrderShorted"]);
    expect(shop.order("o1").state).toBe("CONFIRMED");
    expect(shop.events("OrderShorted")[0]).toMatchObject({ cause: "OUT_OF_STOCK", shortageId: "o1/1" });
  });

  test("a paid order for which nothing is left is shorted, not rejected", () => {
    const shop = new Shop().stock("socks", "wuhan", 0);
    shop.place("o1", { a: ["socks", 5] }, { payment: "PAID" });
    expect(shop.story("o1")).toEqual(["OrderShorted"]);
    expect(shop.order("o1").state).toBe("SHORTED");
  });

  test("the same order again gets the same answer and publishes nothing new; other lines are a conflict", () => {
    const shop = new Shop().stock("socks", "wuhan", 100);
    shop.place("o1", { a: ["socks", 3], b: ["socks", 1] });
    const published = shop.effects.length;
    expect(shop.place("o1", { b: ["socks", 1], a: ["socks", 3] }).type).toBe("SAME_AGAIN");
    expect(shop.place("o1", { a: ["socks", 4], b: ["socks", 1] }).type).toBe("ORDER_CONFLICT");
    expect(shop.effects.length).toBe(published);
    expect(shop.balance("socks", "wuhan")).toEqual([96, 4]);
  });

  test("an invalid placement is rejected once; a decided order does not change by one", () => {
    const shop = new Shop().stock("socks", "wuhan", 100);
    expect(shop.do({ type: "RefuseInvalidOrder", orderId: "bad", paid: false, language: null }).type).toBe("DECIDED");
    expect(shop.order("bad").reasons).toEqual([{ lineId: null, sku: null, code: "INVALID_ORDER" }]);
    shop.place("o1", { a: ["socks", 3] });
    expect(shop.do({ type: "RefuseInvalidOrder", orderId: "o1", paid: false, language: null }).type).toBe("NOTHING");
    expect(shop.order("o1").state).toBe("RESERVED");
    expect(shop.place("bad", { a: ["socks", 1] }).type).toBe("ORDER_CONFLICT");
  });

  test("orders of one slice see what the orders before them took", () => {
    const shop = new Shop().stock("socks", "wuhan", 100);
    const outcomes = shop.slice(
      ["o1", "o2", "o3"].map((id) => ({ type: "PlaceOrder", placement: placement(id, { a: ["socks", 40] }) }) as const),
    );
    expect(outcomes.map((o) => (o.type === "DECIDED" ? o.order.state : o.type))).toEqual([
      "RESERVED",
      "RESERVED",
      "REJECTED",
    ]);
    expect(shop.balance("socks", "wuhan")).toEqual([20, 80]);
  });

  test("the hold lives as long as the policy of the channel says", () => {
    const shop = new Shop().stock("socks", "wuhan", 100);
    shop.policies.set("default", { unpaidHoldSeconds: 3600 });
    shop.policies.set("channel:app", { unpaidHoldSeconds: 60 });
    shop.place("o1", { a: ["socks", 1] }, { channel: "app" });
    shop.place("o2", { a: ["socks", 1] }, { channel: "web" });
    expect(shop.order("o1").expiresAt).toBe(shop.now + MINUTE);
    expect(shop.order("o2").expiresAt).toBe(shop.now + 60 * MINUTE);
  });
});

describe("names that programs use for other things", () => {
  test.each(["constructor", "toString", "valueOf", "__proto__"])("a line may be called %s", (lineId) => {
    const shop = new Shop().stock("socks", "w", 9);
    const lines = [{ lineId, sku: "socks", quantity: 2 }];
    shop.do({ type: "PlaceOrder", placement: { ...placement("o1", {}), lines } });
    expect(shop.order("o1")).toMatchObject({ state: "RESERVED", lines: [{ cancelled: 0 }] });
    const cancel = { type: "CancelOrder", orderId: "o2", lines: [{ lineId, quantity: 1 }] } as const;
    shop.do(cancel);
    shop.do({ type: "PlaceOrder", placement: { ...placement("o2", {}), lines } });
    expect(shop.order("o2")).toMatchObject({ state: "RESERVED", lines: [{ cancelled: 1 }] });
  });
});

describe("a SKU that was only ever received as unsellable", () => {
  test("is known: a paid order for it is shorted, not refused", () => {
    const shop = new Shop();
    const reference = { type: "receipt", id: "r", line: "1" } as const;
    const about = { sku: "socks", quantity: 5, at: "w", reference } as const;
    shop.do({ type: "ApplyMovement", movement: movementDraft("RECEIPT", "unsellable", about) });
    shop.place("o1", { a: ["socks", 1] }, { payment: "PAID" });
    expect(shop.order("o1").state).toBe("SHORTED");
    expect(shop.events("OrderShorted")[0]).toMatchObject({ cause: "OUT_OF_STOCK" });
    expect(shop.events("StockAlertRaised")).toEqual([]);
  });
});

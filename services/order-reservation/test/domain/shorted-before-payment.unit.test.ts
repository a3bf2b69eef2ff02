import { describe, expect, test } from "@jest/globals";
import { Shop } from "./shop.js";

const alerts = (shop: Shop) => shop.events("StockAlertRaised").map((alert) => alert.code);

describe("a payment for a hold that a deficit has shorted wholly", () => {
  function shorted(): Shop {
    const shop = new Shop().stock("socks", "w", 5);
    shop.place("o1", { l: ["socks", 5] });
    shop.count("socks", "w", -5);
    return shop;
  }

  test("reserves again, because money has been taken", () => {
    const shop = shorted();
    shop.receive("socks", "w", 9);
    shop.pay("o1");
    expect(shop.order("o1")).toMatchObject({ state: "CONFIRMED", expiresAt: null, lines: [{ shorted: 0 }] });
    expect(shop.balance("socks", "w")).toEqual([4, 5]);
    expect(shop.story("o1")).toEqual(["OrderReserved", "OrderShorted", "OrderReserved", "FulfilmentRequested"]);
  });

  test("shorts anew only what it cannot serve", () => {
    const shop = shorted();
    shop.receive("socks", "w", 2);
    shop.pay("o1");
    expect(shop.order("o1")).toMatchObject({ state: "CONFIRMED", lines: [{ shorted: 3 }] });
    const said = shop.events("OrderShorted").map((s) => [s.shortageId, s.cause, s.lines[0].shortQuantity]);
    expect(said).toEqual([
      ["o1/1", "PHYSICAL_SHORTAGE", 5],
      ["o1/2", "OUT_OF_STOCK", 3],
    ]);
  });

  test("that finds nothing says nothing: the shortage was published", () => {
    const shop = shorted();
    shop.pay("o1");
    expect(shop.order("o1")).toMatchObject({ state: "SHORTED", paid: true, lines: [{ shorted: 5 }] });
    expect(shop.story("o1")).toEqual(["OrderReserved", "OrderShorted"]);
  });

  test("takes expired holds of others", () => {
    const shop = new Shop().stock("socks", "w", 5).stock("socks", "v", 5);
    shop.place("old", { l: ["socks", 5] });
    shop.place("o1", { l: ["socks", 5] });
    shop.count("socks", "w", -5);
    shop.later(31 * 60_000).pay("o1");
    expect(shop.order("o1").state).toBe("CONFIRMED");
  });
});

describe("an order that was shorted before it was paid and is cancelled", () => {
  test("an order cancelled whole is cancelled, although some of it had been shorted before", () => {
    const shop = new Shop().stock("socks", "w", 3);
    shop.place("o1", { l: ["socks", 5] }, { allowPartial: true });
    shop.cancel("o1");
    expect(shop.order("o1").state).toBe("CANCELLED");
    shop.pay("o1");
    expect(alerts(shop)).toEqual(["PAYMENT_FOR_CANCELLED_ORDER"]);
    expect(shop.balance("socks", "w")).toEqual([3, 0]);
  });

  test("the same when all its lines are cancelled one by one", () => {
    const shop = new Shop().stock("socks", "w", 3);
    shop.place("o1", { l: ["socks", 5] }, { allowPartial: true });
    shop.cancel("o1", { l: 3 });
    shop.cancel("o1", { l: 2 });
    expect(shop.order("o1").state).toBe("CANCELLED");
    shop.pay("o1");
    expect(alerts(shop)).toEqual(["PAYMENT_FOR_CANCELLED_ORDER"]);
  });

  test("an order that was wholly shorted and is cancelled then is cancelled", () => {
    const shop = new Shop().stock("socks", "w", 3);
    shop.place("o1", { l: ["socks", 3] });
    shop.count("socks", "w", -3);
    expect(shop.order("o1").state).toBe("SHORTED");
    shop.cancel("o1");
    expect(shop.order("o1").state).toBe("CANCELLED");
    shop.receive("socks", "w", 3);
    shop.pay("o1");
    expect(alerts(shop)).toEqual(["PAYMENT_FOR_CANCELLED_ORDER"]);
  });
});

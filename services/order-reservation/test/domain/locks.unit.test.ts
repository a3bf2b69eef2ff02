import { describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import type { Placement } from "../../src/domain/index.js";
import { MINUTE, placement, Shop } from "./shop.js";

const NAMED: Partial<Placement> = { promotionId: "sale" };
const PAID_NAMED: Partial<Placement> = { ...NAMED, payment: "PAID" };

const codeOf = (shop: Shop, orderId: string) => shop.order(orderId).reasons[0]?.code;

/** 10 socks, 4 of them set aside from the sale that runs. */
const sale = (releasePolicy: "AT_ZERO" | "ON_PROMOTION_ENDED" = "AT_ZERO"): Shop => {
  const shop = new Shop().stock("socks", "w", 10);
  shop.promote("sale", { socks: { w: 4 } }, { releasePolicy });
  return shop;
};

describe("stock set aside from a promotion", () => {
  test("is not for sale from the start of the promotion, neither at its price nor at the normal one", () => {
    const shop = new Shop().stock("socks", "w", 10);
    shop.promote("sale", { socks: { w: 4 } }, { startsAt: shop.now + MINUTE });
    expect([shop.locked("socks", "w"), shop.balance("socks", "w")]).toEqual([0, [10, 0]]);
    shop.tend("socks", MINUTE);
    expect([shop.locked("socks", "w"), shop.balance("socks", "w")]).toEqual([4, [6, 0]]);
    shop.place("o1", { l: ["socks", 7] });
    shop.place("o2", { l: ["socks", 7] }, NAMED);
    expect([codeOf(shop, "o1"), codeOf(shop, "o2")]).toEqual(["OUT_OF_STOCK", "OUT_OF_STOCK"]);
  });

  test("is begun by whoever touches the SKU first after its time, before that is decided", () => {
    const shop = new Shop().stock("socks", "w", 5);
    shop.promote("sale", { socks: { w: 4 } }, { startsAt: shop.now + MINUTE });
    shop.later(MINUTE).place("o1", { l: ["socks", 2] });
    expect(codeOf(shop, "o1")).toBe("OUT_OF_STOCK");
    expect(shop.locked("socks", "w")).toBe(4);
  });

  test("what can be locked is locked, the rest when stock comes, with an alert that is cleared then", () => {
    const shop = new Shop().stock("socks", "w", 3);
    shop.promote("sale", { socks: { w: 5 } });
    expect([shop.locked("socks", "w"), shop.course()]).toEqual([3, ["LOCK", "LOCK_INCOMPLETE"]]);
    shop.receive("socks", "w", 1);
    expect(shop.course().slice(2)).toEqual(["LOCK"]);
    shop.receive("socks", "w", 10);
    expect(shop.course().slice(3)).toEqual(["LOCK", "LOCK_INCOMPLETE cleared"]);
    expect([shop.locked("socks", "w"), shop.balance("socks", "w")]).toEqual([5, [9, 0]]);
  });

  test("a promotion that never had anything to sell is not sold out: it sells what comes beyond its lock", () => {
    const shop = new Shop().stock("socks", "w", 3);
    shop.promote("sale", { socks: { w: 5 } });
    shop.place("o1", { l: ["socks", 1] }, NAMED);
    expect(codeOf(shop, "o1")).toBe("OUT_OF_STOCK");
    shop.receive("socks", "w", 10);
    shop.place("o2", { l: ["socks", 1] }, NAMED);
    expect(shop.order("o2").state).toBe("RESERVED");
  });

  test("stock of suppliers is never set aside, and sells on when our own is gone", () => {
    const shop = new Shop().stock("socks", "w", 2).stock("socks", "supplier:acme", 5);
    shop.promote("sale", { socks: { w: 1, "supplier:acme": 3 } });
    expect(shop.locked("socks", "supplier:acme")).toBe(0);
    shop.place("o1", { l: ["socks", 1] }, NAMED);
    expect(shop.course()).toContain("PROMOTION_STOCK_RELEASED");
    shop.place("late", { l: ["socks", 1] }, NAMED);
    expect(codeOf(shop, "late")).toBe("PROMOTION_SOLD_OUT");
    shop.place("o2", { l: ["socks", 5] });
    expect(shop.order("o2").state).toBe("RESERVED");
  });

  test("an end that is told before the beginning is remembered: nothing is set aside", () => {
    const shop = new Shop().stock("socks", "w", 9);
    shop.endPromotion("sale");
    expect(shop.promote("sale", { socks: { w: 4 } })).toMatchObject({ type: "LOCK_REFUSED", code: "PROMOTION_OVER" });
    expect(shop.locked("socks", "w")).toBe(0);
  });

  test("a schedule told anew changes times and pieces; what it no longer names is set aside no longer", () => {
    const shop = new Shop().stock("socks", "w", 9).stock("hats", "w", 9);
    shop.promote("sale", { socks: { w: 4 }, hats: { w: 2 } });
    shop.promote("sale", { socks: { w: 1 } });
    expect([shop.locked("socks", "w"), shop.locked("hats", "w")]).toEqual([1, 0]);
    shop.promote("sale", { hats: { w: 5 } }, { whole: false });
    expect([shop.locked("socks", "w"), shop.locked("hats", "w")]).toEqual([1, 5]);
  });

  test("a promotion that has begun and is put off gives back what was set aside, until its new start", () => {
    const shop = sale();
    shop.promote("sale", { socks: { w: 4 } }, { startsAt: shop.now + 10 * MINUTE });
    expect([shop.locked("socks", "w"), shop.balance("socks", "w")]).toEqual([0, [10, 0]]);
    shop.place("o1", { l: ["socks", 10] }, NAMED);
    shop.cancel("o1");
    shop.tend("socks", 10 * MINUTE);
    shop.place("o2", { l: ["socks", 6] }, NAMED);
    expect([shop.order("o2").state, shop.locked("socks", "w")]).toEqual(["RESERVED", 0]);
    shop.place("o3", { l: ["socks", 1] }, NAMED);
    expect(codeOf(shop, "o3")).toBe("PROMOTION_SOLD_OUT");
  });

  test("of a schedule told anew, a promotion that is put off and misses stock alerts nobody until it begins", () => {
    const shop = new Shop().stock("socks", "w", 3);
    shop.promote("sale", { socks: { w: 5 } });
    shop.promote("sale", { socks: { w: 5 } }, { startsAt: shop.now + MINUTE });
    expect(shop.course()).toEqual(["LOCK", "LOCK_INCOMPLETE", "UNLOCK", "LOCK_INCOMPLETE cleared"]);
    shop.tend("socks", MINUTE);
    expect(shop.course().slice(4)).toEqual(["LOCK", "LOCK_INCOMPLETE"]);
  });

  test("an operator gives a part back, and it does not fill up again", () => {
    const shop = sale();
    shop.releaseLock("sale", "socks", "w", 3);
    shop.receive("socks", "w", 5);
    expect([shop.locked("socks", "w"), shop.balance("socks", "w")]).toEqual([1, [14, 0]]);
    expect(shop.releaseLock("sale", "socks", "w", 2)).toMatchObject({ code: "NOT_LOCKED" });
    shop.releaseLock("sale", "socks", "w");
    expect(shop.locked("socks", "w")).toBe(0);
    expect(shop.releaseLock("sale", "socks", "x")).toMatchObject({ code: "UNKNOWN_LOCK" });
  });

  test("a wish of an operator names a SKU and a warehouse that are known", () => {
    const shop = new Shop().stock("socks", "w", 9);
    const wish = (items: Record<string, Record<string, number>>) => shop.promote("sale", items, { whole: false });
    expect(wish({ ghost: { w: 1 } })).toMatchObject({ code: "UNKNOWN_SKU", index: 0 });
    expect(wish({ socks: { w: 1, nowhere: 1 } })).toMatchObject({ code: "UNKNOWN_LOCATION", index: 1 });
    expect(shop.locked("socks", "w")).toBe(0);
  });

  test("nothing of it exists for a SKU without a promotion", () => {
    const shop = new Shop().stock("socks", "w", 2);
    shop.place("o1", { l: ["socks", 2] }, NAMED);
    shop.receive("socks", "w", 2);
    shop.place("o2", { l: ["socks", 1] }, NAMED);
    expect([shop.order("o2").state, shop.course()]).toEqual(["RESERVED", ["RESERVE", "RESERVE"]]);
  });
});

describe("when nothing is left to sell while a promotion runs", () => {
  test("AT_ZERO gives the lock back in that same transaction, after an alert, and only at the normal price", () => {
    const shop = sale();
    const before = shop.course().length;
    shop.place("o1", { l: ["socks", 6] }, NAMED);
    expect(shop.course().slice(before)).toEqual(["RESERVE", "PROMOTION_STOCK_RELEASED", "UNLOCK"]);
    shop.place("o2", { l: ["socks", 1] }, NAMED);
    shop.place("o3", { l: ["socks", 4] });
    expect([codeOf(shop, "o2"), shop.order("o3").state]).toEqual(["PROMOTION_SOLD_OUT", "RESERVED"]);
  });

  test("an order larger than the rest gives nothing back: it is refused for lack of stock, and the rest sells on", () => {
    const shop = sale();
    shop.place("o1", { l: ["socks", 4] }, NAMED);
    shop.place("big", { l: ["socks", 3] }, NAMED);
    shop.place("bigger", { l: ["socks", 3] });
    expect([codeOf(shop, "big"), codeOf(shop, "bigger"), shop.locked("socks", "w")]).toEqual([
      "OUT_OF_STOCK",
      "OUT_OF_STOCK",
      4,
    ]);
    shop.place("paid", { l: ["socks", 3] }, { payment: "PAID" });
    expect(shop.order("paid").lines[0]?.shorted).toBe(1);
    expect([shop.locked("socks", "w"), shop.balance("socks", "w")[0]]).toEqual([0, 4]);
  });

  test("the quota is gone for good, also when stock comes or a hold is given back", () => {
    const shop = sale();
    shop.place("o1", { l: ["socks", 6] }, NAMED);
    shop.cancel("o1");
    shop.receive("socks", "w", 10);
    shop.place("o2", { l: ["socks", 1] }, NAMED);
    expect([codeOf(shop, "o2"), shop.locked("socks", "w")]).toEqual(["PROMOTION_SOLD_OUT", 0]);
    shop.endPromotion("sale");
    shop.place("o3", { l: ["socks", 1] }, NAMED);
    expect(codeOf(shop, "o3")).toBe("PROMOTION_SOLD_OUT");
  });

  test("a paid order that names it is refused like others, with an alert", () => {
    const shop = sale();
    shop.place("o1", { l: ["socks", 6] });
    shop.place("o2", { l: ["socks", 1] }, PAID_NAMED);
    expect([shop.order("o2").state, codeOf(shop, "o2")]).toEqual(["REJECTED", "PROMOTION_SOLD_OUT"]);
    expect(shop.events("StockAlertRaised", "o2").map(({ code }) => code)).toEqual(["PAID_ORDER_REJECTED"]);
  });

  test("ON_PROMOTION_ENDED keeps it set aside until the end, plus the grace time", () => {
    const shop = sale("ON_PROMOTION_ENDED");
    shop.place("o1", { l: ["socks", 6] }, NAMED);
    shop.place("o2", { l: ["socks", 1] }, NAMED);
    shop.place("o3", { l: ["socks", 1] });
    expect([codeOf(shop, "o2"), codeOf(shop, "o3")]).toEqual(["PROMOTION_SOLD_OUT", "OUT_OF_STOCK"]);
    shop.tend("socks", 60 * MINUTE);
    expect(shop.locked("socks", "w")).toBe(4);
    shop.tend("socks", shop.promotionGraceMs);
    expect([shop.locked("socks", "w"), shop.course().slice(-2)]).toEqual([0, ["PROMOTION_STOCK_RELEASED", "UNLOCK"]]);
  });

  test("its end that is told counts before the end that was planned, and the grace time runs from it", () => {
    const shop = sale("ON_PROMOTION_ENDED");
    shop.later(MINUTE).endPromotion("sale");
    expect(shop.locked("socks", "w")).toBe(4);
    shop.tend("socks", shop.promotionGraceMs);
    expect(shop.locked("socks", "w")).toBe(0);
  });

  test("AT_ZERO ends with the promotion at the latest", () => {
    const shop = sale();
    shop.endPromotion("sale");
    expect([shop.locked("socks", "w"), shop.course().slice(-2)]).toEqual([0, ["PROMOTION_STOCK_RELEASED", "UNLOCK"]]);
  });

  test("stock at another own location keeps the promotion going", () => {
    const shop = new Shop().stock("socks", "w", 5).stock("socks", "x", 1);
    shop.promote("sale", { socks: { w: 4 } });
    shop.place("o1", { l: ["socks", 1] }, NAMED);
    expect(shop.locked("socks", "w")).toBe(4);
    shop.place("o2", { l: ["socks", 1] }, NAMED);
    expect(shop.locked("socks", "w")).toBe(0);
  });

  test("what is kept for a channel keeps the promotion going, for that channel, and is not set aside from it", () => {
    const shop = new Shop().stock("socks", "w", 10);
    shop.policies.set("channel:vip", { safetyStock: { everywhere: { pieces: 3 } } });
    shop.promote("sale", { socks: { w: 4 } });
    shop.place("o1", { l: ["socks", 3] }, NAMED);
    expect([shop.locked("socks", "w"), shop.balance("socks", "w")[0]]).toEqual([4, 3]);
    shop.place("o2", { l: ["socks", 3] }, { ...NAMED, channel: "vip" });
    expect([shop.locked("socks", "w"), shop.balance("socks", "w")[0]]).toEqual([0, 4]);
    const kept = new Shop().stock("hats", "w", 5);
    kept.policies.set("channel:vip", { safetyStock: { everywhere: { pieces: 3 } } });
    kept.promote("sale", { hats: { w: 5 } });
    expect([kept.locked("hats", "w"), kept.course()]).toEqual([2, ["LOCK", "LOCK_INCOMPLETE"]]);
  });

  test("what every sale has to leave counts as nothing to sell", () => {
    const shop = new Shop().stock("socks", "w", 10);
    shop.policies.set("default", { minimumLeft: { everywhere: { pieces: 2 } } });
    shop.promote("sale", { socks: { w: 4 } });
    shop.place("o1", { l: ["socks", 4] }, NAMED);
    expect([shop.locked("socks", "w"), shop.balance("socks", "w")[0]]).toEqual([0, 6]);
  });

  test("what only one region of one channel may still buy keeps the promotion going, for whoever that is", () => {
    const shop = new Shop().stock("socks", "w", 10);
    const everyoneLeaves = { minimumLeft: { everywhere: { pieces: 3 } } };
    shop.policies.set("default", everyoneLeaves).set("region:south,channel:app", { minimumLeft: null });
    shop.promote("sale", { socks: { w: 4 } });
    shop.place("o1", { l: ["socks", 3] }, NAMED);
    shop.place("o2", { l: ["socks", 1] }, NAMED);
    expect([codeOf(shop, "o2"), shop.locked("socks", "w")]).toEqual(["OUT_OF_STOCK", 4]);
    shop.place("o3", { l: ["socks", 3] }, { ...NAMED, channel: "app", region: "south" });
    expect([shop.order("o3").state, shop.locked("socks", "w")]).toEqual(["RESERVED", 0]);
    shop.place("o4", { l: ["socks", 1] }, { ...NAMED, channel: "app", region: "south" });
    expect(codeOf(shop, "o4")).toBe("PROMOTION_SOLD_OUT");
  });

  test("goods that vanish count as well as goods that are sold", () => {
    const shop = sale();
    shop.count("socks", "w", -6);
    expect(shop.course().slice(-2)).toEqual(["PROMOTION_STOCK_RELEASED", "UNLOCK"]);
    expect(shop.balance("socks", "w")).toEqual([4, 0]);
  });
});

describe("promises and locks", () => {
  test("what a shelf holds less than was promised is taken from its locks first, and they fill up again", () => {
    const shop = new Shop().stock("socks", "w", 10).stock("socks", "x", 1);
    shop.promote("sale", { socks: { w: 4 } });
    shop.place("o1", { l: ["socks", 6] });
    shop.count("socks", "w", -3);
    expect([shop.locked("socks", "w"), shop.balance("socks", "w")]).toEqual([1, [0, 6]]);
    expect(shop.order("o1").state).toBe("RESERVED");
    expect(shop.course().slice(-2)).toEqual(["UNLOCK", "LOCK_INCOMPLETE"]);
    shop.receive("socks", "w", 5);
    expect([shop.locked("socks", "w"), shop.balance("socks", "w")]).toEqual([4, [2, 6]]);
  });

  test("a shelf that holds less than promises and locks together shorts only what the locks cannot cover", () => {
    const shop = sale();
    shop.place("o1", { l: ["socks", 5] }, { payment: "PENDING" });
    shop.count("socks", "w", -7);
    expect([shop.locked("socks", "w"), shop.balance("socks", "w")]).toEqual([0, [0, 3]]);
    expect(shop.order("o1").lines[0]?.shorted).toBe(2);
  });

  test("a hold from before the quota was gone is paid as ever; one that has expired is not brought back", () => {
    const shop = sale();
    shop.place("held", { l: ["socks", 2] }, NAMED);
    shop.place("late", { l: ["socks", 2] }, NAMED);
    shop.place("rest", { l: ["socks", 2] }, { payment: "PAID" });
    shop.pay("held");
    shop.later(31 * MINUTE).expire("late");
    shop.pay("late");
    expect(shop.order("held").state).toBe("CONFIRMED");
    expect([shop.order("late").state, codeOf(shop, "late")]).toEqual(["REJECTED", "PROMOTION_SOLD_OUT"]);
    expect(shop.events("StockAlertRaised", "late").map(({ code }) => code)).toEqual(["PAID_ORDER_REJECTED"]);
  });

  test("an order that reserves at its payment is shorted with remedies when the quota is gone by then", () => {
    const shop = sale();
    shop.policies.set("default", { reserveAt: "ON_PAYMENT" });
    shop.place("waits", { l: ["socks", 2] }, NAMED);
    shop.place("paid", { l: ["socks", 6] }, { payment: "PAID" });
    shop.pay("waits");
    expect([shop.order("waits").state, shop.balance("socks", "w")[0]]).toEqual(["SHORTED", 4]);
    expect(shop.events("OrderShorted", "waits")).toHaveLength(1);
  });

  test("what a shopper's cart held when the quota was gone is of the quota, what it held after is not", () => {
    const shop = sale();
    shop.policies.set("default", { reserveAt: "ON_CART" });
    shop.putInCart("before", "socks", 2);
    shop.place("o1", { l: ["socks", 4] });
    shop.putInCart("after", "socks", 1);
    shop.place("o2", { l: ["socks", 2] }, { ...NAMED, cartId: "before" });
    shop.place("o3", { l: ["socks", 1] }, { ...NAMED, cartId: "after" });
    expect([shop.order("o2").state, codeOf(shop, "o3")]).toEqual(["RESERVED", "PROMOTION_SOLD_OUT"]);
  });

  test("pieces of an order that get lost are replaced from what was released: it was promised before", () => {
    const shop = sale();
    shop.place("o1", { l: ["socks", 6] }, PAID_NAMED);
    shop.pick("PICK_SHORT", "o1", "l", "w", 1);
    expect([shop.order("o1").lines[0]?.shorted, shop.balance("socks", "w")]).toEqual([0, [3, 6]]);
  });

  test("a transfer that takes the last pieces ends the quota too", () => {
    const shop = sale();
    const request = { transferId: "t", lineId: "1", sku: "socks", source: "w", destination: "x", quantity: 6 };
    shop.do({ type: "ReserveTransfer", request: { ...request, allowPartial: true } });
    expect(shop.course().slice(-3)).toEqual(["TRANSFER_RESERVE", "PROMOTION_STOCK_RELEASED", "UNLOCK"]);
  });

  test("in one slice, the order after the last piece is refused and the one at the normal price is served", () => {
    const shop = sale();
    const place = (orderId: string, promotionId: string | null, quantity: number) =>
      ({
        type: "PlaceOrder",
        placement: placement(orderId, { l: ["socks", quantity] }, { promotionId }),
      }) as const;
    const reference = { type: "receipt", id: "r", line: "1" } as const;
    const movement = movementDraft("RECEIPT", "sellable", { sku: "socks", quantity: 1, at: "w", reference });
    shop.slice([
      place("o1", "sale", 6),
      place("o2", "sale", 1),
      place("o3", null, 4),
      { type: "ApplyMovement", movement },
      place("o4", "sale", 1),
    ]);
    const states = ["o1", "o2", "o3", "o4"].map((orderId) => shop.order(orderId).state);
    expect(states).toEqual(["RESERVED", "REJECTED", "RESERVED", "REJECTED"]);
  });
});

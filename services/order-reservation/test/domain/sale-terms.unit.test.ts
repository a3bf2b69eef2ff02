import { describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import { forSale, type Terms } from "../../src/domain/index.js";
import { MINUTE, placement, Shop } from "./shop.js";

const FREE: Terms = { excluded: false, left: [], sharePercent: null };
const goods = (sellable: number, orderReserved = 0, locked = 0) => ({ sellable, orderReserved, locked });
const codesOf = (shop: Shop, orderId: string) => shop.order(orderId).reasons.map(({ code }) => code);
const heldAt = (shop: Shop, orderId: string) =>
  shop
    .order(orderId)
    .allocations.filter(({ open }) => open > 0)
    .map(({ location, open }) => [location, open]);

describe("what may be sold at a location", () => {
  test("is what is sellable, less all that is left there, and never below 0", () => {
    expect(forSale(goods(10), FREE, 0)).toBe(10);
    expect(forSale(goods(-3), FREE, 0)).toBe(0);
    expect(forSale(goods(10), { ...FREE, left: [{ pieces: 4 }, { pieces: 3 }] }, 0)).toBe(3);
    expect(forSale(goods(5), { ...FREE, left: [{ pieces: 9 }] }, 0)).toBe(0);
    expect(forSale(goods(5), { ...FREE, excluded: true }, 0)).toBe(0);
  });

  test("a percentage is of the goods, sold or not, so that sales and locks do not wear it down; a part of a piece is left", () => {
    const left = [{ percent: 20 }];
    expect(forSale(goods(100), { ...FREE, left }, 0)).toBe(80);
    expect(forSale(goods(20, 60, 20), { ...FREE, left }, 0)).toBe(0);
    expect(forSale(goods(11), { ...FREE, left }, 0)).toBe(8);
    expect(forSale(goods(11), { ...FREE, left: [{ percent: 20, pieces: 5 }] }, 0)).toBe(6);
  });

  test("a share is of the goods too, a part of a piece is not in it, and what the channel holds counts", () => {
    const third = { ...FREE, sharePercent: 33 };
    expect(forSale(goods(100), third, 0)).toBe(33);
    expect(forSale(goods(80, 20), third, 20)).toBe(13);
    expect(forSale(goods(60, 40), third, 40)).toBe(0);
    expect(forSale(goods(2), third, 0)).toBe(0);
    expect(forSale(goods(5, 95), third, 0)).toBe(5);
  });
});

describe("safety stock of a channel", () => {
  const shopKeeping = (pieces: number, more: object = {}) => {
    const shop = new Shop().stock("hat", "a", 10).stock("hat", "b", 3);
    shop.policies.set("channel:vip", { safetyStock: { at: { a: { pieces } }, ...more } });
    return shop;
  };

  test("is not sold to others, and sold to the channel to the last piece", () => {
    const shop = shopKeeping(4);
    shop.place("o1", { h: ["hat", 6] });
    shop.place("o2", { h: ["hat", 4] });
    shop.place("o3", { h: ["hat", 3] });
    expect([heldAt(shop, "o1"), codesOf(shop, "o2"), heldAt(shop, "o3")]).toEqual([
      [["a", 6]],
      ["OUT_OF_STOCK"],
      [["b", 3]],
    ]);
    shop.place("o4", { h: ["hat", 4] }, { channel: "vip" });
    expect(heldAt(shop, "o4")).toEqual([["a", 4]]);
  });

  test("holds everywhere unless a location has its own, and that of several channels adds up", () => {
    const shop = shopKeeping(4, { everywhere: { pieces: 1 } });
    shop.policies.set("channel:shop", { safetyStock: { everywhere: { percent: 10 } } });
    shop.place("o1", { h: ["hat", 7] }, { allowPartial: true });
    expect(heldAt(shop, "o1")).toEqual([
      ["a", 5],
      ["b", 1],
    ]);
  });

  test("is kept from a paid order too, which is shorted, and from a transfer unless its location is closed", () => {
    const shop = shopKeeping(10, { everywhere: { pieces: 2 } });
    shop.place("o1", { h: ["hat", 3] }, { payment: "PAID" });
    expect(heldAt(shop, "o1")).toEqual([["b", 1]]);
    expect(shop.order("o1").lines[0]?.shorted).toBe(2);
    const request = {
      transferId: "t1",
      lineId: "1",
      sku: "hat",
      source: "a",
      destination: "b",
      quantity: 5,
      allowPartial: true,
    };
    shop.locations.set("b", { location: "b", kind: "WAREHOUSE", active: true, version: 1 });
    expect(shop.do({ type: "ReserveTransfer", request })).toMatchObject({ reserved: 0, code: "OUT_OF_STOCK" });
    shop.locations.set("a", { location: "a", kind: "WAREHOUSE", active: false, version: 1 });
    shop.do({ type: "ReserveTransfer", request: { ...request, lineId: "2" } });
    expect(shop.balance("hat", "a")).toEqual([5, 0]);
  });

  test("that comes later takes nothing from what orders and carts hold", () => {
    const shop = new Shop().stock("hat", "a", 10);
    shop.policies.set("default", { reserveAt: "ON_CART" });
    shop.place("o1", { h: ["hat", 4] });
    shop.holdForCart("c1", "hat", 5);
    shop.policies.set("channel:vip", { safetyStock: { everywhere: { pieces: 8 } } });
    shop.pay("o1");
    expect(heldAt(shop, "o1")).toEqual([["a", 4]]);
    expect(shop.place("o2", { h: ["hat", 6] }, { cartId: "c1" })).toMatchObject({ order: { state: "REJECTED" } });
    shop.place("o3", { h: ["hat", 5] }, { cartId: "c1" });
    expect(heldAt(shop, "o3")).toEqual([["a", 5]]);
    expect(shop.carts.size).toBe(0);
  });

  test("is no place for a move of another channel's pieces, nor for pieces that a shelf lacks", () => {
    const shop = shopKeeping(10);
    shop.place("o1", { h: ["hat", 3] });
    const moves = [{ lineId: "h", from: "b", to: "a", quantity: null }];
    expect(shop.do({ type: "MoveReservation", orderId: "o1", moves })).toMatchObject({ code: "OUT_OF_STOCK" });
    shop.count("hat", "b", -2);
    expect(heldAt(shop, "o1")).toEqual([["b", 1]]);
    expect(shop.order("o1").lines[0]?.shorted).toBe(2);
  });
});

describe("what a channel may not take", () => {
  test("excluded locations sell it nothing, by region too; others are served from there", () => {
    const shop = new Shop().stock("hat", "a", 5).stock("hat", "b", 5);
    shop.policies.set("channel:market", { excludedLocations: ["a"] });
    shop.policies.set("region:isle", { excludedLocations: ["b"] });
    shop.place("o1", { h: ["hat", 6] }, { channel: "market" });
    shop.place("o2", { h: ["hat", 1] }, { channel: "market" });
    shop.place("o3", { h: ["hat", 5] }, { channel: "web", region: "isle" });
    expect([codesOf(shop, "o1"), heldAt(shop, "o2"), heldAt(shop, "o3")]).toEqual([
      ["OUT_OF_STOCK"],
      [["b", 1]],
      [["a", 5]],
    ]);
  });

  test("a minimum is left by its own sales alone", () => {
    const shop = new Shop().stock("hat", "a", 5);
    shop.policies.set("channel:market", { minimumLeft: { everywhere: { pieces: 3 } } });
    shop.place("o1", { h: ["hat", 3] }, { channel: "market" });
    shop.place("o2", { h: ["hat", 2] }, { channel: "market" });
    shop.place("o3", { h: ["hat", 3] });
    expect([codesOf(shop, "o1"), heldAt(shop, "o2"), heldAt(shop, "o3")]).toEqual([
      ["OUT_OF_STOCK"],
      [["a", 2]],
      [["a", 3]],
    ]);
  });

  test("a share counts orders and carts until they are sent, given back or run out", () => {
    const shop = new Shop().stock("hat", "a", 20);
    shop.policies.set("channel:market", { stockShare: { everywhere: 25 }, reserveAt: "ON_CART" });
    const at = { channel: "market" };
    shop.place("o1", { h: ["hat", 3] }, at);
    shop.holdForCart("c1", "hat", 2, at);
    shop.place("o2", { h: ["hat", 1] }, at);
    expect(codesOf(shop, "o2")).toEqual(["OUT_OF_STOCK"]);
    shop.place("o3", { h: ["hat", 2] }, { ...at, cartId: "c1" });
    expect(heldAt(shop, "o3")).toEqual([["a", 2]]);
    shop.place("web", { h: ["hat", 15] });
    expect(heldAt(shop, "web")).toEqual([["a", 15]]);
    shop.cancel("web");
    shop.cancel("o3");
    shop.place("o4", { h: ["hat", 2] }, { ...at, payment: "PAID" });
    expect(heldAt(shop, "o4")).toEqual([["a", 2]]);
    // 18 are left when they are sent, of which a quarter is 4, and 3 of those are held.
    shop.pick("SHIP", "o4", "h", "a", 2);
    shop.place("o5", { h: ["hat", 2] }, at);
    shop.place("o6", { h: ["hat", 1] }, at);
    expect([codesOf(shop, "o5"), heldAt(shop, "o6")]).toEqual([["OUT_OF_STOCK"], [["a", 1]]]);
    shop.later(31 * MINUTE);
    shop.place("o7", { h: ["hat", 4] }, at);
    expect(heldAt(shop, "o7")).toEqual([["a", 4]]);
  });

  test("what is sent leaves the share at once, also for who orders in the same slice", () => {
    const shop = new Shop().stock("hat", "a", 20);
    shop.policies.set("channel:market", { stockShare: { everywhere: 50 } });
    shop.place("o1", { h: ["hat", 10] }, { channel: "market", payment: "PAID" });
    const reference = { type: "order", id: "o1", line: "h" } as const;
    const sent = movementDraft("SHIP", undefined, { sku: "hat", quantity: 10, at: "a", reference });
    shop.slice([
      { type: "ApplyMovement", movement: sent },
      { type: "PlaceOrder", placement: placement("o2", { h: ["hat", 5] }, { channel: "market" }) },
    ]);
    expect(heldAt(shop, "o2")).toEqual([["a", 5]]);
  });

  test("pieces that a shipment taken back promises again count in the share", () => {
    const shop = new Shop().stock("hat", "a", 10);
    shop.policies.set("channel:market", { stockShare: { everywhere: 50 } });
    shop.place("o1", { h: ["hat", 5] }, { channel: "market", payment: "PAID" });
    const reference = { type: "order", id: "o1", line: "h" } as const;
    const about = { sku: "hat", quantity: 5, at: "a", reference } as const;
    shop.do({ type: "ApplyMovement", movement: movementDraft("SHIP", undefined, about) });
    const legs = [
      { location: "a", bucket: "total", delta: 5 },
      { location: "a", bucket: "orderReserved", delta: 5 },
    ] as const;
    const back = { sku: "hat", kind: "SHIP", reference, legs: [...legs], reverses: "m1" } as const;
    const late = placement("o2", { h: ["hat", 1] }, { channel: "market" });
    shop.slice([
      { type: "ApplyMovement", movement: back },
      { type: "PlaceOrder", placement: late },
    ]);
    expect(heldAt(shop, "o1")).toEqual([["a", 5]]);
    expect(codesOf(shop, "o2")).toEqual(["OUT_OF_STOCK"]);
  });
});

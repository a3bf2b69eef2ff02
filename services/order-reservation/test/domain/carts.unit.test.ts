import { describe, expect, test } from "@jest/globals";
import { MINUTE, placement, Shop } from "./shop.js";

const shopWith = (socks: number, location = "wuhan"): Shop => {
  const shop = new Shop().stock("socks", location, socks);
  shop.policies.set("sku:socks", { reserveAt: "ON_CART" });
  return shop;
};
const held = (shop: Shop): number =>
  [...shop.carts.values()].flatMap((c) => c.places).reduce((n, p) => n + p.pieces, 0);

describe("a cart hold", () => {
  test("reserves what is put into the cart, for a quarter of an hour", () => {
    const shop = shopWith(10);
    shop.putInCart("c1", "socks", 3, { customerId: "ann" });
    expect(shop.balance("socks", "wuhan")).toEqual([7, 3]);
    expect(shop.events("CartHeld")).toEqual([
      { cartId: "c1", customerId: "ann", sku: "socks", quantity: 3, expiresAt: shop.now + 15 * MINUTE },
    ]);
    shop.later(15 * MINUTE - 1).expireCart("c1", "socks");
    expect(shop.balance("socks", "wuhan")).toEqual([7, 3]);
    shop.later(1).expireCart("c1", "socks");
    expect(shop.balance("socks", "wuhan")).toEqual([10, 0]);
    expect(shop.events("CartHoldReleased")).toEqual([
      { cartId: "c1", customerId: "ann", sku: "socks", quantity: 3, reason: "EXPIRED" },
    ]);
    expect(shop.carts.size).toBe(0);
  });

  test("lives as long as the policy of the SKU, the channel or the customer class says", () => {
    const shop = shopWith(10);
    shop.policies.set("sku:socks", {
      reserveAt: "ON_CART",
      cartHoldSeconds: 60,
      cartHoldSecondsByClass: { gold: 120 },
    });
    shop.holdForCart("c1", "socks", 1);
    shop.holdForCart("c2", "socks", 1, { customerClass: "gold" });
    expect(shop.events("CartHeld").map((event) => event.expiresAt - shop.now)).toEqual([60_000, 120_000]);
  });

  test("is for SKUs reserved in carts only: other carts change nothing", () => {
    const shop = shopWith(10).stock("hat", "wuhan", 5);
    shop.putInCart("c1", "hat", 2);
    expect(shop.effects).toEqual([]);
    expect(shop.holdForCart("c1", "hat", 2)).toMatchObject({ code: "NOT_HELD_IN_CARTS" });
    expect(shop.balance("hat", "wuhan")).toEqual([5, 0]);
  });

  test("grows and shrinks with the cart", () => {
    const shop = shopWith(10);
    shop.putInCart("c1", "socks", 3);
    shop.putInCart("c1", "socks", 2);
    shop.putInCart("c1", "socks", -4);
    expect(shop.balance("socks", "wuhan")).toEqual([9, 1]);
    expect(shop.events("CartHoldReleased")[0]).toMatchObject({ quantity: 4, reason: "REMOVED" });
    shop.putInCart("c1", "socks", -9);
    expect(shop.balance("socks", "wuhan")).toEqual([10, 0]);
    expect(shop.carts.size).toBe(0);
  });

  test("a cart that asks for more than there is gets no more than before, and no answer tells how much there is", () => {
    const shop = shopWith(5);
    shop.putInCart("c1", "socks", 3);
    shop.putInCart("c1", "socks", 3);
    expect(shop.events("CartHoldRejected")).toEqual([
      { cartId: "c1", customerId: null, sku: "socks", code: "OUT_OF_STOCK" },
    ]);
    expect(shop.balance("socks", "wuhan")).toEqual([2, 3]);
    // Six are in the cart and three are held: taking two out of it takes none from the hold.
    shop.putInCart("c1", "socks", -2);
    expect(shop.balance("socks", "wuhan")).toEqual([2, 3]);
    shop.putInCart("c1", "socks", -2);
    expect(shop.balance("socks", "wuhan")).toEqual([3, 2]);
  });

  test("a wish that is refused changes nothing", () => {
    const shop = shopWith(5);
    shop.holdForCart("c1", "socks", 3);
    expect(shop.holdForCart("c1", "socks", 6)).toMatchObject({ code: "OUT_OF_STOCK" });
    shop.putInCart("c1", "socks", 1);
    expect(held(shop)).toBe(4);
    expect(shop.holdForCart("c2", "ghost", 1)).toMatchObject({ code: "NOT_HELD_IN_CARTS" });
    shop.policies.set("default", { reserveAt: "ON_CART" });
    expect(shop.holdForCart("c2", "ghost", 1)).toMatchObject({ code: "UNKNOWN_SKU" });
    expect([...shop.carts.keys()]).toHaveLength(1);
  });

  test("asked for again it is renewed, up to the longest that a hold may live", () => {
    const shop = shopWith(5);
    shop.policies.set("default", { longestHoldSeconds: 1_800 });
    shop.holdForCart("c1", "socks", 1);
    const begun = shop.now;
    shop.later(10 * MINUTE).holdForCart("c1", "socks", 1);
    expect(shop.events("CartHeld").at(-1).expiresAt).toBe(begun + 25 * MINUTE);
    shop.later(10 * MINUTE).holdForCart("c1", "socks", 1);
    expect(shop.events("CartHeld").at(-1).expiresAt).toBe(begun + 30 * MINUTE);
  });

  test("past its time it goes back at once when somebody wants it: an order, another cart, a transfer", () => {
    const wants = {
      order: (shop: Shop) => shop.place("o1", { a: ["socks", 5] }),
      cart: (shop: Shop) => shop.putInCart("c2", "socks", 5),
      "the same cart": (shop: Shop) => shop.putInCart("c1", "socks", 5),
      transfer: (shop: Shop) => {
        const places = { source: "wuhan", destination: "beijing" };
        const request = { transferId: "t1", lineId: "1", sku: "socks", quantity: 5, allowPartial: false, ...places };
        return shop.do({ type: "ReserveTransfer", request });
      },
    };
    for (const [who, want] of Object.entries(wants)) {
      const shop = shopWith(5);
      shop.putInCart("c1", "socks", 5);
      shop.later(15 * MINUTE);
      want(shop);
      expect(shop.balance("socks", "wuhan")).toEqual(who === "transfer" ? [0, 0] : [0, 5]);
      expect(shop.events("CartHoldReleased")[0]).toMatchObject({ cartId: "c1", reason: "EXPIRED" });
    }
  });

  test("keeps others away while it lives", () => {
    const shop = shopWith(5);
    shop.putInCart("c1", "socks", 5);
    shop.place("o1", { a: ["socks", 1] }, { cartId: "c2" });
    expect(shop.order("o1").reasons[0]?.code).toBe("OUT_OF_STOCK");
  });

  test("stays when the policy changes, for its time", () => {
    const shop = shopWith(5);
    shop.putInCart("c1", "socks", 2);
    shop.policies.set("sku:socks", { reserveAt: "ON_PAYMENT" });
    shop.putInCart("c1", "socks", 1);
    expect(shop.balance("socks", "wuhan")).toEqual([3, 2]);
    shop.place("o1", { a: ["socks", 3] }, { cartId: "c1" });
    expect(shop.order("o1").state).toBe("RESERVED");
    expect(shop.balance("socks", "wuhan")).toEqual([2, 3]);
  });

  test("is not renewed by a policy that no longer holds in carts: it lives to its time", () => {
    const shop = shopWith(5);
    shop.holdForCart("c1", "socks", 2);
    const ends = shop.now + 15 * MINUTE;
    shop.policies.set("sku:socks", { reserveAt: "ON_ORDER" });
    expect(shop.later(10 * MINUTE).holdForCart("c1", "socks", 2)).toMatchObject({
      code: null,
      hold: { expiresAt: ends },
    });
    expect(shop.events("CartHeld")).toHaveLength(1);
    shop.later(5 * MINUTE).place("o1", { a: ["socks", 5] });
    expect(shop.order("o1").state).toBe("RESERVED");
  });

  test("goes back before any order is shorted, when the shelf holds less than was promised", () => {
    const shop = shopWith(5);
    shop.place("o1", { a: ["socks", 2] });
    shop.putInCart("c1", "socks", 3);
    shop.count("socks", "wuhan", -2);
    expect(shop.balance("socks", "wuhan")).toEqual([0, 3]);
    expect(shop.events("CartHoldReleased")[0]).toMatchObject({ quantity: 2, reason: "SHORTED" });
    expect(shop.events("OrderShorted")).toEqual([]);
    shop.count("socks", "wuhan", -2);
    expect(shop.balance("socks", "wuhan")).toEqual([0, 1]);
    expect(shop.events("OrderShorted")[0].lines).toMatchObject([{ shortQuantity: 1 }]);
  });
});

describe("the shopper's own order", () => {
  test.each(["PENDING", "PAID"] as const)("(%s) uses the cart's hold up and is never in its way", (payment) => {
    const shop = shopWith(5);
    shop.putInCart("c1", "socks", 5);
    shop.place("o1", { a: ["socks", 5] }, { cartId: "c1", payment });
    expect(shop.order("o1").state).toBe(payment === "PAID" ? "CONFIRMED" : "RESERVED");
    expect(shop.balance("socks", "wuhan")).toEqual([0, 5]);
    expect(shop.events("CartHoldReleased")[0]).toMatchObject({ quantity: 5, reason: "ORDERED" });
    expect(shop.carts.size).toBe(0);
  });

  test("for fewer pieces than the cart held gives the rest back", () => {
    const shop = shopWith(5);
    shop.putInCart("c1", "socks", 5);
    shop.place("o1", { a: ["socks", 2] }, { cartId: "c1" });
    expect(shop.balance("socks", "wuhan")).toEqual([3, 2]);
  });

  test("after the cart's time has what was held, unless somebody else has wanted it meanwhile", () => {
    const [kept, gone] = [shopWith(5), shopWith(5)];
    for (const shop of [kept, gone]) {
      shop.putInCart("c1", "socks", 5);
      shop.later(20 * MINUTE);
    }
    gone.place("o0", { a: ["socks", 1] });
    for (const shop of [kept, gone]) shop.place("o1", { a: ["socks", 5] }, { cartId: "c1" });
    expect([kept.order("o1").state, gone.order("o1").state]).toEqual(["RESERVED", "REJECTED"]);
    expect([kept.balance("socks", "wuhan"), gone.balance("socks", "wuhan")]).toEqual([
      [0, 5],
      [4, 1],
    ]);
  });

  test("and a second one of the same cart: the first uses the hold up, the second takes from what is for sale", () => {
    const shop = shopWith(6);
    shop.putInCart("c1", "socks", 5);
    shop.place("o1", { a: ["socks", 2] }, { cartId: "c1" });
    shop.place("o2", { a: ["socks", 3] }, { cartId: "c1" });
    // The shop takes out of the cart what was ordered: nothing of it is held any more.
    shop.putInCart("c1", "socks", -5);
    expect(["o1", "o2"].map((id) => shop.order(id).state)).toEqual(["RESERVED", "RESERVED"]);
    expect(shop.balance("socks", "wuhan")).toEqual([1, 5]);
    expect(held(shop)).toBe(0);
  });

  test("that is refused leaves the cart as it was", () => {
    const shop = shopWith(5).stock("hat", "wuhan", 0);
    shop.putInCart("c1", "socks", 5);
    shop.place("o1", { a: ["socks", 5], b: ["hat", 1] }, { cartId: "c1" });
    expect(shop.order("o1").reasons).toEqual([{ lineId: "b", sku: "hat", code: "OUT_OF_STOCK" }]);
    expect(held(shop)).toBe(5);
    // Paid after that refusal, it is served from its own cart's hold.
    shop.pay("o1");
    expect(shop.order("o1").allocations).toMatchObject([{ sku: "socks", open: 5 }]);
    expect(shop.carts.size).toBe(0);
  });

  test("that comes before its cart's facts: nothing is held for a shopper who has it already", () => {
    const shop = shopWith(5);
    shop.place("o1", { a: ["socks", 2] }, { cartId: "c1" });
    shop.putInCart("c1", "socks", 3);
    shop.putInCart("c1", "socks", -1);
    expect(shop.balance("socks", "wuhan")).toEqual([3, 2]);
    expect([...shop.carts.values()].every((cart) => cart.places.length === 0)).toBe(true);
  });

  test("that is refused although it would take a part leaves the cart's later facts to be held", () => {
    const shop = shopWith(0);
    shop.place("o1", { a: ["socks", 2] }, { cartId: "c1", allowPartial: true });
    expect(shop.order("o1").state).toBe("REJECTED");
    shop.receive("socks", "wuhan", 5);
    shop.putInCart("c1", "socks", 2);
    expect(shop.balance("socks", "wuhan")).toEqual([3, 2]);
  });

  test("in one slice with its cart ends like one after the other", () => {
    const shop = shopWith(5);
    const add = { cartId: "c1", sku: "socks", customerId: null, customerClass: null, channel: "web", region: null };
    shop.slice([
      { type: "HoldCart", wish: { ...add, change: { by: 4 } } },
      { type: "PlaceOrder", placement: placement("o1", { a: ["socks", 4] }, { cartId: "c1" }) },
      { type: "HoldCart", wish: { ...add, cartId: "c2", change: { by: 2 } } },
    ]);
    expect(shop.order("o1").state).toBe("RESERVED");
    expect(shop.events("CartHoldRejected")).toMatchObject([{ cartId: "c2", code: "OUT_OF_STOCK" }]);
    expect(shop.balance("socks", "wuhan")).toEqual([1, 4]);
  });

  test("takes a hold split over two locations, whole", () => {
    const shop = shopWith(2).stock("socks", "beijing", 2);
    shop.putInCart("c1", "socks", 4);
    shop.place("o1", { a: ["socks", 4] }, { cartId: "c1" });
    expect([shop.balance("socks", "wuhan"), shop.balance("socks", "beijing")]).toEqual([
      [0, 2],
      [0, 2],
    ]);
  });
});

import { describe, expect, test } from "@jest/globals";
import { MINUTE, Shop } from "./shop.js";

const codeOf = (shop: Shop, orderId: string) => shop.order(orderId).reasons[0]?.code;

describe("promotions that overlap", () => {
  test("lock one after the other, and lose their quotas together, because they sell the same pieces", () => {
    const shop = new Shop().stock("socks", "w", 10);
    shop.promote("first", { socks: { w: 3 } });
    shop.promote("second", { socks: { w: 2 } }, { releasePolicy: "ON_PROMOTION_ENDED" });
    expect([shop.locked("socks", "w"), shop.balance("socks", "w")[0]]).toEqual([5, 5]);
    shop.place("o1", { l: ["socks", 5] }, { promotionId: "first" });
    expect([shop.locked("socks", "w"), shop.balance("socks", "w")[0]]).toEqual([2, 3]);
    shop.place("o2", { l: ["socks", 1] }, { promotionId: "second" });
    shop.place("o3", { l: ["socks", 3] });
    expect([codeOf(shop, "o2"), shop.order("o3").state]).toEqual(["PROMOTION_SOLD_OUT", "RESERVED"]);
  });

  test("an order larger than the rest ends neither, whichever it names; the last piece ends both, each by its policy", () => {
    const shop = new Shop().stock("socks", "w", 10);
    shop.promote("first", { socks: { w: 3 } });
    shop.promote(
      "second",
      { socks: { w: 2 } },
      { releasePolicy: "ON_PROMOTION_ENDED", endsAt: shop.now + 90 * MINUTE },
    );
    for (const promotionId of ["first", "second"]) {
      shop.place(`big-${promotionId}`, { l: ["socks", 6] }, { promotionId });
      expect([codeOf(shop, `big-${promotionId}`), shop.locked("socks", "w")]).toEqual(["OUT_OF_STOCK", 5]);
    }
    shop.place("last", { l: ["socks", 5] }, { promotionId: "second" });
    expect([shop.locked("socks", "w"), shop.balance("socks", "w")[0]]).toEqual([2, 3]);
    shop.place("normal", { l: ["socks", 3] });
    shop.tend("socks", 60 * MINUTE);
    shop.tend("socks", 30 * MINUTE + shop.promotionGraceMs);
    expect([shop.order("normal").state, shop.locked("socks", "w"), shop.balance("socks", "w")[0]]).toEqual([
      "RESERVED",
      0,
      2,
    ]);
    for (const promotionId of ["first", "second"]) {
      shop.place(`late-${promotionId}`, { l: ["socks", 1] }, { promotionId });
      expect(codeOf(shop, `late-${promotionId}`)).toBe("PROMOTION_SOLD_OUT");
    }
    shop.place("normal-too", { l: ["socks", 2] });
    expect(shop.order("normal-too").state).toBe("RESERVED");
  });

  test("what one gives back at its end fills up the other's lock", () => {
    const shop = new Shop().stock("socks", "w", 4).stock("socks", "x", 1);
    shop.promote("first", { socks: { w: 3 } });
    shop.promote("second", { socks: { w: 3 } });
    expect(shop.locked("socks", "w")).toBe(4);
    shop.endPromotion("first");
    expect([shop.locked("socks", "w"), shop.balance("socks", "w")[0]]).toEqual([3, 1]);
  });

  test("one that sets aside all that is left ends the quota of both: nothing is to be sold at their prices any more", () => {
    const shop = new Shop().stock("socks", "w", 10);
    shop.promote("sale", { socks: { w: 4 } });
    shop.promote("greedy", { socks: { w: 50 } });
    expect([shop.locked("socks", "w"), shop.balance("socks", "w")[0]]).toEqual([0, 10]);
    shop.place("o1", { l: ["socks", 1] }, { promotionId: "sale" });
    shop.place("o2", { l: ["socks", 1] }, { promotionId: "greedy" });
    shop.place("o3", { l: ["socks", 10] });
    expect([codeOf(shop, "o1"), codeOf(shop, "o2")]).toEqual(["PROMOTION_SOLD_OUT", "PROMOTION_SOLD_OUT"]);
    expect(shop.order("o3").state).toBe("RESERVED");
  });

  test("one that begins after the other was sold out has a quota of its own", () => {
    const shop = new Shop().stock("socks", "w", 10);
    shop.promote("sale", { socks: { w: 4 } });
    shop.place("o1", { l: ["socks", 6] });
    shop.promote("next", { socks: { w: 1 } });
    shop.place("o2", { l: ["socks", 1] }, { promotionId: "next" });
    expect([shop.order("o2").state, shop.locked("socks", "w")]).toEqual(["RESERVED", 1]);
  });
});

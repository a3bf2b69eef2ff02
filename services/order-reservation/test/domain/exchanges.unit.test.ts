import { describe, expect, test } from "@jest/globals";
import type { Limit, Placement } from "../../src/domain/index.js";
import type { Shop } from "./shop.js";
import { buy, choose, exchangeFor, offered, openOf, REFUND, shopWith } from "./shorted-orders.js";

const limit = (more: Partial<Limit>): { limit: Limit } => ({
  limit: { perOrderPieces: 5, perCustomerPieces: null, windowSeconds: 3_600, over: "WINDOW", ...more },
});
const left = (shop: Shop): string[] =>
  shop
    .events("ShortageChoiceRejected")
    .at(-1)
    .lines[0].remedies.flatMap(({ sku }: { sku: string | null }) => sku ?? []);
const ofAda: Partial<Placement> = { customerId: "ada" };

describe("a replacement counts in the limits like any piece that is reserved", () => {
  test("what is more than one order may have is not offered, and refused with those left when it is chosen", () => {
    const shop = shopWith({ red: 1, blue: 9, green: 9 });
    shop.policies.set("sku:blue", limit({ perOrderPieces: 1 }));
    buy(shop, "o1", { language: "zh" });
    expect(offered(shop)).toEqual(["green"]);
    expect(choose(shop, [exchangeFor("blue")])).toMatchObject({ type: "CHOICE_REFUSED", code: "LIMIT_PER_ORDER" });
    expect([left(shop), shop.balance("blue", "wuhan"), openOf(shop)]).toMatchObject([["green"], [9, 0], [{}]]);
    const [refused] = shop.events("ShortageChoiceRejected");
    expect(refused.text).toBe("非常抱歉，该替换商品超出单笔限购数量，请另选方案。");
    expect(choose(shop, [exchangeFor("green")]).type).toBe("SHORTAGE_SETTLED");
  });

  test("with what the order has of it already, shorted and cancelled pieces left out", () => {
    const shop = shopWith({ red: 1, blue: 3 });
    shop.policies.set("sku:blue", limit({ perOrderPieces: 3 }));
    const red = { lineId: "a", sku: "red", quantity: 3, unitPriceMinor: 1000 };
    const blue = { lineId: "b", sku: "blue", quantity: 2, unitPriceMinor: 1000 };
    buy(shop, "o1", { lines: [red, blue] });
    shop.receive("blue", "wuhan", 9);
    expect(choose(shop, [exchangeFor("blue")])).toMatchObject({ code: "LIMIT_PER_ORDER" });
    shop.pick("PICK_SHORT", "o1", "b", "wuhan", 1);
    expect(choose(shop, [exchangeFor("blue")])).toMatchObject({ code: "LIMIT_PER_ORDER" });
    shop.cancel("o1", { b: 1 });
    shop.answerCancel("o1", "o1/1", { b: 1 });
    expect(choose(shop, [exchangeFor("blue")]).type).toBe("SHORTAGE_SETTLED");
  });

  test("lines of one choice count together", () => {
    const shop = shopWith({ red: 0, blue: 9 });
    shop.policies.set("sku:blue", limit({ perOrderPieces: 3 }));
    const lines = ["a", "b"].map((lineId) => ({ lineId, sku: "red", quantity: 2, unitPriceMinor: 1000 }));
    buy(shop, "o1", { lines });
    const both = [exchangeFor("blue"), { ...exchangeFor("blue"), lineId: "b" }];
    expect(choose(shop, both)).toMatchObject({ code: "LIMIT_PER_ORDER" });
    expect(choose(shop, [exchangeFor("blue"), { ...REFUND, lineId: "b" }]).type).toBe("SHORTAGE_SETTLED");
  });

  test("per customer: reserved, paid and shipped pieces of other orders count, and so do replacements of before", () => {
    const shop = shopWith({ red: 0, blue: 9, green: 9 });
    shop.policies.set("default", { ...shop.policies.get("default"), ...limit({ perCustomerPieces: 5 }) });
    const two = [{ lineId: "a", sku: "red", quantity: 2, unitPriceMinor: 1000 }];
    buy(shop, "o1", { ...ofAda, lines: two });
    shop.place("o2", { l: ["blue", 2] }, ofAda);
    expect(choose(shop, [exchangeFor("blue")]).type).toBe("SHORTAGE_SETTLED");
    buy(shop, "o3", { ...ofAda, lines: two });
    expect(choose(shop, [exchangeFor("blue")], { orderId: "o3" })).toMatchObject({ code: "LIMIT_PER_CUSTOMER" });
    expect(left(shop)).toEqual(["green"]);
    shop.cancel("o2");
    expect(choose(shop, [exchangeFor("blue")], { orderId: "o3" }).type).toBe("SHORTAGE_SETTLED");
    expect(shop.balance("blue", "wuhan")).toEqual([5, 4]);
  });

  test("a burst in one slice counts too", () => {
    const shop = shopWith({ red: 0, blue: 9 });
    shop.policies.set("sku:blue", limit({ perCustomerPieces: 3 }));
    const two = [{ lineId: "a", sku: "red", quantity: 2, unitPriceMinor: 1000 }];
    for (const orderId of ["o1", "o2"]) buy(shop, orderId, { ...ofAda, lines: two });
    const outcomes = shop.slice(
      ["o1", "o2"].map((orderId) => ({
        ...{ type: "ChooseRemedies", orderId, shortageId: `${orderId}/1`, by: "CUSTOMER", answerByEvent: true },
        choices: [exchangeFor("blue")],
      })),
    );
    expect(outcomes).toMatchObject([{ type: "SHORTAGE_SETTLED" }, { code: "LIMIT_PER_CUSTOMER" }]);
  });
});

describe("a replacement of a promotion that is sold out", () => {
  test("is not for orders that name the promotion: what was released sells at the normal price only", () => {
    const shop = shopWith({ red: 0, blue: 6, green: 6 });
    shop.promote("sale", { blue: { wuhan: 4 } });
    buy(shop, "named", { promotionId: "sale" });
    buy(shop, "o1");
    expect(offered(shop, "named")).toEqual(["green"]);
    shop.place("last", { l: ["blue", 2] }, { promotionId: "sale" });
    expect(shop.balance("blue", "wuhan")[0]).toBe(4);
    const code = "REPLACEMENT_GONE";
    expect(choose(shop, [exchangeFor("blue")], { orderId: "named" })).toMatchObject({ type: "CHOICE_REFUSED", code });
    expect(left(shop)).toEqual(["green"]);
    expect(choose(shop, [exchangeFor("blue")]).type).toBe("SHORTAGE_SETTLED");
  });
});

test("a shopper is offered five replacements at most, the cheapest first, and none that is not there for the whole line", () => {
  const shop = shopWith({ red: 0, blue: 2, green: 9, dear: 9 });
  for (const [i, unitPriceMinor] of [1100, 1100, 1300, 1400, 1600].entries()) {
    const sku = `other-${i}`;
    shop.listings.set(sku, { sku, active: true, unitPriceMinor, currency: "CNY", substitutionGroup: "socks" });
    shop.stock(sku, "wuhan", 2).stock(sku, "beijing", 1);
  }
  buy(shop);
  expect(offered(shop)).toEqual(["other-0", "other-1", "green", "other-2", "other-3"]);
});

describe("what a replacement costs", () => {
  test("is compared in one currency: an order without prices in another one than the catalogue's gets its money back", () => {
    const shop = shopWith({ red: 0, blue: 9 });
    shop.listings.set("euro", {
      sku: "euro",
      active: true,
      unitPriceMinor: 1000,
      currency: "EUR",
      substitutionGroup: "socks",
    });
    shop.stock("euro", "wuhan", 9);
    buy(shop, "o1", { currency: "EUR", lines: [{ lineId: "a", sku: "red", quantity: 3 }] });
    expect(offered(shop)).toEqual([]);
    expect(choose(shop, [exchangeFor("euro")])).toMatchObject({ code: "NOT_OFFERED" });
    buy(shop, "o2", { currency: "EUR" });
    expect(offered(shop, "o2")).toEqual(["euro"]);
    buy(shop, "o3", { currency: null });
    expect(offered(shop, "o3")).toEqual(["blue"]);
  });
});

import { describe, expect, test } from "@jest/globals";
import { movementDraft, OUTCOME_REASONS, type ShortageCause } from "@septet/stock-contracts";
import { DEFAULT_SHORTAGE_RULE } from "../../src/domain/index.js";
import { MINUTE, type Shop } from "./shop.js";
import { buy, choose, openOf, REFUND, RULE, shopWith } from "./shorted-orders.js";

const PAID = { payment: "PAID" } as const;
const refundOf = (shorted: { lines: { remedies: { refundMinor: number | null }[] }[] }) =>
  shorted.lines[0]?.remedies[0]?.refundMinor;

/** How an order of three red socks comes to be short of some, by cause; `language` is the order's. */
const STORIES: Record<Exclude<ShortageCause, "SUPPLIER_STOPPED">, (language: "en" | "zh") => Shop> = {
  OUT_OF_STOCK(language) {
    const shop = shopWith({ red: 1 });
    buy(shop, "o1", { language });
    return shop;
  },
  EXPIRED_BEFORE_PAYMENT(language) {
    const shop = shopWith({ red: 3 });
    buy(shop, "o1", { language, payment: "PENDING" });
    shop.later(31 * MINUTE).expire("o1");
    buy(shop, "quicker");
    shop.pay("o1");
    return shop;
  },
  PICK_SHORT(language) {
    const shop = shopWith({ red: 3 });
    buy(shop, "o1", { language });
    shop.pick("PICK_SHORT", "o1", "a", "wuhan", 1);
    return shop;
  },
  PICK_DAMAGE(language) {
    const shop = shopWith({ red: 3 });
    buy(shop, "o1", { language });
    shop.pick("PICK_DAMAGE", "o1", "a", "wuhan", 1);
    return shop;
  },
  PHYSICAL_SHORTAGE(language) {
    const shop = shopWith({ red: 3 });
    buy(shop, "o1", { language, payment: "PENDING" });
    shop.count("red", "wuhan", -1);
    return shop;
  },
  SUPPLIER_SHORT(language) {
    const shop = shopWith({}).stock("red", "supplier:acme", 3);
    buy(shop, "o1", { language });
    const about = { sku: "red", quantity: 3, supplier: "supplier:acme" } as const;
    const adjusted = { ...about, quantity: -3, reference: { type: "report", id: "r" } } as const;
    shop.do({ type: "ApplyMovement", movement: movementDraft("VIRTUAL_ADJUST", undefined, adjusted) });
    const reference = { type: "order", id: "o1", line: "a" } as const;
    const movement = movementDraft("DROPSHIP_SHORT", undefined, { ...about, reference });
    shop.do({ type: "ApplyMovement", movement });
    return shop;
  },
};

describe("the shopper is told what happened, with an apology, in the order's language", () => {
  const causes = Object.keys(STORIES) as (keyof typeof STORIES)[];
  test.each(causes)("%s", (cause) => {
    const { en, zh } = OUTCOME_REASONS.SHORTED[cause];
    for (const [language, text] of [["en", en] as const, ["zh", zh] as const]) {
      const shop = STORIES[cause](language);
      expect(shop.events("OrderShorted", "o1")).toMatchObject([{ cause, text, lines: [{ lineId: "a", sku: "red" }] }]);
    }
  });
});

describe("an order's shortage is published once", () => {
  test("whatever is told again: the order, its payment, or the sweeper's look", () => {
    const shop = shopWith({ red: 1 });
    buy(shop);
    buy(shop);
    shop.pay("o1");
    shop.do({ type: "SettleOverdue", orderId: "o1" });
    expect(shop.events("OrderShorted")).toHaveLength(1);
  });

  test("pieces that are lost later are a shortage of their own, with time of their own", () => {
    const shop = shopWith({ red: 2 });
    buy(shop);
    shop.later(10 * 60 * MINUTE).pick("PICK_SHORT", "o1", "a", "wuhan", 2);
    const [first, second] = shop.events("OrderShorted");
    expect([first, second]).toMatchObject([{ shortageId: "o1/1" }, { shortageId: "o1/2" }]);
    expect([refundOf(first), refundOf(second)]).toEqual([1000, 2000]);
    choose(shop, [REFUND]);
    expect(openOf(shop)).toMatchObject([{ number: 2 }]);
  });
});

describe("either remedy may carry a coupon of the configured value", () => {
  const coupons = (shop: Shop, orderId = "o1") =>
    shop
      .events("OrderShorted", orderId)[0]
      .lines[0].remedies.map(({ couponMinor }: { couponMinor: number | null }) => couponMinor);

  test("none where no policy says one, that of the channel before the default's", () => {
    const shop = shopWith({ red: 0, blue: 9 });
    shop.policies.set("channel:app", { shortage: { ...RULE, couponMinor: 900 } });
    buy(shop, "o1");
    buy(shop, "o2", { channel: "app" });
    shop.policies.delete("default");
    buy(shop, "o3");
    expect([coupons(shop, "o1"), coupons(shop, "o2"), coupons(shop, "o3")]).toEqual([
      [500, 500],
      [900, 900],
      [null, null],
    ]);
  });

  test("and what was offered holds, whatever the policy says by the time it is chosen", () => {
    const shop = shopWith({ red: 0 });
    buy(shop);
    shop.policies.set("default", { shortage: DEFAULT_SHORTAGE_RULE });
    choose(shop, [REFUND]);
    expect(shop.events("OrderShortageSettled")[0].lines).toMatchObject([{ refundMinor: 3000, couponMinor: 500 }]);
  });
});

describe("the money back", () => {
  test.each([
    ["is what the pieces cost, in minor units", { unitPriceMinor: 333 }, 999],
    ["is nothing for what was free", { unitPriceMinor: 0 }, 0],
    ["is not said where the order named no price", {}, null],
    ["is not said where it is more than an amount can be", { unitPriceMinor: 9_000_000_000_000_000 }, null],
  ])("%s", (_title, price, refundMinor) => {
    const shop = shopWith({ red: 0 });
    buy(shop, "o1", { lines: [{ lineId: "a", sku: "red", quantity: 3, ...price }] });
    expect(refundOf(shop.events("OrderShorted")[0])).toBe(refundMinor);
  });

  test("of what a shopper did not give up before paying is the rest, piece by piece", () => {
    const shop = shopWith({ red: 3 });
    const lines = [{ lineId: "a", sku: "red", quantity: 3, unitPriceMinor: 333 }];
    shop.place("o1", {}, { lines, currency: "CNY" });
    shop.count("red", "wuhan", -3);
    shop.cancel("o1", { a: 1 });
    shop.pay("o1");
    choose(shop, [REFUND]);
    expect(shop.events("OrderShortageSettled")[0].lines).toMatchObject([{ refundMinor: 666 }]);
  });
});

test("what lacks of a paid order whose lines have other prices is paid back line by line", () => {
  const shop = shopWith({ red: 1, hat: 0 });
  const lines = [
    { lineId: "a", sku: "red", quantity: 2, unitPriceMinor: 1000 },
    { lineId: "b", sku: "hat", quantity: 2, unitPriceMinor: 1999 },
  ];
  shop.place("o1", {}, { lines, ...PAID, currency: "CNY" });
  const [shorted] = shop.events("OrderShorted");
  expect(shorted.lines.map((line: { remedies: { refundMinor: number }[] }) => line.remedies[0]?.refundMinor)).toEqual([
    1000, 3998,
  ]);
});

import { describe, expect, test } from "@jest/globals";
import { type Choice, decideByOf } from "../../src/domain/index.js";
import { MINUTE, type Shop } from "./shop.js";
import { buy, choose, exchangeFor, HOUR, openOf, overdue, REFUND, RULE, shopWith } from "./shorted-orders.js";

const acknowledge = (shop: Shop, by: string) =>
  shop.do({ type: "AcknowledgeShortage", orderId: "o1", shortageId: "o1/1", by });
const remedies = (shop: Shop) => shop.events("OrderShorted")[0].lines[0].remedies;

describe("a shorted line carries remedies", () => {
  test("the money back, or a replacement of its group at the same price or above that is there, each with the coupon", () => {
    const shop = shopWith({ red: 1, blue: 2, green: 1, cheap: 9, dear: 5, hat: 9 });
    buy(shop);
    expect(shop.events("OrderShorted")[0]).toMatchObject({ shortageId: "o1/1", lines: [{ shortQuantity: 2 }] });
    expect(remedies(shop)).toEqual([
      { kind: "REFUND", sku: null, refundMinor: 2000, couponMinor: 500 },
      { kind: "EXCHANGE", sku: "blue", refundMinor: null, couponMinor: 500 },
      { kind: "EXCHANGE", sku: "dear", refundMinor: null, couponMinor: 500 },
    ]);
  });

  test("no replacement when nobody said what the SKU costs, in another currency, or one that is no longer sold", () => {
    const shop = shopWith({ blue: 5, green: 5, dear: 5 });
    shop.listings.set("red", { sku: "red", active: true, substitutionGroup: "socks" });
    buy(shop, "o1", { lines: [{ lineId: "a", sku: "red", quantity: 3 }] });
    buy(shop, "o2", { currency: "EUR" });
    shop.listings.set("blue", { ...shop.listings.get("blue")!, active: false });
    buy(shop, "o3");
    const offered = shop.events("OrderShorted").map((shorted) => shorted.lines[0].remedies);
    expect(offered[0]).toEqual([{ kind: "REFUND", sku: null, refundMinor: null, couponMinor: 500 }]);
    expect(offered[1]).toEqual([{ kind: "REFUND", sku: null, refundMinor: 3000, couponMinor: 500 }]);
    expect(offered[2].map(({ sku }: { sku: string | null }) => sku)).toEqual([null, "green", "dear"]);
  });

  test("what an unpaid order is told with its first answer is not owed: its shopper pays for the rest", () => {
    const shop = shopWith({ red: 2, blue: 5 });
    buy(shop, "o1", { payment: "PENDING", allowPartial: true });
    expect(remedies(shop)).toEqual([]);
    shop.pay("o1");
    overdue(shop.later(48 * HOUR));
    expect(shop.events("OrderShortageSettled")).toEqual([]);
  });
});

describe("the shopper chooses", () => {
  test("a replacement: it is reserved and asked for in the same act, and the shortage is settled", () => {
    const shop = shopWith({ red: 1, blue: 2 });
    buy(shop);
    expect(choose(shop, [exchangeFor("blue")]).type).toBe("SHORTAGE_SETTLED");
    expect(shop.balance("blue", "wuhan")).toEqual([0, 2]);
    const { lines, state } = shop.order("o1");
    expect(state).toBe("CONFIRMED");
    expect(lines).toMatchObject([
      { lineId: "a", sku: "red", quantity: 3, shorted: 2, replaces: null },
      { sku: "blue", quantity: 2, shorted: 0, replaces: "a", unitPriceMinor: 1000 },
    ]);
    expect(shop.events("OrderShortageSettled")).toEqual([
      {
        ...{ orderId: "o1", shortageId: "o1/1", by: "CUSTOMER" },
        text: "We apologise for the missing items. What you chose is being done.",
        lines: [
          {
            ...{ lineId: "a", kind: "EXCHANGE", sku: "blue", refundMinor: null, couponMinor: 500 },
            text: "Another item is sent in place of the missing one.",
          },
        ],
      },
    ]);
    const requested = shop.events("FulfilmentRequested").flatMap((request) => request.lines);
    expect(requested).toMatchObject([
      { sku: "red", quantity: 1 },
      { sku: "blue", quantity: 2 },
    ]);
    expect(openOf(shop)).toEqual([]);
  });

  test("a replacement of an order of which nothing was left: it is confirmed, sent and fulfilled", () => {
    const shop = shopWith({ blue: 3 });
    shop.stock("red", "wuhan", 0);
    buy(shop);
    expect(shop.order("o1").state).toBe("SHORTED");
    choose(shop, [exchangeFor("blue")]);
    expect(shop.order("o1").state).toBe("CONFIRMED");
    const { lineId } = shop.order("o1").lines[1]!;
    shop.pick("SHIP", "o1", lineId, "wuhan", 3);
    expect(shop.order("o1").state).toBe("FULFILLED");
    // The same placement again is the same order, whatever it was given in exchange.
    buy(shop);
    expect(shop.story("o1")).not.toContain("OrderReservationRejected");
  });

  test("the money back, with the coupon; the same choice again changes nothing, another one is refused", () => {
    const shop = shopWith({ red: 1, blue: 2 });
    buy(shop, "o1", { language: "zh" });
    choose(shop, [REFUND], { by: "OPERATOR" });
    expect(choose(shop, [REFUND]).type).toBe("NOTHING");
    expect(choose(shop, [exchangeFor("blue")])).toMatchObject({ type: "CHOICE_REFUSED", code: "ALREADY_SETTLED" });
    expect(shop.events("OrderShortageSettled")).toEqual([
      {
        ...{ orderId: "o1", shortageId: "o1/1", by: "OPERATOR" },
        text: "再次为缺货致以歉意，我们已为您处理完毕。",
        lines: [
          {
            ...{ lineId: "a", kind: "REFUND", sku: null, refundMinor: 2000, couponMinor: 500 },
            text: "缺货商品的货款将退还给您。",
          },
        ],
      },
    ]);
    expect(shop.balance("blue", "wuhan")).toEqual([2, 0]);
  });

  test("a replacement that is gone: nothing is changed, and those left are told, without a quantity", () => {
    const shop = shopWith({ red: 1, blue: 2, green: 2 });
    buy(shop, "o1", { language: "zh" });
    shop.place("o2", { l: ["blue", 1] });
    expect(choose(shop, [exchangeFor("blue")])).toMatchObject({ type: "CHOICE_REFUSED", code: "REPLACEMENT_GONE" });
    const [refused] = shop.events("ShortageChoiceRejected");
    expect(refused).toEqual({
      ...{ orderId: "o1", shortageId: "o1/1", lineId: "a", code: "REPLACEMENT_GONE" },
      text: "非常抱歉，您选择的替换商品已售完，请另选方案。",
      lines: [
        {
          ...{ lineId: "a", sku: "red" },
          remedies: [
            { kind: "REFUND", sku: null, refundMinor: 2000, couponMinor: 500 },
            { kind: "EXCHANGE", sku: "green", refundMinor: null, couponMinor: 500 },
          ],
        },
      ],
    });
    expect(JSON.stringify(refused)).not.toMatch(/quantity/i);
    expect(openOf(shop)).toHaveLength(1);
    choose(shop, [exchangeFor("green")]);
    expect(openOf(shop)).toEqual([]);
  });

  test("expired holds of a replacement are given back first: they never cost a sale", () => {
    const shop = shopWith({ red: 1, blue: 2 });
    buy(shop);
    shop.place("old", { l: ["blue", 2] });
    shop.later(31 * MINUTE);
    expect(choose(shop, [exchangeFor("blue")]).type).toBe("SHORTAGE_SETTLED");
  });

  test("all lines of a choice or none, lines of one replacement counted together", () => {
    const shop = shopWith({ blue: 5 });
    shop.stock("red", "wuhan", 0).stock("dear", "wuhan", 0);
    const lines = [
      { lineId: "a", sku: "red", quantity: 3, unitPriceMinor: 1000 },
      { lineId: "b", sku: "red", quantity: 3, unitPriceMinor: 1000 },
    ];
    shop.place("o1", {}, { lines, payment: "PAID", currency: "CNY" });
    const both = [exchangeFor("blue"), { ...exchangeFor("blue"), lineId: "b" }];
    expect(choose(shop, both)).toMatchObject({ type: "CHOICE_REFUSED", code: "REPLACEMENT_GONE", lineId: "b" });
    expect(shop.balance("blue", "wuhan")).toEqual([5, 0]);
    choose(shop, [exchangeFor("blue"), { ...REFUND, lineId: "b" }]);
    expect(shop.balance("blue", "wuhan")).toEqual([2, 3]);
  });

  test("lines that are not named wait on", () => {
    const shop = shopWith({ blue: 9 });
    shop.stock("red", "wuhan", 0).stock("hat", "wuhan", 0);
    shop.place("o1", { a: ["red", 1], b: ["hat", 1] }, { payment: "PAID" });
    choose(shop, [REFUND]);
    expect(openOf(shop)).toHaveLength(1);
    choose(shop, [{ ...REFUND, lineId: "b" }]);
    expect(openOf(shop)).toEqual([]);
    expect(shop.events("OrderShortageSettled").map(({ lines }) => lines.length)).toEqual([1, 1]);
  });

  test.each<[string, string, Choice[], object]>([
    ["of a shortage that there is not", "UNKNOWN_SHORTAGE", [REFUND], { shortageId: "o1/9" }],
    ["of a line that is not short", "UNKNOWN_LINE", [{ ...REFUND, lineId: "z" }], {}],
    ["a cheaper SKU", "NOT_OFFERED", [exchangeFor("cheap")], {}],
    ["a SKU of another group", "NOT_OFFERED", [exchangeFor("hat")], {}],
    ["the SKU itself", "NOT_OFFERED", [exchangeFor("red")], {}],
    ["a SKU that nobody lists", "NOT_OFFERED", [exchangeFor("nothing")], {}],
    ["an exchange for nothing", "NOT_OFFERED", [{ ...REFUND, kind: "EXCHANGE" }], {}],
  ])("%s: refused %s", (_title, code, choices, more) => {
    const shop = shopWith({ red: 1, blue: 2, cheap: 9, hat: 9 });
    buy(shop);
    expect(choose(shop, choices, more)).toMatchObject({ type: "CHOICE_REFUSED", code });
    expect(shop.events("ShortageChoiceRejected")[0]).toMatchObject({ code });
    expect(openOf(shop)).toHaveLength(1);
  });

  test("nothing in exchange for a cancelled order, but its money back", () => {
    const shop = shopWith({ red: 1, blue: 2 });
    buy(shop);
    shop.cancel("o1");
    expect(choose(shop, [exchangeFor("blue")])).toMatchObject({ code: "NOT_OFFERED" });
    expect(choose(shop, [REFUND]).type).toBe("SHORTAGE_SETTLED");
  });
});

describe("what nobody chooses", () => {
  test("is paid back with the coupon when its time is over, once, and not before", () => {
    const shop = shopWith({ red: 1, blue: 2 });
    buy(shop);
    const { decideBy } = shop.events("OrderShorted")[0];
    shop.now = decideBy - 1;
    overdue(shop);
    expect(shop.events("OrderShortageSettled")).toEqual([]);
    shop.now = decideBy;
    overdue(shop);
    overdue(shop);
    expect(shop.events("OrderShortageSettled")).toEqual([
      {
        ...{ orderId: "o1", shortageId: "o1/1", by: "DEFAULT" },
        text: "We apologise for the missing items. As nothing was chosen in time, your money is given back.",
        lines: [
          {
            ...{ lineId: "a", kind: "REFUND", sku: null, refundMinor: 2000, couponMinor: 500 },
            text: "Your money for the missing item is given back.",
          },
        ],
      },
    ]);
    expect(choose(shop, [exchangeFor("blue")])).toMatchObject({ code: "ALREADY_SETTLED" });
  });

  test("and nobody handles within the hour is told once, and told to be over when it is settled", () => {
    const shop = shopWith({ red: 1 });
    buy(shop, "o1", { groupLeaderId: "leader-7" });
    overdue(shop.later(HOUR - 1));
    expect(shop.events("StockAlertRaised")).toEqual([]);
    overdue(shop.later(1));
    overdue(shop.later(MINUTE));
    expect(shop.events("StockAlertRaised")).toMatchObject([
      { code: "SHORTAGE_NOT_HANDLED", orderId: "o1", details: { groupLeaderId: "leader-7" } },
    ]);
    choose(shop, [REFUND]);
    const [raised] = shop.events("StockAlertRaised");
    expect(shop.events("StockAlertCleared")).toMatchObject([{ alertId: raised.alertId, orderId: "o1" }]);
  });

  test("but somebody says to see to within the hour is handled: nobody is told, and it waits to be settled", () => {
    const shop = shopWith({ red: 1 });
    buy(shop);
    expect(acknowledge(shop.later(HOUR - 1), "kim").type).toBe("RECORDED");
    expect(acknowledge(shop, "lee").type).toBe("NOTHING");
    overdue(shop.later(HOUR));
    expect(openOf(shop)).toMatchObject([{ acknowledged: { by: "kim", at: shop.now - HOUR } }]);
    shop.now = shop.events("OrderShorted")[0].decideBy;
    overdue(shop);
    expect(shop.events("OrderShortageSettled")).toMatchObject([{ by: "DEFAULT" }]);
    expect([...shop.events("StockAlertRaised"), ...shop.events("StockAlertCleared")]).toEqual([]);
  });

  test("and has escalated is no alert any more once somebody sees to it, and is not cleared twice", () => {
    const shop = shopWith({ red: 1 });
    buy(shop);
    overdue(shop.later(HOUR));
    acknowledge(shop, "kim");
    expect(shop.events("StockAlertCleared")).toMatchObject([
      { code: "SHORTAGE_NOT_HANDLED", message: "Shortage o1/1 is being handled by kim." },
    ]);
    choose(shop, [REFUND]);
    expect(shop.events("StockAlertCleared")).toHaveLength(1);
    expect(acknowledge(shop, "lee").type).toBe("NOTHING");
  });

  test("and nobody owes yet, or there is not, cannot be seen to", () => {
    const shop = shopWith({ red: 3 });
    buy(shop, "o1", { payment: "PENDING" });
    shop.count("red", "wuhan", -3);
    expect(acknowledge(shop, "kim")).toMatchObject({ type: "CHOICE_REFUSED", code: "NOT_PAID" });
    const unknown = { type: "AcknowledgeShortage", orderId: "o1", shortageId: "o1/9", by: "kim" } as const;
    expect(shop.do(unknown)).toMatchObject({ type: "CHOICE_REFUSED", code: "UNKNOWN_SHORTAGE" });
  });

  test("what was settled in time raises no alert and clears none", () => {
    const shop = shopWith({ red: 1 });
    buy(shop);
    choose(shop, [REFUND]);
    overdue(shop.later(48 * HOUR));
    expect([...shop.events("StockAlertRaised"), ...shop.events("StockAlertCleared")]).toEqual([]);
  });

  test.each([
    ["in the afternoon", "2026-03-02T15:00:00+08:00", "2026-03-03T06:00:00+08:00"],
    ["before this day's dispatch", "2026-03-02T05:00:00+08:00", "2026-03-03T06:00:00+08:00"],
    ["just before midnight", "2026-03-02T23:59:59+08:00", "2026-03-03T06:00:00+08:00"],
  ])("what is shorted %s is chosen before the next day's dispatch", (_when, now, by) => {
    expect(new Date(decideByOf(Date.parse(now), RULE)).toISOString()).toBe(new Date(by).toISOString());
  });

  test("when that would be over already, half of the time until the dispatch is left", () => {
    const now = Date.parse("2026-03-02T23:00:00+08:00");
    const early = { ...RULE, dispatchAt: "00:30", decideMinutesBefore: 120 };
    expect(decideByOf(now, early)).toBe(now + 45 * MINUTE);
  });
});

describe("a hold that was shorted before it was paid", () => {
  function shorted(): Shop {
    const shop = shopWith({ red: 3, blue: 3 });
    buy(shop, "o1", { payment: "PENDING" });
    shop.count("red", "wuhan", -3);
    return shop;
  }

  test("owes nothing until it is paid, and is to be handled from then on", () => {
    const shop = shorted();
    expect(choose(shop, [exchangeFor("blue")])).toMatchObject({ code: "NOT_PAID" });
    overdue(shop.later(2 * HOUR));
    expect(shop.events("OrderShortageSettled")).toEqual([]);
    shop.pay("o1");
    overdue(shop);
    expect(shop.events("StockAlertRaised")).toEqual([]);
    expect(choose(shop, [exchangeFor("blue")]).type).toBe("SHORTAGE_SETTLED");
    expect(shop.order("o1").state).toBe("CONFIRMED");
  });

  test("leaves time to choose when it is paid after the time that was told first", () => {
    const shop = shorted();
    const { decideBy } = shop.events("OrderShorted")[0];
    shop.now = decideBy + MINUTE;
    shop.pay("o1");
    overdue(shop);
    expect(shop.events("OrderShortageSettled")).toEqual([]);
    expect(openOf(shop)).toMatchObject([{ decideBy: decideByOf(shop.now, RULE) }]);
    shop.now = decideByOf(shop.now, RULE);
    overdue(shop);
    expect(shop.events("OrderShortageSettled")).toMatchObject([{ by: "DEFAULT" }]);
  });

  test("keeps the time that was told when it is paid before", () => {
    const shop = shorted();
    const { decideBy } = shop.events("OrderShorted")[0];
    shop.now = decideBy - MINUTE;
    shop.pay("o1");
    expect(openOf(shop)).toMatchObject([{ decideBy }]);
  });

  test("owes nothing for what its shopper gave up before paying", () => {
    const shop = shorted();
    shop.cancel("o1", { a: 2 });
    expect(openOf(shop)).toMatchObject([{ lines: [{ quantity: 1, remedies: [{ refundMinor: 1000 }, {}] }] }]);
    shop.cancel("o1", { a: 1 });
    expect(openOf(shop)).toEqual([]);
  });

  test("owes nothing that the payment is served with after all", () => {
    const shop = shorted();
    shop.receive("red", "wuhan", 2);
    shop.pay("o1");
    expect(openOf(shop)).toMatchObject([{ number: 2, lines: [{ quantity: 1 }] }]);
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { ALERT_CODES, type Language, OUTCOME_REASONS, type OutcomeReason } from "@septet/stock-contracts";
import { Shop } from "./shop.js";

const LIST: Readonly<Record<string, Readonly<Record<string, OutcomeReason>>>> = OUTCOME_REASONS;
const CODES = new Set(Object.values(LIST).flatMap((reasons) => Object.keys(reasons)));
const DOMAIN = new URL("../../src/domain/", import.meta.url);

/** Texts in capitals that stand where the domain names why: a `code:`, or what a function about reasons answers. */
function codesNamedBySources(): string[] {
  const sources = readdirSync(DOMAIN).map((file) => readFileSync(new URL(file, DOMAIN), "utf8"));
  const named = /code: "([A-Z_]+)"|return "([A-Z_]+)";|(?:"CANCELLED"|reason): "([A-Z_]+)"|\? "([A-Z_]+)" : undefined/g;
  return sources.flatMap((source) => [...source.matchAll(named)].map((match) => match.slice(1).find(Boolean) ?? ""));
}

test("every reason that an outcome can have is on the closed list, with a text in both languages", () => {
  const named = codesNamedBySources();
  expect(named).toEqual(
    expect.arrayContaining(["OUT_OF_STOCK", "UNKNOWN_SKU", "LIMIT_PER_CUSTOMER", "NOT_HELD_THERE"]),
  );
  const alerts = new Set(Object.keys(ALERT_CODES));
  expect(named.filter((code) => !CODES.has(code) && !alerts.has(code))).toEqual([]);
  for (const reasons of Object.values(LIST)) {
    for (const { en, zh } of Object.values(reasons)) expect([en === "", zh === ""]).toEqual([false, false]);
  }
});

describe("the shopper is told in the order's language", () => {
  const speaking = (language: Language | null) => ({ language });

  test("why an order is refused", () => {
    const shop = new Shop().stock("socks", "wuhan", 1);
    shop.place("o1", { a: ["socks", 2] }, speaking("zh"));
    shop.place("o2", { a: ["socks", 2] }, speaking(null));
    expect(shop.events("OrderReservationRejected", "o1")[0].reasons[0].text).toBe("抱歉，该商品库存不足。");
    expect(shop.events("OrderReservationRejected", "o2")[0].reasons[0].text).toBe("Sorry, this item is out of stock.");
  });

  test("why a placement that breaks the contract is refused", () => {
    const shop = new Shop();
    shop.do({ type: "RefuseInvalidOrder", orderId: "o1", paid: false, language: "zh" });
    expect(shop.events("OrderReservationRejected", "o1")[0].reasons[0].text).toBe("订单信息有误，请重新下单。");
  });

  test("what was shorted, with an apology, and what was given back", () => {
    const shop = new Shop().stock("socks", "wuhan", 2);
    shop.place("o1", { a: ["socks", 3] }, { payment: "PAID", language: "zh" });
    expect(shop.events("OrderShorted", "o1")[0].text).toBe("非常抱歉，您订单中的部分商品已售罄。");
    shop.stock("hat", "wuhan", 2).place("o2", { a: ["hat", 1] }, speaking("zh"));
    shop.cancel("o2");
    expect(shop.events("OrderReservationReleased", "o2")[0].text).toBe("已按您的要求取消。");
  });
});

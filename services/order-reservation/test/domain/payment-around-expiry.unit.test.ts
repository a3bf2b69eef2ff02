import { describe, expect, test } from "@jest/globals";
import { releasableUpTo } from "../../src/store/load-world.js";
import { MINUTE, placement, Shop } from "./shop.js";

const HOLD = 30 * MINUTE;
const held = (): Shop => {
  const shop = new Shop().stock("socks", "wuhan", 3);
  const lines = [{ lineId: "a", sku: "socks", quantity: 3, unitPriceMinor: 1_000 }];
  shop.place("o1", {}, { lines, currency: "CNY" });
  return shop;
};
const pay = { type: "PaymentSucceeded", orderId: "o1" } as const;
const wants = { type: "PlaceOrder", placement: placement("o2", { a: ["socks", 3] }) } as const;
const states = (shop: Shop) => ["o1", "o2"].map((id) => shop.order(id).state);
const REFUND = { kind: "REFUND", sku: null, refundMinor: 3_000, couponMinor: null };

describe("a payment around the end of its hold", () => {
  test.each([
    ["a moment before it", -1],
    ["just at it", 0],
    ["a moment after it", 1],
    ["a day after it", 24 * 60 * MINUTE],
  ])("%s keeps what nobody has wanted and nobody has given back", (_, ms) => {
    const shop = held();
    shop.later(HOLD + ms).pay("o1");
    expect(shop.story("o1")).toEqual(["OrderReserved", "OrderReserved", "FulfilmentRequested"]);
    expect(shop.balance("socks", "wuhan")).toEqual([0, 3]);
  });

  test("a moment before it, whoever wants the stock is refused, before and after the payment", () => {
    const shop = held();
    shop.later(HOLD - 1).slice([wants, pay]);
    shop.place("o3", { a: ["socks", 1] });
    expect([...states(shop), shop.order("o3").state]).toEqual(["CONFIRMED", "REJECTED", "REJECTED"]);
  });

  test.each([
    ["the payment before the wish", [pay, wants], ["CONFIRMED", "REJECTED"]],
    ["the wish before the payment", [wants, pay], ["SHORTED", "RESERVED"]],
  ])("just at it, arrival decides: %s", (_, commands, expected) => {
    const shop = held();
    shop.later(HOLD).slice(commands);
    expect(states(shop)).toEqual(expected);
    expect(shop.balance("socks", "wuhan")).toEqual([0, 3]);
  });

  test("after expiry tries to reserve again, and shorts the order if it cannot, at once and with remedies", () => {
    const again = held();
    again.later(HOLD).expire("o1");
    again.pay("o1");
    expect(again.order("o1")).toMatchObject({ state: "CONFIRMED", expiresAt: null });
    const gone = held();
    gone.later(HOLD).expire("o1");
    gone.place("o2", { a: ["socks", 2] });
    gone.pay("o1");
    expect(gone.events("OrderShorted", "o1")).toMatchObject([
      { cause: "EXPIRED_BEFORE_PAYMENT", lines: [{ shortQuantity: 2, remedies: [{ ...REFUND, refundMinor: 2_000 }] }] },
    ]);
    expect(gone.order("o1")).toMatchObject({ state: "CONFIRMED", lines: [{ shorted: 2 }] });
  });

  test("after expiry takes expired holds of others, which never cost a sale", () => {
    const shop = held();
    shop.later(HOLD).expire("o1");
    shop.place("o2", { a: ["socks", 3] });
    shop.later(HOLD).pay("o1");
    expect(states(shop)).toEqual(["CONFIRMED", "EXPIRED"]);
  });

  test("comes twice, before and after expiry: the second changes nothing", () => {
    const shop = held();
    shop.later(HOLD).expire("o1");
    shop.pay("o1");
    const published = shop.effects.length;
    expect(shop.pay("o1").type).toBe("NOTHING");
    expect(shop.effects).toHaveLength(published);
  });

  test("for what one hold of a customer class lives longer than another's", () => {
    const shop = new Shop().stock("socks", "wuhan", 2);
    shop.policies.set("default", { unpaidHoldSecondsByClass: { gold: 3_600 } });
    shop.place("gold", { a: ["socks", 1] }, { customerClass: "gold" });
    shop.place("other", { a: ["socks", 1] }, { customerClass: "silver" });
    shop.later(HOLD).place("o1", { a: ["socks", 1] });
    shop.place("o2", { a: ["socks", 1] });
    expect(["gold", "other", "o1", "o2"].map((id) => shop.order(id).state)).toEqual([
      "RESERVED",
      "EXPIRED",
      "RESERVED",
      "REJECTED",
    ]);
  });
});

describe("ON_PAYMENT", () => {
  test("if nothing is left says so at once with remedies, because money has been taken", () => {
    const shop = new Shop().stock("socks", "wuhan", 0);
    shop.policies.set("sku:socks", { reserveAt: "ON_PAYMENT" });
    const lines = [{ lineId: "a", sku: "socks", quantity: 3, unitPriceMinor: 1_000 }];
    shop.place("o1", {}, { lines, currency: "CNY" });
    shop.pay("o1");
    const [told] = shop.events("OrderShorted", "o1");
    expect(told).toMatchObject({
      cause: "OUT_OF_STOCK",
      lines: [{ lineId: "a", shortQuantity: 3, remedies: [REFUND] }],
    });
    expect(told.text).toMatch(/apologise/);
    expect(shop.order("o1").state).toBe("SHORTED");
  });
});

describe("how far holds may be given back", () => {
  const upTo = (paymentsReadUpTo: number, graceMs: number) =>
    releasableUpTo({ now: 10 * MINUTE, query: async () => [{ read_up_to: paymentsReadUpTo }] as never[] }, graceMs);

  test("up to the time to which payments have been read; a lagging topic holds them back, at most for the grace", async () => {
    expect(await upTo(9 * MINUTE, 2 * MINUTE)).toBe(9 * MINUTE);
    expect(await upTo(3 * MINUTE, 2 * MINUTE)).toBe(8 * MINUTE);
  });
});

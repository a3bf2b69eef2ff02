import { describe, expect, test } from "@jest/globals";
import type { Outcome } from "../../src/domain/index.js";
import { MINUTE, placement, Shop } from "./shop.js";

type Wish = [lineId: string, from: string, to: string, quantity?: number];

const move = (shop: Shop, orderId: string, ...wishes: Wish[]): Outcome =>
  shop.do({
    type: "MoveReservation",
    orderId,
    moves: wishes.map(([lineId, from, to, quantity]) => ({ lineId, from, to, quantity: quantity ?? null })),
  });
const codeOf = (outcome: Outcome) => (outcome.type === "MOVE_REFUSED" ? [outcome.code, outcome.index] : outcome.type);

describe("holding an order's pieces elsewhere", () => {
  test("before they are sent to fulfilment they move, and the reservation is told again as it stands now", () => {
    const shop = new Shop().stock("socks", "a", 3).stock("socks", "b", 5);
    shop.place("o1", { l: ["socks", 3] });
    expect(codeOf(move(shop, "o1", ["l", "a", "b"]))).toBe("RECORDED");
    expect([shop.balance("socks", "a"), shop.balance("socks", "b")]).toEqual([
      [3, 0],
      [2, 3],
    ]);
    expect(shop.effects.slice(-3)).toMatchObject([
      { kind: "movement", draft: { kind: "RELEASE", reason: "RELOCATED", reference: { id: "o1", line: "l" } } },
      { kind: "movement", draft: { kind: "RESERVE", reference: { id: "o1", line: "l" } } },
      { kind: "event", name: "OrderReserved" },
    ]);
    expect(shop.events("OrderReserved").at(-1).lines[0].allocations).toEqual([
      { location: "b", quantity: 3, sku: null },
    ]);
    shop.pay("o1");
    expect(shop.events("FulfilmentRequested")).toMatchObject([{ location: "b" }]);
  });

  test("a part moves, to a supplier too, and back", () => {
    const shop = new Shop().stock("socks", "a", 3).stock("socks", "supplier:acme", 2);
    shop.place("o1", { l: ["socks", 3] });
    move(shop, "o1", ["l", "a", "supplier:acme", 2]);
    expect([shop.balance("socks", "a"), shop.balance("socks", "supplier:acme")]).toEqual([
      [2, 1],
      [0, 2],
    ]);
    move(shop, "o1", ["l", "supplier:acme", "a"]);
    expect(shop.balance("socks", "a")).toEqual([0, 3]);
    expect(shop.order("o1").state).toBe("RESERVED");
  });

  test("two lines change places though nothing is left at either", () => {
    const shop = new Shop().stock("socks", "a", 2).stock("socks", "b", 2);
    shop.place("o1", { x: ["socks", 2], y: ["socks", 2] });
    expect(codeOf(move(shop, "o1", ["x", "a", "b"], ["y", "b", "a"]))).toBe("RECORDED");
    expect([shop.balance("socks", "a"), shop.balance("socks", "b")]).toEqual([
      [0, 2],
      [0, 2],
    ]);
  });

  test("an expired hold at the target makes room", () => {
    const shop = new Shop().stock("socks", "b", 2);
    shop.place("old", { l: ["socks", 2] });
    shop.stock("socks", "a", 2);
    shop.later(31 * MINUTE).place("o1", { l: ["socks", 2] });
    expect(shop.order("o1").allocations[0]!.location).toBe("a");
    expect(codeOf(move(shop, "o1", ["l", "a", "b"]))).toBe("RECORDED");
    expect(shop.order("old").state).toBe("EXPIRED");
  });

  const held = () => {
    const shop = new Shop().stock("socks", "a", 4).stock("socks", "b", 1).stock("socks", "below", -1);
    shop.do({ type: "DefineLocation", location: "closed", kind: "WAREHOUSE", active: false, version: 1 });
    shop.place("o1", { l: ["socks", 2] });
    shop.place("paid", { l: ["socks", 1] }, { payment: "PAID" });
    shop.place("refused", { l: ["socks", 9] });
    return shop;
  };

  test.each<[string, string, Wish, string]>([
    ["an order that nobody knows", "o9", ["l", "a", "b"], "UNKNOWN_ORDER"],
    ["a line that it does not have", "o1", ["m", "a", "b"], "UNKNOWN_LINE"],
    ["to where it is", "o1", ["l", "a", "a"], "SAME_LOCATION"],
    ["from where it is not", "o1", ["l", "b", "a"], "NOT_HELD_THERE"],
    ["more than is held there", "o1", ["l", "a", "b", 3], "NOT_HELD_THERE"],
    ["of an order that holds nothing", "refused", ["l", "a", "b"], "NOT_HELD_THERE"],
    ["what is with the warehouse", "paid", ["l", "a", "b"], "SENT_TO_FULFILMENT"],
    ["to a place that nobody has named", "o1", ["l", "a", "atlantis"], "UNKNOWN_LOCATION"],
    ["to a place that is closed", "o1", ["l", "a", "closed"], "UNKNOWN_LOCATION"],
    ["more than there is to sell", "o1", ["l", "a", "b"], "OUT_OF_STOCK"],
    ["to a place that owes pieces itself", "o1", ["l", "a", "below", 1], "OUT_OF_STOCK"],
  ])("is refused, and nothing moves: %s", (_, orderId, wish, code) => {
    const shop = held();
    const before = shop.effects.length;
    expect(codeOf(move(shop, orderId, wish))).toEqual([code, code === "UNKNOWN_ORDER" ? null : 0]);
    expect(shop.effects).toHaveLength(before);
  });

  test("of several wishes the one that cannot be is named, and none is carried out", () => {
    const shop = held();
    expect(codeOf(move(shop, "o1", ["l", "a", "b", 1], ["l", "a", "b", 1]))).toEqual(["OUT_OF_STOCK", 1]);
    expect(codeOf(move(shop, "o1", ["l", "a", "b", 1], ["l", "a", "b", 2]))).toEqual(["NOT_HELD_THERE", 1]);
    expect(shop.balance("socks", "b")).toEqual([1, 0]);
  });

  test("a hold past its time that asked in vain to be elsewhere is still there for whoever wants it next", () => {
    const shop = new Shop().stock("socks", "a", 3).stock("socks", "b", 0);
    shop.place("o1", { l: ["socks", 3] });
    shop.later(30 * MINUTE);
    const elsewhere = { lineId: "l", from: "a", to: "b", quantity: null };
    const outcomes = shop.slice([
      { type: "MoveReservation", orderId: "o1", moves: [elsewhere] },
      { type: "PlaceOrder", placement: placement("o2", { l: ["socks", 3] }) },
    ]);
    expect(codeOf(outcomes[0]!)).toEqual(["OUT_OF_STOCK", 0]);
    expect([shop.order("o1").state, shop.order("o2").state]).toEqual(["EXPIRED", "RESERVED"]);
  });
});

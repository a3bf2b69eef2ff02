import { describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import { Shop } from "./shop.js";

const PAID = { payment: "PAID" } as const;
type Kind = "SHIP" | "PICK_SHORT" | "PICK_DAMAGE";

const told = (kind: Kind, quantity: number, more: { movementId?: string; reverses?: string } = {}) => {
  const reference = { type: "order", id: "o1", line: "l" } as const;
  const { movementId, ...rest } = more;
  const draft = movementDraft(kind, undefined, { sku: "socks", quantity, at: "a", reference, ...rest });
  return {
    type: "ApplyMovement",
    movement: { ...draft, ...(movementId === undefined ? {} : { movementId }) },
  } as const;
};
const takenBack = (kind: Kind, quantity: number, reverses = "m1") => told(kind, quantity, { reverses });
const requests = (shop: Shop) =>
  shop.events("FulfilmentRequested").map((r) => [r.fulfilmentId, r.location, r.lines[0].quantity]);

describe("a shipment that is taken back", () => {
  test("promises its pieces again and asks for them under a fulfilment of their own", () => {
    const shop = new Shop().stock("socks", "a", 3);
    shop.place("o1", { l: ["socks", 3] }, PAID);
    shop.do(told("SHIP", 3));
    shop.do(takenBack("SHIP", 3));
    expect(shop.story("o1")).toEqual([
      "OrderReserved",
      "FulfilmentRequested",
      "OrderFulfilled",
      "OrderReserved",
      "FulfilmentRequested",
    ]);
    expect(requests(shop)).toEqual([
      ["o1/1", "a", 3],
      ["o1/2", "a", 3],
    ]);
    expect([shop.order("o1").state, shop.balance("socks", "a")]).toEqual(["CONFIRMED", [0, 3]]);
    shop.do(told("SHIP", 3));
    expect([shop.order("o1").state, shop.balance("socks", "a")]).toEqual(["FULFILLED", [0, 0]]);
  });

  test("is taken back in part when it was one of several: the others stay shipped", () => {
    const shop = new Shop().stock("socks", "a", 5);
    shop.place("o1", { l: ["socks", 5] }, PAID);
    shop.do(told("SHIP", 2));
    shop.do(told("SHIP", 3));
    shop.do(takenBack("SHIP", 2));
    expect(requests(shop).at(-1)).toEqual(["o1/2", "a", 2]);
    expect(shop.order("o1")).toMatchObject({ state: "CONFIRMED" });
    expect(shop.order("o1").allocations.reduce((sum, { shipped }) => sum + shipped, 0)).toBe(3);
  });

  test("ends the same when it overtakes the shipment, which was lost on the way", () => {
    const shop = new Shop().stock("socks", "a", 3);
    shop.place("o1", { l: ["socks", 3] }, PAID);
    // Until the shipment comes, more counts as promised than orders hold.
    shop.unchecked(takenBack("SHIP", 3));
    shop.do(told("SHIP", 3, { movementId: "m1" }));
    expect(requests(shop)).toEqual([
      ["o1/1", "a", 3],
      ["o1/2", "a", 3],
    ]);
    expect([shop.order("o1").state, shop.balance("socks", "a")]).toEqual(["CONFIRMED", [0, 3]]);
    expect(shop.order("o1").undone).toEqual([]);
    shop.do(told("SHIP", 3));
    expect(shop.order("o1").state).toBe("FULFILLED");
  });

  test("gives its pieces to those whom the shelf owes some", () => {
    const shop = new Shop().stock("socks", "a", 3);
    shop.place("o1", { l: ["socks", 3] }, PAID);
    shop.do(told("SHIP", 3));
    shop.count("socks", "a", -1);
    shop.do(takenBack("SHIP", 3));
    expect(shop.events("FulfilmentCancelRequested").map((r) => [r.fulfilmentId, r.lines[0].quantity])).toEqual([
      ["o1/2", 1],
    ]);
  });

  test("of an order that nobody here knows changes the figures only", () => {
    const shop = new Shop().stock("socks", "a", 3);
    shop.unchecked(takenBack("SHIP", 3));
    expect([shop.orders.size, shop.balance("socks", "a")]).toEqual([0, [3, 3]]);
  });
});

describe("a loss at picking that is taken back", () => {
  test.each<Kind>(["PICK_SHORT", "PICK_DAMAGE"])("%s: served from elsewhere since, its pieces can be sold", (kind) => {
    const shop = new Shop().stock("socks", "a", 3).stock("socks", "b", 3);
    shop.place("o1", { l: ["socks", 3] }, PAID);
    shop.do(told(kind, 2));
    shop.do(takenBack(kind, 2));
    expect(requests(shop)).toEqual([
      ["o1/1", "a", 3],
      ["o1/2", "b", 2],
    ]);
    expect([shop.balance("socks", "a"), shop.balance("socks", "b")]).toEqual([
      [2, 1],
      [1, 2],
    ]);
  });

  test.each<Kind>(["PICK_SHORT", "PICK_DAMAGE"])("%s: shorted since, it stays shorted and can be sold", (kind) => {
    const shop = new Shop().stock("socks", "a", 3);
    shop.place("o1", { l: ["socks", 3] }, PAID);
    shop.do(told(kind, 3));
    shop.do(takenBack(kind, 3));
    expect([shop.order("o1").state, shop.balance("socks", "a")]).toEqual(["SHORTED", [3, 0]]);
  });

  test("ends with as many pieces promised and sold when it overtakes the loss", () => {
    const shop = new Shop().stock("socks", "a", 3);
    shop.place("o1", { l: ["socks", 3] }, PAID);
    shop.do(takenBack("PICK_SHORT", 2));
    expect(shop.balance("socks", "a")).toEqual([2, 3]);
    shop.do(told("PICK_SHORT", 2, { movementId: "m1" }));
    expect([shop.balance("socks", "a"), shop.order("o1").state]).toEqual([[0, 3], "CONFIRMED"]);
    expect(requests(shop).at(-1)).toEqual(["o1/2", "a", 2]);
  });
});

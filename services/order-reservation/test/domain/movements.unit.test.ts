import { describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import { Shop } from "./shop.js";

describe("movements of other services", () => {
  test("a receipt makes a SKU known and sellable", () => {
    const shop = new Shop();
    shop.receive("socks", "w", 5);
    shop.place("o1", { a: ["socks", 5] });
    expect(shop.balance("socks", "w")).toEqual([0, 5]);
  });

  test("shipments close the order's lines, part by part, and the last one fulfils it", () => {
    const shop = new Shop().stock("socks", "w", 5).stock("hat", "w", 1);
    shop.place("o1", { a: ["socks", 3], b: ["hat", 1] }, { payment: "PAID" });
    shop.pick("SHIP", "o1", "a", "w", 2);
    shop.pick("SHIP", "o1", "b", "w", 1);
    expect(shop.order("o1").state).toBe("CONFIRMED");
    shop.pick("SHIP", "o1", "a", "w", 1);
    expect(shop.order("o1").state).toBe("FULFILLED");
    expect(shop.events("OrderFulfilled")).toEqual([
      {
        orderId: "o1",
        lines: [
          { lineId: "a", sku: "socks", quantity: 3 },
          { lineId: "b", sku: "hat", quantity: 1 },
        ],
      },
    ]);
    expect(shop.balance("socks", "w")).toEqual([2, 0]);
  });

  test("what is not found at picking is sent from another location", () => {
    const shop = new Shop().stock("socks", "a", 5).stock("socks", "b", 5);
    shop.place("o1", { l: ["socks", 3] }, { payment: "PAID" });
    shop.pick("PICK_SHORT", "o1", "l", "a", 2);
    expect(shop.balance("socks", "a")).toEqual([2, 1]);
    expect(shop.balance("socks", "b")).toEqual([3, 2]);
    expect(shop.events("FulfilmentRequested")[1]).toMatchObject({ fulfilmentId: "o1/2", location: "b" });
    expect(shop.events("OrderShorted")).toEqual([]);
  });

  test("what is found damaged and cannot be had elsewhere is shorted with its cause", () => {
    const shop = new Shop().stock("socks", "a", 3);
    shop.place("o1", { l: ["socks", 3] }, { payment: "PAID" });
    shop.pick("PICK_DAMAGE", "o1", "l", "a", 2);
    expect(shop.events("OrderShorted")[0]).toMatchObject({ cause: "PICK_DAMAGE" });
    shop.pick("SHIP", "o1", "l", "a", 1);
    expect(shop.order("o1").state).toBe("FULFILLED");
  });

  test("an order of which nothing could be picked ends shorted", () => {
    const shop = new Shop().stock("socks", "a", 3);
    shop.place("o1", { l: ["socks", 3] }, { payment: "PAID" });
    shop.pick("PICK_SHORT", "o1", "l", "a", 3);
    expect(shop.order("o1").state).toBe("SHORTED");
  });

  test("a line that is being cancelled is never re-sourced: what was lost is simply cancelled", () => {
    const shop = new Shop().stock("socks", "a", 3).stock("socks", "b", 9);
    shop.place("o1", { l: ["socks", 3] }, { payment: "PAID" });
    shop.cancel("o1");
    shop.pick("PICK_SHORT", "o1", "l", "a", 2);
    shop.answerCancel("o1", "o1/1", { l: 1 });
    expect(shop.order("o1").state).toBe("CANCELLED");
    expect(shop.events("FulfilmentRequested")).toHaveLength(1);
    expect(shop.events("OrderShorted")).toEqual([]);
  });

  test("of a line cancelled in part, lost pieces are cancelled as far as the cancelled ones can no longer be given back", () => {
    const shop = new Shop().stock("socks", "a", 3).stock("socks", "b", 9);
    shop.place("o1", { l: ["socks", 3] }, { payment: "PAID" });
    shop.cancel("o1", { l: 1 });
    shop.pick("PICK_SHORT", "o1", "l", "a", 3);
    shop.answerCancel("o1", "o1/1", { l: 0 });
    expect(shop.order("o1").lines[0]).toMatchObject({ cancelled: 1, shorted: 0 });
    expect(shop.balance("socks", "b")).toEqual([7, 2]);
  });

  test("a shipment taken back promises its pieces again", () => {
    const shop = new Shop().stock("socks", "a", 3);
    shop.place("o1", { l: ["socks", 3] }, { payment: "PAID" });
    shop.pick("SHIP", "o1", "l", "a", 3);
    const reference = { type: "order", id: "o1", line: "l" } as const;
    const about = { sku: "socks", quantity: 3, at: "a", reference, reverses: "m1" } as const;
    shop.do({ type: "ApplyMovement", movement: movementDraft("SHIP", undefined, about) });
    expect(shop.order("o1").state).toBe("CONFIRMED");
    expect(shop.balance("socks", "a")).toEqual([0, 3]);
  });

  test("a picking loss taken back after it was shorted goes back to sale", () => {
    const shop = new Shop().stock("socks", "a", 3);
    shop.place("o1", { l: ["socks", 3] }, { payment: "PAID" });
    shop.pick("PICK_SHORT", "o1", "l", "a", 3);
    const reference = { type: "order", id: "o1", line: "l" } as const;
    const about = { sku: "socks", quantity: 3, at: "a", reference, reverses: "m1" } as const;
    shop.do({ type: "ApplyMovement", movement: movementDraft("PICK_SHORT", undefined, about) });
    expect(shop.balance("socks", "a")).toEqual([3, 0]);
  });
});

describe("when promises exceed what is there", () => {
  test("promises not yet sent to fulfilment are moved to where there is stock", () => {
    const shop = new Shop().stock("socks", "a", 3).stock("socks", "b", 9);
    shop.place("o1", { l: ["socks", 3] });
    shop.count("socks", "a", -2);
    expect(shop.balance("socks", "a")).toEqual([0, 1]);
    expect(shop.balance("socks", "b")).toEqual([7, 2]);
    expect(shop.events("OrderShorted")).toEqual([]);
    expect(shop.events("OrderReserved").at(-1).lines[0].allocations).toEqual([
      { location: "a", quantity: 1, sku: null },
      { location: "b", quantity: 2, sku: null },
    ]);
  });

  test("what cannot be moved is shorted, unpaid orders first and the newest of them first", () => {
    const shop = new Shop().stock("socks", "a", 6);
    shop.place("old", { l: ["socks", 2] });
    shop.later(1).place("paid", { l: ["socks", 2] }, { payment: "PAID" });
    shop.later(1).place("new", { l: ["socks", 2] });
    shop.count("socks", "a", -3);
    expect(shop.events("OrderShorted").map((s) => [s.orderId, s.lines[0].shortQuantity, s.cause])).toEqual([
      ["new", 2, "PHYSICAL_SHORTAGE"],
      ["old", 1, "PHYSICAL_SHORTAGE"],
    ]);
    expect([shop.order("new").state, shop.order("old").state]).toEqual(["SHORTED", "RESERVED"]);
    expect(shop.balance("socks", "a")).toEqual([0, 3]);
  });

  test("an expired hold is given back before anybody is shorted", () => {
    const shop = new Shop().stock("socks", "a", 4);
    shop.place("expired", { l: ["socks", 2] });
    shop.later(29 * 60_000).place("new", { l: ["socks", 2] });
    shop.later(60_000).count("socks", "a", -2);
    expect([shop.order("expired").state, shop.order("new").state]).toEqual(["EXPIRED", "RESERVED"]);
    expect(shop.events("OrderShorted")).toEqual([]);
  });

  test("an expired hold at another place makes room for what must move, before anybody is shorted", () => {
    const shop = new Shop().stock("socks", "b", 2);
    shop.place("old", { l: ["socks", 2] });
    shop.receive("socks", "a", 2);
    shop.later(31 * 60_000).place("new", { l: ["socks", 2] });
    shop.count("socks", "a", -2);
    expect([shop.order("old").state, shop.order("new").state]).toEqual(["EXPIRED", "RESERVED"]);
    expect(shop.balance("socks", "b")).toEqual([0, 2]);
    expect(shop.events("OrderShorted")).toEqual([]);
  });

  test("of one order, lines give up in their order", () => {
    const shop = new Shop().stock("socks", "a", 6);
    shop.place("o1", { x: ["socks", 2], y: ["socks", 2], z: ["socks", 2] });
    shop.count("socks", "a", -2);
    expect(shop.order("o1").lines.map((line) => line.shorted)).toEqual([2, 0, 0]);
  });

  test("what was sent to fulfilment is asked back, newest first, and stays below 0 until the answer", () => {
    const shop = new Shop().stock("socks", "a", 4);
    shop.place("p1", { l: ["socks", 2] }, { payment: "PAID" });
    shop.later(1).place("p2", { l: ["socks", 2] }, { payment: "PAID" });
    shop.count("socks", "a", -1);
    expect(shop.events("FulfilmentCancelRequested").map((r) => [r.orderId, r.lines[0].quantity])).toEqual([["p2", 1]]);
    expect(shop.balance("socks", "a")).toEqual([-1, 4]);
    shop.answerCancel("p2", "p2/1", { l: 1 });
    expect(shop.balance("socks", "a")).toEqual([0, 3]);
    expect(shop.events("OrderShorted")[0]).toMatchObject({ orderId: "p2", cause: "PHYSICAL_SHORTAGE" });
  });

  test("what is given back is served from the stock of that moment before it is shorted", () => {
    const shop = new Shop().stock("socks", "a", 2);
    shop.place("p1", { l: ["socks", 2] }, { payment: "PAID" });
    shop.count("socks", "a", -1);
    shop.receive("socks", "b", 1);
    shop.answerCancel("p1", "p1/1", { l: 1 });
    expect(shop.events("OrderShorted")).toEqual([]);
    expect(shop.balance("socks", "b")).toEqual([0, 1]);
    expect(shop.events("FulfilmentRequested").at(-1)).toMatchObject({ fulfilmentId: "p1/2", location: "b" });
  });

  test("what has been asked for and not answered is not asked for again", () => {
    const shop = new Shop().stock("socks", "a", 4);
    shop.place("p1", { l: ["socks", 4] }, { payment: "PAID" });
    shop.count("socks", "a", -1);
    shop.count("socks", "a", -1);
    expect(shop.events("FulfilmentCancelRequested").map((r) => r.lines[0].quantity)).toEqual([1, 1]);
  });

  test("what came too late is asked of the next order", () => {
    const shop = new Shop().stock("socks", "a", 4);
    shop.place("p1", { l: ["socks", 2] }, { payment: "PAID" });
    shop.later(1).place("p2", { l: ["socks", 2] }, { payment: "PAID" });
    shop.count("socks", "a", -2);
    shop.answerCancel("p2", "p2/1", { l: 0 });
    expect(shop.events("FulfilmentCancelRequested").map((r) => [r.orderId, r.lines[0].quantity])).toEqual([
      ["p2", 2],
      ["p1", 2],
    ]);
    shop.answerCancel("p1", "p1/1", { l: 0 });
    expect(shop.events("FulfilmentCancelRequested")).toHaveLength(2);
    expect(shop.balance("socks", "a")).toEqual([-2, 4]);
  });

  test("below 0 at a supplier shorts nobody", () => {
    const shop = new Shop().stock("socks", "supplier:acme", 4);
    shop.place("o1", { l: ["socks", 4] });
    const reference = { type: "report", id: "r1" } as const;
    const about = { sku: "socks", quantity: -3, supplier: "supplier:acme", reference } as const;
    shop.do({ type: "ApplyMovement", movement: movementDraft("VIRTUAL_ADJUST", undefined, about) });
    expect(shop.balance("socks", "supplier:acme")).toEqual([-3, 4]);
    expect(shop.order("o1").state).toBe("RESERVED");
    expect(shop.events("OrderShorted")).toEqual([]);
  });

  test("a shopper who cancels pieces that are asked back already gets them cancelled, not shorted", () => {
    const shop = new Shop().stock("socks", "a", 2);
    shop.place("p1", { l: ["socks", 2] }, { payment: "PAID" });
    shop.count("socks", "a", -2);
    shop.cancel("p1");
    expect(shop.events("FulfilmentCancelRequested")).toHaveLength(1);
    shop.answerCancel("p1", "p1/1", { l: 2 });
    expect(shop.order("p1").state).toBe("CANCELLED");
    expect(shop.events("OrderShorted")).toEqual([]);
  });
});

import { describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import { answerCancellation } from "../../src/http/reservation-answers.js";
import { Shop } from "./shop.js";

/** Five pieces sent to picking in one warehouse, nine more in another. */
function picking(): Shop {
  const shop = new Shop().stock("socks", "w1", 5).stock("socks", "w2", 9);
  shop.place("o1", { l: ["socks", 5] }, { payment: "PAID" });
  return shop;
}

describe("a cancellation at the warehouse ends alike, whichever of its facts comes first", () => {
  test.each([
    ["the answer", ["answer", "loss"]],
    ["the loss", ["loss", "answer"]],
  ])("pieces that were cancelled and then not found are cancelled, with %s first", (_first, facts) => {
    const shop = picking();
    shop.cancel("o1", { l: 5 });
    for (const fact of facts) {
      if (fact === "answer") shop.answerCancel("o1", "o1/1", { l: 3 });
      else shop.pick("PICK_SHORT", "o1", "l", "w1", 2);
    }
    expect(shop.order("o1")).toMatchObject({ state: "CANCELLED", lines: [{ cancelled: 5, shorted: 0 }] });
    expect(shop.events("FulfilmentRequested")).toHaveLength(1);
    expect(shop.balance("socks", "w2")).toEqual([9, 0]);
  });

  test.each([
    ["the answer", ["answer", "loss"]],
    ["the loss", ["loss", "answer"]],
  ])("only the cancelled pieces are not re-sourced, with %s first", (_first, facts) => {
    const shop = picking();
    shop.cancel("o1", { l: 1 });
    for (const fact of facts) {
      if (fact === "answer") shop.answerCancel("o1", "o1/1", { l: 1 });
      else shop.pick("PICK_SHORT", "o1", "l", "w1", 3);
    }
    expect(shop.order("o1").lines[0]).toMatchObject({ cancelled: 1, shorted: 0 });
    expect(shop.events("OrderShorted")).toEqual([]);
    expect([shop.balance("socks", "w1"), shop.balance("socks", "w2")]).toEqual([
      [1, 1],
      [6, 3],
    ]);
  });

  test("pieces asked back for a deficit are served elsewhere although the shopper cancels others of the line", () => {
    const shop = picking();
    shop.cancel("o1", { l: 1 });
    shop.count("socks", "w1", -3);
    shop.answerCancel("o1", "o1/1", { l: 1 });
    shop.answerCancel("o1", "o1/1", { l: 2 });
    expect(shop.order("o1").lines[0]).toMatchObject({ cancelled: 1, shorted: 0 });
    expect(shop.balance("socks", "w2")).toEqual([7, 2]);
  });

  test("pieces that came too late and were sent are simply sent", () => {
    const shop = picking();
    shop.cancel("o1", { l: 2 });
    shop.answerCancel("o1", "o1/1", { l: 0 });
    shop.pick("SHIP", "o1", "l", "w1", 5);
    expect(shop.order("o1")).toMatchObject({ state: "FULFILLED", lines: [{ cancelled: 0, unwanted: 0 }] });
  });

  test("what one warehouse sent already is asked of the other that has pieces of the line", () => {
    const shop = new Shop().stock("socks", "w1", 3).stock("socks", "w2", 2);
    shop.place("o1", { l: ["socks", 5] }, { payment: "PAID" });
    shop.cancel("o1", { l: 2 });
    shop.answerCancel("o1", "o1/2", { l: 0 });
    shop.answerCancel("o1", "o1/1", { l: 2 });
    expect(shop.order("o1").lines[0]).toMatchObject({ cancelled: 2 });
    expect(shop.events("FulfilmentCancelRequested").map((r) => r.fulfilmentId)).toEqual(["o1/2", "o1/1"]);
  });

  test("pieces that are cancelled by losing them at picking are answered like others", () => {
    const shop = picking();
    shop.cancel("o1");
    shop.pick("PICK_SHORT", "o1", "l", "w1", 5);
    shop.answerCancel("o1", "o1/1", { l: 0 });
    expect(shop.order("o1").state).toBe("CANCELLED");
    expect(shop.events("OrderReservationReleased")).toMatchObject([
      { orderId: "o1", reason: "CANCELLED", lines: [{ lineId: "l", sku: "socks", quantity: 5, location: "w1" }] },
    ]);
  });
});

describe("cancel after fulfilment has been requested", () => {
  test("asks the supplier first, as it asks the warehouse, and releases what each really gives back", () => {
    const shop = new Shop().stock("socks", "w1", 2).stock("socks", "supplier:acme", 3);
    shop.place("o1", { l: ["socks", 5] }, { payment: "PAID" });
    shop.cancel("o1");
    const asked = shop.events("FulfilmentCancelRequested");
    expect(asked.map(({ location, lines }) => [location, lines[0].quantity]).sort()).toEqual([
      ["supplier:acme", 3],
      ["w1", 2],
    ]);
    expect([shop.balance("socks", "w1"), shop.balance("socks", "supplier:acme")]).toEqual([
      [0, 2],
      [0, 3],
    ]);
    shop.answerCancel("o1", "o1/1", { l: 2 });
    shop.answerCancel("o1", "o1/2", { l: 3 });
    expect(shop.order("o1").state).toBe("CANCELLED");
    expect([shop.balance("socks", "w1"), shop.balance("socks", "supplier:acme")]).toEqual([
      [2, 0],
      [3, 0],
    ]);
  });

  test.each([
    ["what was sent", ["shipment", "answer"]],
    ["what is given back", ["answer", "shipment"]],
  ])("whoever is later loses cleanly: a part is sent, the rest cancelled, %s told first", (_first, facts) => {
    const shop = picking();
    shop.cancel("o1");
    for (const fact of facts) {
      if (fact === "answer") shop.answerCancel("o1", "o1/1", { l: 3 });
      else shop.pick("SHIP", "o1", "l", "w1", 2);
    }
    expect(shop.order("o1")).toMatchObject({ state: "FULFILLED", lines: [{ cancelled: 3, unwanted: 0 }] });
    expect(shop.balance("socks", "w1")).toEqual([3, 0]);
    expect(shop.events("FulfilmentRequested")).toHaveLength(1);
    expect(shop.events("OrderFulfilled", "o1")).toMatchObject([{ lines: [{ quantity: 2 }] }]);
  });

  test("a cancellation that comes after the shipment changes nothing and is answered with the order as it stands", () => {
    const shop = picking();
    shop.pick("SHIP", "o1", "l", "w1", 5);
    const published = shop.effects.length;
    expect(shop.cancel("o1")).toMatchObject({ type: "NOTHING", order: { state: "FULFILLED" } });
    expect(shop.cancel("o1", { l: 5 })).toMatchObject({ order: { state: "FULFILLED", lines: [{ cancelled: 0 }] } });
    expect(shop.effects).toHaveLength(published);
  });

  test("is answered as asked while the warehouse may give pieces back, and as done once all were sent", () => {
    const shop = picking();
    const status = () => answerCancellation(shop.cancel("o1"), null).status;
    expect([status(), status()]).toEqual([202, 202]);
    shop.pick("SHIP", "o1", "l", "w1", 5);
    // The warehouse's answer to the first is still under way.
    expect(status()).toBe(200);
  });

  test("before it, a hold is given back at once and nobody is asked", () => {
    const shop = new Shop().stock("socks", "w1", 5);
    shop.place("o1", { l: ["socks", 5] });
    shop.cancel("o1");
    expect(shop.events("FulfilmentCancelRequested")).toEqual([]);
    expect(shop.balance("socks", "w1")).toEqual([5, 0]);
  });
});

describe("a cancellation of a line that the order does not have", () => {
  const lines = [
    { lineId: "l", quantity: 1 },
    { lineId: "m", quantity: 1 },
  ];

  test("asked for by a request is told, with the field, and nothing is cancelled", () => {
    const shop = new Shop().stock("socks", "w1", 5);
    shop.place("o1", { l: ["socks", 5] });
    const published = shop.effects.length;
    const answer = answerCancellation(shop.do({ type: "CancelOrder", orderId: "o1", lines, asks: true }), "zh");
    expect(answer).toMatchObject({
      status: 409,
      body: { code: "UNKNOWN_LINE", text: "订单中没有该商品。", errors: [{ field: "body.lines[1].lineId" }] },
    });
    expect(shop.effects).toHaveLength(published);
  });

  test("told by a message passes it over, and one that comes before its order is kept for it", () => {
    const shop = new Shop().stock("socks", "w1", 9);
    shop.place("o1", { l: ["socks", 5] });
    shop.do({ type: "CancelOrder", orderId: "o1", lines });
    shop.do({ type: "CancelOrder", orderId: "o2", lines, asks: true });
    shop.place("o2", { l: ["socks", 5] });
    expect([shop.order("o1"), shop.order("o2")]).toMatchObject([
      { lines: [{ cancelled: 1 }] },
      { lines: [{ cancelled: 1 }] },
    ]);
  });
});

describe("a shipment that was entered by mistake", () => {
  const takeBack = (shop: Shop) => {
    const reference = { type: "order", id: "o1", line: "l" } as const;
    const about = { sku: "socks", quantity: 5, at: "w1", reference, reverses: "m1" } as const;
    shop.do({ type: "ApplyMovement", movement: movementDraft("SHIP", undefined, about) });
  };

  test("an order can be cancelled after its shipment was taken back, though a cancellation came too late before", () => {
    const shop = picking();
    shop.pick("SHIP", "o1", "l", "w1", 5);
    expect(shop.cancel("o1").type).toBe("NOTHING");
    takeBack(shop);
    shop.cancel("o1");
    expect(shop.events("FulfilmentCancelRequested").map((r) => r.lines[0].quantity)).toEqual([5]);
  });

  test.each([
    ["before the warehouse says too late", true],
    ["after the warehouse said too late", false],
  ])("pieces that a cancellation lost to it are cancelled when it is taken back, %s", (_, answeredLate) => {
    const shop = picking();
    const answer = () => shop.answerCancel("o1", "o1/1", { l: 0 });
    shop.cancel("o1");
    shop.pick("SHIP", "o1", "l", "w1", 5);
    if (!answeredLate) answer();
    takeBack(shop);
    if (answeredLate) answer();
    expect(shop.events("FulfilmentCancelRequested").map((r) => r.lines[0].quantity)).toEqual([5]);
    expect(shop.events("FulfilmentRequested")).toHaveLength(1);
    expect(shop.order("o1").state).toBe("CANCELLED");
    expect(shop.balance("socks", "w1")).toEqual([5, 0]);
  });
});

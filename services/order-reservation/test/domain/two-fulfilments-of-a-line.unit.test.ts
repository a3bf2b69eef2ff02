import { describe, expect, test } from "@jest/globals";
import { Shop } from "./shop.js";

describe("a line of which one place has two fulfilments", () => {
  /** The second fulfilment replaces a piece that was not found. */
  function twoFulfilments(): Shop {
    const shop = new Shop().stock("socks", "w", 10);
    shop.place("o1", { l: ["socks", 5] }, { payment: "PAID" });
    shop.pick("PICK_SHORT", "o1", "l", "w", 1);
    return shop;
  }

  test("is wholly cancelled but for what was sent, whichever fulfilment sent it", () => {
    const shop = twoFulfilments();
    shop.cancel("o1");
    shop.pick("SHIP", "o1", "l", "w", 1); // was the second's
    shop.answerCancel("o1", "o1/1", { l: 4 });
    shop.answerCancel("o1", "o1/2", { l: 0 });
    expect(shop.order("o1")).toMatchObject({ state: "FULFILLED", lines: [{ cancelled: 4, shorted: 0 }] });
    expect(shop.balance("socks", "w")).toEqual([8, 0]);
  });

  test("the same when the piece was sent before the shopper cancelled", () => {
    const shop = twoFulfilments();
    shop.pick("SHIP", "o1", "l", "w", 1);
    shop.cancel("o1");
    for (let i = 0; i < shop.events("FulfilmentCancelRequested").length; i++) {
      const asked = shop.events("FulfilmentCancelRequested")[i]!;
      shop.answerCancel("o1", asked.fulfilmentId, {
        l: asked.fulfilmentId === "o1/2" ? 0 : Math.min(4, asked.lines[0].quantity),
      });
    }
    expect(shop.order("o1")).toMatchObject({ state: "FULFILLED", lines: [{ cancelled: 4 }] });
    expect(shop.balance("socks", "w")).toEqual([8, 0]);
  });

  test("what one fulfilment cannot give back is asked of the other, once", () => {
    const shop = twoFulfilments();
    shop.pick("SHIP", "o1", "l", "w", 1);
    shop.cancel("o1", { l: 1 });
    const asked = () => shop.events("FulfilmentCancelRequested").map((r) => [r.fulfilmentId, r.lines[0].quantity]);
    expect(asked()).toEqual([["o1/2", 1]]);
    shop.answerCancel("o1", "o1/2", { l: 0 });
    expect(asked()).toEqual([
      ["o1/2", 1],
      ["o1/1", 1],
    ]);
    shop.answerCancel("o1", "o1/1", { l: 1 });
    expect(shop.order("o1").lines[0]).toMatchObject({ cancelled: 1, shorted: 0 });
    expect(shop.balance("socks", "w")).toEqual([5, 3]);
    expect(asked()).toHaveLength(2);
  });

  test("a deficit asks the other fulfilment too, also when its pieces count as the first one's", () => {
    const shop = new Shop().stock("socks", "w", 5);
    shop.place("o1", { l: ["socks", 4] }, { payment: "PAID" });
    shop.pick("PICK_SHORT", "o1", "l", "w", 1);
    shop.pick("SHIP", "o1", "l", "w", 1); // was the first's
    shop.pick("SHIP", "o1", "l", "w", 1); // and this
    shop.pick("SHIP", "o1", "l", "w", 1); // and this: what is open is the second's
    shop.count("socks", "w", -2);
    for (let i = 0; i < shop.events("FulfilmentCancelRequested").length; i++) {
      const { fulfilmentId } = shop.events("FulfilmentCancelRequested")[i]!;
      shop.answerCancel("o1", fulfilmentId, { l: fulfilmentId === "o1/2" ? 1 : 0 });
    }
    expect(shop.balance("socks", "w")).toEqual([-1, 0]);
    expect(shop.order("o1")).toMatchObject({ state: "FULFILLED", lines: [{ shorted: 1 }] });
  });
});

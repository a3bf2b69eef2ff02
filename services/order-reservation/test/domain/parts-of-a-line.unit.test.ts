import { describe, expect, test } from "@jest/globals";
import { Shop } from "./shop.js";

/** One line whose pieces two deficits moved to the same place before it was paid. */
function movedTwice(received: number): Shop {
  const shop = new Shop().stock("socks", "w1", 3);
  shop.place("o1", { l: ["socks", 3] });
  shop.receive("socks", "w2", received);
  shop.count("socks", "w1", -1);
  shop.count("socks", "w1", -1);
  shop.pay("o1");
  return shop;
}

describe("a line whose pieces came to one place bit by bit", () => {
  test("is asked back from its fulfilment as one line", () => {
    const shop = movedTwice(5);
    shop.cancel("o1");
    expect(shop.events("FulfilmentCancelRequested").map((r) => [r.location, r.lines])).toEqual([
      ["w2", [{ lineId: "l", sku: "socks", quantity: 2 }]],
      ["w1", [{ lineId: "l", sku: "socks", quantity: 1 }]],
    ]);
  });

  test("gives back no more than the warehouse answers", () => {
    const shop = movedTwice(2);
    shop.receive("socks", "w3", 5);
    shop.count("socks", "w2", -1);
    shop.answerCancel("o1", "o1/2", { l: 1 });
    expect([shop.balance("socks", "w2"), shop.balance("socks", "w3")]).toEqual([
      [0, 1],
      [4, 1],
    ]);
    shop.pick("SHIP", "o1", "l", "w2", 1);
    expect(shop.balance("socks", "w2")).toEqual([0, 0]);
  });

  test("loses no piece when only a part of what came back can be served", () => {
    const shop = movedTwice(2);
    shop.count("socks", "w2", -2);
    shop.receive("socks", "w3", 1);
    shop.answerCancel("o1", "o1/2", { l: 2 });
    expect(shop.events("OrderShorted").map((s) => s.lines[0].shortQuantity)).toEqual([1]);
    expect(shop.balance("socks", "w3")).toEqual([0, 1]);
  });
});

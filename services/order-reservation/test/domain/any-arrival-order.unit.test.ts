import { describe, expect, test } from "@jest/globals";
import { MINUTE, Shop } from "./shop.js";

const FACTS: Record<string, (shop: Shop) => void> = {
  placed: (shop) => shop.place("o1", { a: ["socks", 3], b: ["hat", 2] }),
  "placed as paid": (shop) => shop.place("o1", { a: ["socks", 3], b: ["hat", 2] }, { payment: "PAID" }),
  paid: (shop) => shop.pay("o1"),
  "payment failed": (shop) => shop.do({ type: "PaymentFailed", orderId: "o1" }),
  cancelled: (shop) => shop.cancel("o1"),
  "one sock cancelled": (shop) => shop.cancel("o1", { a: 1 }),
  "all hats cancelled": (shop) => shop.cancel("o1", { b: 2 }),
  "all socks cancelled": (shop) => shop.cancel("o1", { a: 3 }),
  expired: (shop) => shop.later(31 * MINUTE).expire("o1"),
  "the warehouse answered": answerEverything,
};

/** Whatever was asked back is given back: no cancellation races a shipment here. */
function answerEverything(shop: Shop): void {
  const order = shop.orders.get("o1");
  for (const fulfilmentId of new Set(order?.allocations.map((allocation) => allocation.fulfilmentId))) {
    if (fulfilmentId === null || order === undefined) continue;
    const asks = () => shop.order("o1").allocations.filter((a) => a.fulfilmentId === fulfilmentId && a.asks.length > 0);
    while (asks().length > 0) {
      shop.answerCancel("o1", fulfilmentId, Object.fromEntries(asks().map((a) => [a.lineId, a.asks[0]!.quantity])));
    }
  }
}

function* permutations<T>(items: readonly T[]): Generator<T[]> {
  if (items.length <= 1) yield [...items];
  for (const [i, item] of items.entries()) {
    for (const rest of permutations([...items.slice(0, i), ...items.slice(i + 1)])) yield [item, ...rest];
  }
}

function endOf(facts: readonly string[]) {
  const shop = new Shop().stock("socks", "w", 100).stock("hat", "v", 100);
  for (const fact of facts) FACTS[fact]!(shop);
  FACTS.expired!(shop);
  answerEverything(shop);
  const { state, paid, lines } = shop.order("o1");
  return { state, paid, lines, socks: shop.balance("socks", "w"), hats: shop.balance("hat", "v") };
}

const STORIES: [facts: string[], state: string, socks: number, hats: number][] = [
  [["placed", "expired"], "EXPIRED", 0, 0],
  [["placed", "paid"], "CONFIRMED", 3, 2],
  [["placed", "paid", "paid"], "CONFIRMED", 3, 2],
  [["placed", "paid", "expired", "payment failed"], "CONFIRMED", 3, 2],
  [["placed", "placed", "paid"], "CONFIRMED", 3, 2],
  [["placed", "placed as paid", "expired"], "CONFIRMED", 3, 2],
  [["placed", "cancelled", "expired"], "CANCELLED", 0, 0],
  [["placed", "paid", "cancelled"], "CANCELLED", 0, 0],
  [["placed", "paid", "cancelled", "expired", "the warehouse answered"], "CANCELLED", 0, 0],
  [["placed as paid", "cancelled", "cancelled"], "CANCELLED", 0, 0],
  [["placed", "paid", "one sock cancelled", "expired"], "CONFIRMED", 2, 2],
  [["placed", "paid", "one sock cancelled", "all hats cancelled", "the warehouse answered"], "CONFIRMED", 2, 0],
  [["placed", "one sock cancelled", "one sock cancelled", "paid", "expired"], "CONFIRMED", 1, 2],
  [["placed", "all socks cancelled", "all hats cancelled", "paid"], "CANCELLED", 0, 0],
  [["placed", "all socks cancelled", "all hats cancelled", "expired"], "CANCELLED", 0, 0],
  [["placed", "one sock cancelled", "cancelled", "paid", "expired"], "CANCELLED", 0, 0],
];

describe("every arrival order of the facts about an order ends in the same state while stock suffices", () => {
  test.each(STORIES)("%j ends %s", (facts, state, socks, hats) => {
    const first = endOf(facts);
    expect([first.state, first.socks, first.hats]).toEqual([state, [100 - socks, socks], [100 - hats, hats]]);
    for (const order of permutations(facts)) expect([order, endOf(order)]).toEqual([order, first]);
  });

  test("a SKU that cannot be sold ends the same way, cancelled or paid before or after", () => {
    const end = (facts: readonly string[]) => {
      const shop = new Shop();
      for (const fact of facts) FACTS[fact]!(shop);
      const { state, paid, lines } = shop.order("o1");
      return { state, paid, lines };
    };
    for (const story of [
      ["placed", "cancelled", "paid"],
      ["placed", "paid"],
      ["placed", "one sock cancelled"],
    ]) {
      const first = end(story);
      for (const order of permutations(story)) expect([order, end(order)]).toEqual([order, first]);
    }
  });
});

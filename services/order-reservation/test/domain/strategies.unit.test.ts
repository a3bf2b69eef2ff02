import { describe, expect, test } from "@jest/globals";
import type { Policy } from "../../src/domain/index.js";
import { Shop } from "./shop.js";

const placesOf = (shop: Shop, orderId: string) =>
  shop.order(orderId).allocations.map(({ lineId, location, open }) => [lineId, location, open]);

const shopBy = (policy: Policy): Shop => {
  const shop = new Shop();
  shop.policies.set("default", policy);
  return shop;
};

describe("which of several locations serve an order", () => {
  test("PRIORITY: what no location has whole is taken from the first, and the rest from the next", () => {
    const shop = shopBy({ sourcing: "PRIORITY", locationPriority: ["c", "b", "a"] });
    shop.stock("hat", "a", 4).stock("hat", "b", 1).stock("hat", "c", 1);
    shop.place("o1", { h: ["hat", 5] });
    expect(placesOf(shop, "o1")).toEqual([
      ["h", "c", 1],
      ["h", "b", 1],
      ["h", "a", 3],
    ]);
  });

  test("FEWEST_SPLITS finds two parcels where taking most at first would make three", () => {
    const shop = shopBy({ sourcing: "FEWEST_SPLITS" });
    shop.stock("hat", "a", 2).stock("socks", "a", 2);
    shop.stock("hat", "b", 3).stock("socks", "c", 3);
    shop.stock("hat", "d", 1).stock("socks", "d", 1);
    shop.place("o1", { h: ["hat", 3], s: ["socks", 3] });
    expect(placesOf(shop, "o1").map(([, location]) => location)).toEqual(["a", "a", "d", "d"]);
    const other = shopBy({ sourcing: "FEWEST_SPLITS" });
    other.stock("hat", "a", 2).stock("socks", "a", 2).stock("hat", "b", 3).stock("socks", "c", 3);
    other.place("o1", { h: ["hat", 3], s: ["socks", 3] });
    expect(placesOf(other, "o1")).toEqual([
      ["h", "b", 3],
      ["s", "c", 3],
    ]);
  });

  test("DISTANCE: the nearest that has it all, else the nearest first; locations without a figure last", () => {
    const shop = shopBy({
      sourcing: "DISTANCE",
      locationPriority: ["far"],
      distancesKm: { near: 5, middle: 80, far: 900 },
    });
    shop.stock("hat", "far", 9).stock("hat", "middle", 4).stock("hat", "near", 3).stock("hat", "a", 99);
    shop.place("o1", { h: ["hat", 4] });
    shop.place("o2", { h: ["hat", 3] });
    shop.place("o3", { h: ["hat", 100] });
    expect(placesOf(shop, "o1")).toEqual([["h", "middle", 4]]);
    expect(placesOf(shop, "o2")).toEqual([["h", "near", 3]]);
    expect(placesOf(shop, "o3")).toEqual([
      ["h", "far", 9],
      ["h", "a", 91],
    ]);
  });

  test("distances are those of the order's region", () => {
    const shop = shopBy({ sourcing: "DISTANCE" }).stock("hat", "a", 9).stock("hat", "b", 9);
    shop.policies.set("region:north", { distancesKm: { a: 10, b: 700 } });
    shop.policies.set("region:south", { distancesKm: { a: 700, b: 10 } });
    shop.place("o1", { h: ["hat", 1] }, { region: "north" });
    shop.place("o2", { h: ["hat", 1] }, { region: "south" });
    expect([...placesOf(shop, "o1"), ...placesOf(shop, "o2")]).toEqual([
      ["h", "a", 1],
      ["h", "b", 1],
    ]);
  });

  test("COST: the cheapest that has it all, else the parcels that cost least together", () => {
    const shop = shopBy({ sourcing: "COST", shippingCostsMinor: { a: 100, b: 200, c: 300, d: 250 } });
    shop.stock("hat", "a", 1).stock("hat", "b", 1).stock("hat", "c", 3).stock("hat", "d", 2);
    shop.place("o1", { h: ["hat", 4] });
    expect(placesOf(shop, "o1")).toEqual([
      ["h", "a", 1],
      ["h", "c", 3],
    ]);
    shop.place("o2", { h: ["hat", 2] });
    expect(placesOf(shop, "o2")).toEqual([["h", "d", 2]]);
  });

  test("MOST_STOCK: the fullest that has it all, else the fullest first; equals by priority, then by name", () => {
    const shop = shopBy({ sourcing: "MOST_STOCK", locationPriority: ["c"] });
    shop.stock("hat", "a", 6).stock("hat", "b", 7).stock("hat", "c", 6);
    shop.place("o1", { h: ["hat", 1] });
    shop.place("o2", { h: ["hat", 1] });
    shop.place("o3", { h: ["hat", 8] });
    expect([...placesOf(shop, "o1"), ...placesOf(shop, "o2")]).toEqual([
      ["h", "b", 1],
      ["h", "c", 1],
    ]);
    expect(placesOf(shop, "o3")).toEqual([
      ["h", "a", 6],
      ["h", "b", 2],
    ]);
  });

  test("each channel has its own strategy; own stock comes before a supplier's under all of them", () => {
    const figures = { "supplier:acme": 1, own: 500 };
    for (const sourcing of ["FEWEST_SPLITS", "PRIORITY", "DISTANCE", "COST", "MOST_STOCK"] as const) {
      const shop = shopBy({ sourcing: "PRIORITY", distancesKm: figures, shippingCostsMinor: figures });
      shop.policies.set("channel:app", { sourcing, locationPriority: ["supplier:acme"] });
      shop.stock("hat", "supplier:acme", 100).stock("hat", "own", 3);
      shop.place("o1", { h: ["hat", 5] }, { channel: "app" });
      expect(placesOf(shop, "o1")).toEqual([
        ["h", "own", 3],
        ["h", "supplier:acme", 2],
      ]);
    }
  });

  test("a location may have a name that every object answers to", () => {
    const shop = shopBy({ sourcing: "DISTANCE", distancesKm: { b: 5 } });
    shop.stock("hat", "constructor", 9).stock("hat", "b", 9);
    shop.place("o1", { h: ["hat", 1] });
    expect(placesOf(shop, "o1")).toEqual([["h", "b", 1]]);
  });
});

import { describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import { Shop } from "./shop.js";

const placesOf = (shop: Shop, orderId: string) =>
  shop.order(orderId).allocations.map(({ lineId, location, open }) => [lineId, location, open]);

describe("where an order is taken from", () => {
  test("a whole order from one location comes before a split, even from a later one", () => {
    const shop = new Shop().stock("hat", "a", 1).stock("socks", "a", 9).stock("hat", "b", 2).stock("socks", "b", 2);
    shop.place("o1", { h: ["hat", 2], s: ["socks", 2] });
    expect(placesOf(shop, "o1")).toEqual([
      ["h", "b", 2],
      ["s", "b", 2],
    ]);
  });

  test("when no location has it all, the one that serves most is asked first: as few splits as possible", () => {
    const shop = new Shop().stock("hat", "a", 1).stock("hat", "b", 1).stock("hat", "c", 4);
    shop.place("o1", { h: ["hat", 5] });
    expect(placesOf(shop, "o1")).toEqual([
      ["h", "c", 4],
      ["h", "a", 1],
    ]);
  });

  test("locations are asked by the priority of region and channel, then region, channel, default, then by name", () => {
    const shop = new Shop().stock("hat", "a", 10).stock("hat", "b", 10).stock("hat", "c", 10).stock("hat", "d", 10);
    shop.policies.set("default", { locationPriority: ["b"] });
    shop.policies.set("channel:app", { locationPriority: ["c"] });
    shop.policies.set("region:north", { locationPriority: ["d"] });
    shop.policies.set("region:north,channel:vip", { locationPriority: ["a"] });
    shop.place("o1", { h: ["hat", 1] }, { channel: "web" });
    shop.place("o2", { h: ["hat", 1] }, { channel: "app" });
    shop.place("o3", { h: ["hat", 1] }, { channel: "app", region: "north" });
    shop.place("o4", { h: ["hat", 1] }, { channel: "vip", region: "north" });
    const first = (id: string) => shop.order(id).allocations[0]?.location;
    expect(["o1", "o2", "o3", "o4"].map(first)).toEqual(["b", "c", "d", "a"]);
    shop.policies.clear();
    shop.place("o5", { h: ["hat", 1] });
    expect(first("o5")).toBe("a");
  });

  test("own stock is sold before a supplier's, whatever the priority says", () => {
    const shop = new Shop().stock("hat", "supplier:acme", 100).stock("hat", "w", 2);
    shop.policies.set("default", { locationPriority: ["supplier:acme", "w"] });
    shop.place("o1", { h: ["hat", 2] });
    shop.place("o2", { h: ["hat", 2] });
    expect(placesOf(shop, "o1")).toEqual([["h", "w", 2]]);
    expect(placesOf(shop, "o2")).toEqual([["h", "supplier:acme", 2]]);
  });

  test("a location below 0 counts as 0 and hides nothing elsewhere", () => {
    const shop = new Shop().stock("hat", "a", -5).stock("hat", "b", 3);
    shop.place("o1", { h: ["hat", 3] });
    expect(placesOf(shop, "o1")).toEqual([["h", "b", 3]]);
    shop.place("o2", { h: ["hat", 1] });
    expect(shop.order("o2").state).toBe("REJECTED");
  });

  test("an inactive location sells nothing, until it is active again; older definitions change nothing", () => {
    const shop = new Shop().stock("hat", "a", 10);
    shop.do({ type: "DefineLocation", location: "a", kind: "WAREHOUSE", active: false, version: 2 });
    shop.do({ type: "DefineLocation", location: "a", kind: "WAREHOUSE", active: true, version: 1 });
    shop.place("o1", { h: ["hat", 1] });
    shop.do({ type: "DefineLocation", location: "a", kind: "WAREHOUSE", active: true, version: 3 });
    shop.place("o2", { h: ["hat", 1] });
    expect([shop.order("o1").state, shop.order("o2").state]).toEqual(["REJECTED", "RESERVED"]);
  });

  test("lines of one SKU share what a location has", () => {
    const shop = new Shop().stock("hat", "a", 3).stock("hat", "b", 2);
    shop.place("o1", { x: ["hat", 2], y: ["hat", 2] });
    expect(placesOf(shop, "o1")).toEqual([
      ["x", "a", 2],
      ["y", "a", 1],
      ["y", "b", 1],
    ]);
  });

  test("what a supplier could not send is asked of another supplier before that one", () => {
    const shop = new Shop().stock("hat", "supplier:x", 10).stock("hat", "supplier:y", 2);
    shop.place("o1", { h: ["hat", 3] }, { payment: "PAID" });
    expect(placesOf(shop, "o1")).toEqual([["h", "supplier:x", 3]]);
    const reference = { type: "order", id: "o1", line: "h" } as const;
    const about = { sku: "hat", quantity: 3, supplier: "supplier:x", reference } as const;
    shop.do({ type: "ApplyMovement", movement: movementDraft("DROPSHIP_SHORT", undefined, about) });
    expect(placesOf(shop, "o1").slice(1)).toEqual([
      ["h", "supplier:y", 2],
      ["h", "supplier:x", 1],
    ]);
  });
});

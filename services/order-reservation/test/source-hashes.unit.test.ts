import { describe, expect, test } from "@jest/globals";
import { hashed, namesOf, networkOf, sourcesOf } from "../src/source-hashes.js";
import { placement } from "./domain/shop.js";

describe("an address", () => {
  test.each([
    ["203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::1", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002:ffff::", "2001:db8:1:2::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["::ffff:cb00:7107", "203.0.113.7"],
    ["2001:db8:1:2:3:4:203.0.113.7", "2001:db8:1:2::/64"],
    ["not an address", "not an address"],
  ])("%s counts as %s", (address, network) => expect(networkOf(address)).toBe(network));

  test("and a device that are empty are none", () => {
    expect(namesOf({ deviceId: " ", ipAddress: "" })).toEqual([]);
  });
});

describe("where an order comes from", () => {
  const [old, young] = [1, 2].map((id) => ({ id, secret: `0${id}`.repeat(32) }));
  const keys = { rotating: [young!, old!], lasting: undefined };
  const place = (id: string, payment: "PENDING" | "PAID") => {
    const more = { payment, deviceId: "phone", ipAddress: "203.0.113.7" };
    return { type: "PlaceOrder", placement: placement(id, { a: ["socks", 1] }, more) } as const;
  };

  test("is a hash under every key, the newest first, that tells neither device nor address", () => {
    const found = sourcesOf([place("o1", "PENDING")], keys).get("o1")!;
    expect(found.map(({ kind, ids }) => [kind, ids.length])).toEqual([
      ["DEVICE", 2],
      ["IP", 2],
    ]);
    expect(found[0]!.ids[0]).toBe(hashed(young!, "DEVICE", "phone"));
    expect(JSON.stringify(found)).not.toMatch(/phone|203/);
    expect(new Set(found.flatMap(({ ids }) => ids)).size).toBe(4);
  });

  test("is not asked of paid orders, nor where there is no key", () => {
    expect(sourcesOf([place("o1", "PAID")], keys).size).toBe(0);
    expect(sourcesOf([place("o1", "PENDING")], { rotating: [], lasting: undefined }).size).toBe(0);
  });
});

import { describe, expect, test } from "@jest/globals";
import type { Policy } from "../../src/domain/index.js";
import { RULES } from "../../src/http/policy-rules.js";
import { MINUTE, Shop } from "./shop.js";

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WAITS: Policy = { reserveAt: "ON_PAYMENT" };
/** A shop whose operator has said so much and left the rest out. */
const shopWith = (said: object): Shop => {
  const shop = new Shop().stock("socks", "wuhan", 1_000);
  shop.policies.set("default", RULES.parse(said) as Policy);
  return shop;
};
const order = (shop: Shop, id: string, pieces = 1, more: Parameters<Shop["place"]>[2] = {}): string => {
  shop.place(id, { a: ["socks", pieces] }, more);
  return shop.order(id).reasons[0]?.code ?? shop.order(id).state;
};

describe("what holds when nobody has said otherwise", () => {
  test("an unpaid order is held half an hour, a cart a quarter, and nothing is limited", () => {
    const shop = shopWith({ reserveAt: "ON_CART" });
    shop.putInCart("c1", "socks", 1);
    expect(order(shop, "o1", 900, { customerId: "ann", deviceId: "phone" })).toBe("RESERVED");
    expect(shop.events("CartHeld")[0].expiresAt - shop.now).toBe(15 * MINUTE);
    expect((shop.order("o1").expiresAt ?? 0) - shop.now).toBe(30 * MINUTE);
  });

  test("an hour is the other usual value", () => {
    const shop = shopWith({ unpaidHoldSeconds: 3_600 });
    order(shop, "o1", 1_000);
    expect(order(shop.later(HOUR - 1), "early")).toBe("OUT_OF_STOCK");
    expect(order(shop.later(1), "in time")).toBe("RESERVED");
  });

  test("a hold is extended to two hours after it was decided, to the second, and no longer", () => {
    const shop = shopWith({});
    order(shop, "o1");
    const begun = shop.now;
    const extend = (seconds: number) => shop.do({ type: "ExtendHold", orderId: "o1", seconds });
    expect(extend(90 * 60 + 1)).toMatchObject({ type: "EXTENSION_REFUSED", latest: begun + 2 * HOUR });
    shop.later(30 * MINUTE - 1);
    expect(extend(90 * 60).type).toBe("RECORDED");
    expect(extend(1)).toMatchObject({ type: "EXTENSION_REFUSED", latest: begun + 2 * HOUR });
    shop.later(90 * MINUTE);
    expect(shop.expire("o1").type).toBe("NOTHING");
    shop.later(1);
    expect(extend(1)).toMatchObject({ type: "EXTENSION_REFUSED", latest: null });
    expect(shop.expire("o1").type).toBe("RECORDED");
  });

  test("what waits for its payment is given more time, too; a policy that shortens takes none away", () => {
    const shop = shopWith(WAITS);
    order(shop, "o1");
    const ends = shop.order("o1").expiresAt;
    shop.policies.set("default", RULES.parse({ ...WAITS, longestHoldSeconds: 60, unpaidHoldSeconds: 60 }) as Policy);
    const extend = (seconds: number) => shop.do({ type: "ExtendHold", orderId: "o1", seconds });
    expect(extend(1)).toMatchObject({ type: "EXTENSION_REFUSED", latest: ends });
    shop.policies.set("default", WAITS);
    expect(extend(600).type).toBe("RECORDED");
    expect(shop.order("o1").expiresAt).toBe((ends ?? 0) + 10 * MINUTE);
  });

  test("a cart that is asked for again and again is held two hours at most", () => {
    const shop = shopWith({ reserveAt: "ON_CART" });
    const begun = shop.now;
    for (; shop.now < begun + 2 * HOUR; shop.later(10 * MINUTE)) shop.holdForCart("c1", "socks", 5);
    expect(Math.max(...shop.events("CartHeld").map(({ expiresAt }) => expiresAt))).toBe(begun + 2 * HOUR);
  });
});

describe("where a limit is on and says nothing else", () => {
  test("it is five pieces of one SKU per order, and as many orders as one likes", () => {
    const shop = shopWith({ limit: {}, unpaidOrder: "ALLOW" });
    const more = { customerId: "ann" };
    const orders = [6, 5, 5, 5].map((pieces, i) => order(shop, `o${i}`, pieces, more));
    expect(orders).toEqual(["LIMIT_PER_ORDER", "RESERVED", "RESERVED", "RESERVED"]);
  });

  test("a customer's pieces are counted over thirty days, rolling", () => {
    const shop = shopWith({ limit: { perCustomerPieces: 5 } });
    const more = { customerId: "ann", payment: "PAID" } as const;
    order(shop, "first", 3, more);
    order(shop.later(10 * DAY), "second", 2, more);
    expect(order(shop.later(20 * DAY - 1), "too early", 1, more)).toBe("LIMIT_PER_CUSTOMER");
    expect(order(shop.later(1), "three again", 4, more)).toBe("LIMIT_PER_CUSTOMER");
    expect(order(shop, "three", 3, more)).toBe("CONFIRMED");
  });

  test("an unpaid order past its time counts until it is given back: its payment may be under way", () => {
    const shop = shopWith({ limit: { perCustomerPieces: 5 } });
    const more = { customerId: "ann" };
    order(shop, "first", 5, more);
    shop.later(30 * MINUTE);
    expect(order(shop, "second", 5, more)).toBe("LIMIT_PER_CUSTOMER");
    shop.expire("first");
    expect(order(shop, "third", 5, more)).toBe("RESERVED");
  });

  test("customers without an id are limited order by order", () => {
    const shop = shopWith({ limit: { perCustomerPieces: 5 } });
    const orders = [5, 5, 6].map((pieces, i) => order(shop, `o${i}`, pieces));
    expect(orders).toEqual(["RESERVED", "RESERVED", "LIMIT_PER_ORDER"]);
  });
});

describe("where unpaid orders are watched and nothing else is said", () => {
  const times = (n: number, of: (i: number) => string): string[] => Array.from({ length: n }, (_, i) => of(i));

  test("five of a device are taken within an hour, sliding, expired ones included", () => {
    const shop = shopWith({ velocity: {} });
    const phone = { deviceId: "phone" };
    expect(new Set(times(5, (i) => order(shop.later(MINUTE), `o${i}`, 1, phone)))).toEqual(new Set(["RESERVED"]));
    shop.later(31 * MINUTE);
    for (let i = 0; i < 5; i++) shop.expire(`o${i}`);
    expect(order(shop, "sixth", 1, phone)).toBe("DEVICE_VELOCITY");
    expect(order(shop, "paid", 1, { ...phone, payment: "PAID" })).toBe("CONFIRMED");
    // The first was seen an hour ago.
    expect(order(shop.later(25 * MINUTE - 1), "early", 1, phone)).toBe("DEVICE_VELOCITY");
    expect(order(shop.later(1), "seventh", 1, phone)).toBe("RESERVED");
    expect(order(shop, "eighth", 1, phone)).toBe("DEVICE_VELOCITY");
  });

  test("twenty of an address, whatever the device", () => {
    const shop = shopWith({ velocity: {} });
    const from = (i: number) => ({ deviceId: `phone-${i}`, ipAddress: "203.0.113.7" });
    expect(new Set(times(20, (i) => order(shop, `o${i}`, 1, from(i))))).toEqual(new Set(["RESERVED"]));
    expect(order(shop, "o20", 1, from(20))).toBe("IP_VELOCITY");
  });
});

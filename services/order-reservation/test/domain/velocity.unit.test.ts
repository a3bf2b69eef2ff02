import { describe, expect, test } from "@jest/globals";
import { MINUTE, placement, Shop } from "./shop.js";

const HOUR = 60 * MINUTE;
const shopWith = (perDevice: number, perIp = 100): Shop => {
  const shop = new Shop().stock("console", "wuhan", 1_000);
  shop.policies.set("default", { velocity: { windowSeconds: 2 * 3600, perDevice, perIp } });
  return shop;
};
const PHONE = { deviceId: "phone" };
const order = (shop: Shop, id: string, more: Parameters<Shop["place"]>[2] = PHONE) =>
  shop.place(id, { a: ["console", 1] }, more);
const codes = (shop: Shop, id: string): string[] => shop.order(id).reasons.map(({ code }) => code);
const states = (shop: Shop, ...ids: string[]): string[] => ids.map((id) => shop.order(id).state);

describe("unpaid or expired orders of one device or address", () => {
  test("are taken up to the threshold; past it new unpaid orders are refused, without a quantity", () => {
    const shop = shopWith(2);
    for (const id of ["o1", "o2", "o3"]) order(shop, id);
    expect(states(shop, "o1", "o2", "o3")).toEqual(["RESERVED", "RESERVED", "REJECTED"]);
    expect(shop.events("OrderReservationRejected")[0]).toEqual({
      orderId: "o3",
      reasons: [{ lineId: null, sku: null, code: "DEVICE_VELOCITY", orderId: null, text: expect.any(String) }],
    });
    expect(shop.refused).toEqual(new Map([["phone", 1]]));
  });

  test("count by device and by address, each by itself", () => {
    const shop = shopWith(2, 3);
    order(shop, "o1", { deviceId: "a", ipAddress: "1.1.1.1" });
    order(shop, "o2", { deviceId: "b", ipAddress: "1.1.1.1" });
    order(shop, "o3", { deviceId: "b", ipAddress: "1.1.1.1" });
    order(shop, "o4", { deviceId: "c", ipAddress: "1.1.1.1" });
    order(shop, "o5", { deviceId: "b", ipAddress: "1.1.1.1" });
    order(shop, "o6", { deviceId: "c", ipAddress: "2.2.2.2" });
    expect([codes(shop, "o4"), codes(shop, "o5")]).toEqual([["IP_VELOCITY"], ["DEVICE_VELOCITY", "IP_VELOCITY"]]);
    expect(states(shop, "o3", "o6")).toEqual(["RESERVED", "RESERVED"]);
  });

  test("that are paid pass, and a payment clears what it pays for", () => {
    const shop = shopWith(1);
    order(shop, "o1");
    order(shop, "paid", { ...PHONE, payment: "PAID" });
    shop.pay("early");
    order(shop, "early");
    expect(states(shop, "paid", "early")).toEqual(["CONFIRMED", "CONFIRMED"]);
    order(shop, "o2");
    shop.pay("o1");
    order(shop, "o3");
    expect([...codes(shop, "o2"), shop.order("o3").state]).toEqual(["DEVICE_VELOCITY", "RESERVED"]);
    expect(shop.sightings.map(({ orderId }) => orderId)).toEqual(["o3"]);
  });

  test("a refused one that is paid after all is served", () => {
    const shop = shopWith(1);
    order(shop, "o1");
    order(shop, "o2");
    shop.pay("o2");
    expect(shop.order("o2").state).toBe("CONFIRMED");
  });

  test("count when expired, no longer when cancelled", () => {
    const shop = shopWith(1);
    order(shop, "o1");
    shop.later(31 * MINUTE).expire("o1");
    order(shop, "o2");
    shop.cancel("o1");
    order(shop, "o3");
    expect(states(shop, "o1", "o2", "o3")).toEqual(["CANCELLED", "REJECTED", "RESERVED"]);
  });

  test("count no longer when we could not keep what they were promised", () => {
    const shop = shopWith(1);
    order(shop, "o1");
    shop.count("console", "wuhan", -1_000);
    shop.receive("console", "wuhan", 1_000);
    order(shop, "o2");
    expect(states(shop, "o1", "o2")).toEqual(["SHORTED", "RESERVED"]);
  });

  test("count when they wait for their payment", () => {
    const shop = shopWith(1);
    shop.policies.set("channel:web", { reserveAt: "ON_PAYMENT" });
    order(shop, "o1");
    order(shop, "o2");
    expect(states(shop, "o1", "o2")).toEqual(["AWAITING_PAYMENT", "REJECTED"]);
  });

  test("count over a sliding window", () => {
    const shop = shopWith(2);
    order(shop, "o1");
    shop.later(HOUR);
    order(shop, "o2");
    shop.later(HOUR - 1);
    order(shop, "o3");
    shop.later(1);
    order(shop, "o4");
    order(shop, "o5");
    expect(states(shop, "o3", "o4", "o5")).toEqual(["REJECTED", "RESERVED", "REJECTED"]);
  });

  test("refused orders do not count: after the window the next is taken", () => {
    const shop = shopWith(1);
    for (let i = 0; i < 5; i++) order(shop, `o${i}`);
    expect(shop.sightings).toHaveLength(1);
    shop.later(2 * HOUR);
    order(shop, "later");
    expect(shop.order("later").state).toBe("RESERVED");
  });

  test("a burst in one slice counts too, and a payment in it at once", () => {
    const shop = shopWith(2);
    const place = (id: string) =>
      ({ type: "PlaceOrder", placement: placement(id, { a: ["console", 1] }, PHONE) }) as const;
    const pay = { type: "PaymentSucceeded", orderId: "o1" } as const;
    shop.slice([place("o1"), place("o2"), place("o3"), pay, place("o4"), place("o5")]);
    const expected = ["CONFIRMED", "RESERVED", "REJECTED", "RESERVED", "REJECTED"];
    expect(states(shop, "o1", "o2", "o3", "o4", "o5")).toEqual(expected);
    // The next slice sees the same orders from the books.
    shop.slice([{ type: "PaymentSucceeded", orderId: "o2" }, place("o6"), place("o7")]);
    expect(states(shop, "o6", "o7")).toEqual(["RESERVED", "REJECTED"]);
  });

  test("whom an operator lets through is neither counted nor refused", () => {
    const shop = shopWith(1);
    shop.allowed.add("phone");
    for (const id of ["o1", "o2"]) order(shop, id);
    expect(states(shop, "o1", "o2")).toEqual(["RESERVED", "RESERVED"]);
    expect(shop.sightings).toEqual([]);
  });

  test("nothing is remembered of anybody while the rule is off", () => {
    const shop = new Shop().stock("console", "wuhan", 10);
    order(shop, "o1");
    expect([shop.sightings, shop.order("o1").watched]).toEqual([[], false]);
  });
});

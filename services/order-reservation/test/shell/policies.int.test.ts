import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { body, eventually, RunningService } from "./running-service.js";

const MINUTE = 60_000;
let shop: RunningService;

beforeAll(async () => {
  shop = await RunningService.start();
});
afterAll(() => shop.stop());

const put = (scope: string, rules: object) => shop.http().put(`/v1/policies/${encodeURIComponent(scope)}`, rules);
const cart = (cartId: string, sku: string, quantity: number) => ({ cartId, sku, quantity, channel: "web" });
const item = (cartId: string, sku: string, quantity: number) => {
  return { cartId, sku, quantity, customerId: null, channel: "web", region: null };
};
const carts = async (cartId: string) => {
  const records = await shop.records("stock.carts.v1");
  return records.filter(({ value }) => value.cartId === cartId).map(({ name, value }) => ({ name, ...value }));
};

describe("reserve policies", () => {
  test("are set per SKU while trading goes on, and published", async () => {
    await shop.receive("ticket", "wuhan", 10);
    await shop.publish(shop.placed("p1", { a: ["ticket", 1] }));
    await shop.untilStates({ p1: "RESERVED" });
    expect((await put("sku:ticket", { reserveAt: "ON_PAYMENT" })).status).toBe(200);
    await shop.publish(shop.placed("p2", { a: ["ticket", 2] }));
    await shop.untilStates({ p1: "RESERVED", p2: "AWAITING_PAYMENT" });
    expect(await shop.balance("ticket", "wuhan")).toEqual([9, 1]);
    const waiting = await shop.http().post("/v1/reservations", body("p3", { a: ["ticket", 1] }));
    expect(waiting).toMatchObject({ status: 202, body: { state: "AWAITING_PAYMENT", lines: [{ reserved: 0 }] } });
    await shop.publish(shop.paid("p2"));
    await shop.untilStates({ p2: "CONFIRMED" });
    await eventually(async () => expect(await shop.story("p2")).toEqual(["OrderAwaitingPayment", "OrderReserved"]));
    await eventually(async () => {
      const published = await shop.records("stock.policies.v1");
      expect(published.map(({ value }) => [value.scope, value.policy])).toEqual([
        ["sku:ticket", JSON.stringify({ reserveAt: "ON_PAYMENT" })],
      ]);
    });
  });

  test("of a SKU say nothing about whole orders", async () => {
    const answer = await put("sku:ticket", { unpaidHoldSeconds: 60 });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].field).toBe("body.unpaidHoldSeconds");
  });

  test("an unpaid order is extended within bounds, and kept as long", async () => {
    await shop.receive("lamp", "wuhan", 1);
    await shop.http().post("/v1/reservations", body("e1", { a: ["lamp", 1] }));
    const extend = (id: string, seconds: number) => shop.http().post(`/v1/reservations/${id}/extend`, { seconds });
    const tooLong = await extend("e1", 100_000);
    expect([tooLong.status, tooLong.body.type]).toEqual([409, expect.stringMatching(/held-too-long$/)]);
    expect((await extend("e1", 600)).status).toBe(200);
    expect((await extend("nobody", 600)).status).toBe(404);
    await shop.system.moveClock(35 * MINUTE);
    const other = await shop.http().post("/v1/reservations", body("e2", { a: ["lamp", 1] }));
    expect(other.status).toBe(409);
    expect(await shop.state("e1")).toBe("RESERVED");
  });
});

describe("cart holds", () => {
  beforeAll(async () => {
    for (const sku of ["scarf", "belt", "ring"]) await put(`sku:${sku}`, { reserveAt: "ON_CART" });
  });

  test("hold what is put into a cart, are used up by its order, and are applied once", async () => {
    await shop.receive("scarf", "wuhan", 5);
    const added = shop.record("CartItemAdded", item("c1", "scarf", 4));
    await shop.publish(added, added);
    await eventually(async () => expect(await carts("c1")).toMatchObject([{ name: "CartHeld", quantity: 4 }]));
    // Carts lie in partitions of their own: only one that comes after the answer is sure to come second.
    await shop.publish(shop.record("CartItemAdded", item("c2", "scarf", 2)));
    await eventually(async () => expect(await carts("c2")).toMatchObject([{ name: "CartHoldRejected" }]));
    expect(await shop.balance("scarf", "wuhan")).toEqual([1, 4]);
    await shop.publish(shop.placed("c1-order", { a: ["scarf", 5] }, { cartId: "c1" }));
    await shop.untilStates({ "c1-order": "RESERVED" });
    expect(await shop.balance("scarf", "wuhan")).toEqual([0, 5]);
    await eventually(async () => expect((await carts("c1")).at(-1)).toMatchObject({ quantity: 4, reason: "ORDERED" }));
  });

  test("are asked for by storefronts, shown, renewed, refused without a figure, and given back", async () => {
    await shop.receive("belt", "wuhan", 5);
    const post = (cartId: string, quantity: number) =>
      shop.http().post("/v1/cart-holds", cart(cartId, "belt", quantity));
    expect(await post("c3", 3)).toMatchObject({ status: 200, body: { quantity: 3 } });
    const refused = await post("c3", 6);
    expect(refused).toMatchObject({ status: 409, body: { code: "OUT_OF_STOCK" } });
    expect(JSON.stringify(refused.body)).not.toMatch(/quantity|5/);
    expect((await shop.http().get("/v1/cart-holds/c3")).body.items).toMatchObject([{ sku: "belt", quantity: 3 }]);
    expect(await post("c3", 0)).toMatchObject({ status: 200, body: { quantity: 0, expiresAt: null } });
    expect(await shop.balance("belt", "wuhan")).toEqual([5, 0]);
    const elsewhere = await shop.http().post("/v1/cart-holds", cart("c3", "lamp", 1));
    expect(elsewhere).toMatchObject({ status: 409, body: { code: "NOT_HELD_IN_CARTS" } });
  });

  test("end at their time, and at once when somebody wants them", async () => {
    await shop.receive("ring", "wuhan", 3);
    await shop.http().post("/v1/cart-holds", cart("c4", "ring", 1));
    await shop.system.moveClock(14 * MINUTE);
    await shop.http().post("/v1/cart-holds", cart("c5", "ring", 2));
    await shop.system.moveClock(MINUTE + 1_000);
    await eventually(async () => expect(await shop.balance("ring", "wuhan")).toEqual([1, 2]));
    await shop.system.moveClock(14 * MINUTE);
    const order = await shop.http().post("/v1/reservations", body("ring-1", { a: ["ring", 3] }));
    expect(order.status).toBe(201);
    await eventually(async () => expect((await carts("c5")).at(-1)).toMatchObject({ quantity: 2, reason: "EXPIRED" }));
    expect(await shop.query("SELECT 1 FROM cart_hold WHERE sku = 'ring'")).toEqual([]);
  });
});

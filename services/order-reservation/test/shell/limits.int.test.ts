import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { body, eventually, RunningService } from "./running-service.js";

const HOUR = 3_600_000;
let shop: RunningService;

beforeAll(async () => {
  shop = await RunningService.start({ instances: 2 });
  for (const sku of ["console", "game", "drone"]) await shop.receive(sku, "wuhan", 1_000);
});
afterAll(() => shop.stop());

const put = (scope: string, rules: object) => shop.http().put(`/v1/policies/${encodeURIComponent(scope)}`, rules);
const post = (id: string, sku: string, pieces: number, more: object, instance = 0) =>
  shop.http(instance).post("/v1/reservations", body(id, { a: [sku, pieces] }, { ...more }));
const statesLike = (pattern: string) =>
  shop.query<{ state: string; n: number }>(
    "SELECT state, count(*)::int AS n FROM orders WHERE order_id LIKE $1 GROUP BY state ORDER BY state",
    [pattern],
  );

describe("limits of a SKU", () => {
  test("are set while trading goes on, with what they leave out filled in, and hold from the next order", async () => {
    expect((await post("before", "game", 50, { customerId: "eve" })).status).toBe(201);
    const answer = await put("sku:game", { limit: {} });
    expect(answer.body.rules.limit).toMatchObject({ perOrderPieces: 5, perCustomerPieces: null });
    const refused = await post("after", "game", 6, { customerId: "eve" });
    expect(refused.status).toBe(409);
    expect(refused.body.reasons).toEqual([
      { lineId: "a", sku: "game", code: "LIMIT_PER_ORDER", text: expect.any(String) },
    ]);
    expect((await post("fine", "game", 5, { customerId: "eve" })).status).toBe(201);
  });

  test("of a customer hold for a burst through both lanes and both instances", async () => {
    await put("sku:console", { limit: { perOrderPieces: 2, perCustomerPieces: 10, windowSeconds: 86_400 } });
    const more = { customerId: "ann" };
    const events = Array.from({ length: 30 }, (_, i) => shop.placed(`burst-e${i}`, { a: ["console", 2] }, more));
    const requests = Array.from({ length: 30 }, (_, i) => post(`burst-h${i}`, "console", 2, more, i % 2));
    await Promise.all([shop.publish(...events), ...requests]);
    await eventually(async () => {
      expect(await statesLike("burst-%")).toEqual([
        { state: "REJECTED", n: 55 },
        { state: "RESERVED", n: 5 },
      ]);
    });
    const codes = await shop.query(
      "SELECT DISTINCT details #>> '{reasons,0,code}' AS code FROM orders WHERE order_id LIKE 'burst-%' AND state = 'REJECTED'",
    );
    expect(codes).toEqual([{ code: "LIMIT_PER_CUSTOMER" }]);
    await shop.system.moveClock(25 * HOUR);
    expect((await post("next-day", "console", 2, more)).status).toBe(201);
  });
});

describe("a customer with an unpaid order", () => {
  test("who orders again is told its id; refused by policy, never when paid", async () => {
    const more = { customerId: "bob" };
    const first = await post("bob-1", "drone", 1, more);
    const second = await post("bob-2", "drone", 1, more);
    expect(first.body.warnings).toBeUndefined();
    expect(second).toMatchObject({ status: 201, body: { warnings: [{ code: "UNPAID_ORDER_EXISTS" }] } });
    await put("default", { unpaidOrder: "REJECT" });
    const third = await post("bob-3", "drone", 1, more);
    expect(third.status).toBe(409);
    expect(third.body.reasons).toMatchObject([{ code: "UNPAID_ORDER_EXISTS", orderId: "bob-2" }]);
    expect((await post("bob-4", "drone", 1, { ...more, payment: "PAID" })).status).toBe(201);
    await shop.publish(shop.paid("bob-1"), shop.paid("bob-2"));
    await shop.untilStates({ "bob-1": "CONFIRMED", "bob-2": "CONFIRMED" });
    expect((await post("bob-5", "drone", 1, more)).status).toBe(201);
  });

  test("in a burst gets one order, through both instances", async () => {
    const requests = Array.from({ length: 20 }, (_, i) => post(`cid-${i}`, "drone", 1, { customerId: "cid" }, i % 2));
    const statuses = (await Promise.all(requests)).map((answer) => answer.status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
  });
});

test("a policy that no longer allows unpaid orders beside new ones warns from the next order on, through every instance", async () => {
  const more = { customerId: "dan" };
  await put("default", { unpaidOrder: "ALLOW" });
  for (const instance of [0, 1]) {
    await post(`dan-${instance}`, "drone", 1, more, instance);
    expect((await post(`dan-more-${instance}`, "drone", 1, more, instance)).body.warnings).toBeUndefined();
  }
  await put("default", { unpaidOrder: "WARN" });
  for (const instance of [0, 1]) {
    const { body } = await post(`dan-last-${instance}`, "drone", 1, more, instance);
    expect(body.warnings).toMatchObject([{ code: "UNPAID_ORDER_EXISTS" }]);
  }
});

test("the look for unpaid orders asks an index that holds nothing else", async () => {
  // With a handful of orders any index will do, so others of many customers wait beside.
  await shop.query(`INSERT INTO orders
    SELECT (jsonb_populate_record(NULL::orders,
      to_jsonb(o) || jsonb_build_object('order_id', 'of-many-' || n, 'customer_id', 'many-' || n))).*
    FROM (SELECT * FROM orders WHERE customer_id IS NOT NULL AND NOT paid AND expires_at > septet_now() LIMIT 1) o,
      generate_series(1, 5000) n`);
  await shop.query("ANALYZE orders");
  const plan = async (sql: string) => {
    const rows = await shop.query<Record<string, string>>(`EXPLAIN ${sql}`);
    return rows.map((row) => Object.values(row)[0]).join("\n");
  };
  const unpaid = await plan(
    `SELECT order_id FROM orders WHERE customer_id = ANY('{ann}'::text[]) AND NOT paid AND expires_at > septet_now()`,
  );
  await shop.query("DELETE FROM orders WHERE order_id LIKE 'of-many-%'");
  expect(unpaid).toMatch(/orders_unpaid_by_customer/);
});

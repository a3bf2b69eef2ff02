import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { body, eventually, RunningService } from "./running-service.js";

let shop: RunningService;

beforeAll(async () => {
  shop = await RunningService.start();
  await shop.receive("socks", "wuhan", 1_000);
  await shop.receive("hat", "wuhan", 1);
});
afterAll(() => shop.stop());

describe("orders through HTTP", () => {
  test("the same order twice: 201, then 200, and stock is taken once", async () => {
    const [before] = await shop.balance("socks", "wuhan");
    const first = await shop.http().post("/v1/reservations", body("h1", { a: ["socks", 3] }));
    const second = await shop.http().post("/v1/reservations", body("h1", { a: ["socks", 3] }));
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(first.body).toMatchObject({ orderId: "h1", state: "RESERVED", paid: false });
    expect(second.body.lines).toEqual(first.body.lines);
    expect(await shop.balance("socks", "wuhan")).toEqual([before - 3, 1_000 - before + 3]);
  });

  test("the same order with other lines is a conflict", async () => {
    await shop.http().post("/v1/reservations", body("h2", { a: ["socks", 1] }));
    const other = await shop.http().post("/v1/reservations", body("h2", { a: ["socks", 2] }));
    expect(other.status).toBe(409);
    expect(other.body.type).toMatch(/order-conflict$/);
  });

  test("a refusal says why, per line, and carries no quantity", async () => {
    const answer = await shop.http().post("/v1/reservations", body("h3", { a: ["hat", 5], b: ["socks", 1] }));
    expect(answer.status).toBe(409);
    expect(answer.body.reasons).toEqual([{ lineId: "a", sku: "hat", code: "OUT_OF_STOCK", text: expect.any(String) }]);
    expect(JSON.stringify(answer.body)).not.toMatch(/quantity/);
    const again = await shop.http().post("/v1/reservations", body("h3", { a: ["hat", 5], b: ["socks", 1] }));
    expect(again.status).toBe(409);
  });

  test("a refusal is told in the language asked for, else in the order's", async () => {
    const order = body("h3-zh", { a: ["hat", 5] }, { language: "zh-CN" });
    const told = async (id: string, headers = {}) =>
      (await shop.http().post("/v1/reservations", { ...order, orderId: id }, { headers })).body.reasons[0].text;
    expect(await told("h3-zh")).toBe("抱歉，该商品库存不足。");
    expect(await told("h3-en", { "accept-language": "en-GB, zh;q=0.5" })).toBe("Sorry, this item is out of stock.");
    const kept = await shop.http().get("/v1/reservations/h3-en");
    expect(kept.body.reasons[0].text).toBe("抱歉，该商品库存不足。");
  });

  test("a paid order that lacks stock is reserved in part: 201 with the shortage in the body", async () => {
    const answer = await shop.http().post("/v1/reservations", body("h4", { a: ["hat", 5] }, { payment: "PAID" }));
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ state: "CONFIRMED", lines: [{ reserved: 1, shorted: 4 }] });
  });

  test("HTTP and event for one order: one outcome, one reservation", async () => {
    const lines = { a: ["socks", 7] } as const;
    const event = shop.placed("h5", { a: ["socks", 7] });
    const [answer] = await Promise.all([
      shop.http().post("/v1/reservations", body("h5", { a: [...lines.a] })),
      shop.publish(event),
    ]);
    expect([200, 201]).toContain(answer.status);
    await shop.publish(shop.paid("h5"));
    await shop.untilStates({ h5: "CONFIRMED" });
    await eventually(async () => expect(await shop.story("h5")).toEqual(["OrderReserved", "OrderReserved"]));
    const [row] = await shop.query<{ open: string }>("SELECT sum(open) AS open FROM allocation WHERE order_id = 'h5'");
    expect(Number(row?.open)).toBe(7);
  });

  test("the same key gets the same answer; with another body it is refused", async () => {
    const key = { idempotencyKey: "key-1" };
    const first = await shop.http().post("/v1/reservations", body("h6", { a: ["socks", 1] }), key);
    const again = await shop.http().post("/v1/reservations", body("h6", { a: ["socks", 1] }), key);
    const other = await shop.http().post("/v1/reservations", body("h7", { a: ["socks", 1] }), key);
    expect([first.status, again.status, other.status]).toEqual([201, 201, 409]);
    expect(again.body).toEqual(first.body);
    expect(other.body.type).toMatch(/idempotency-key-reused$/);
    expect(await shop.state("h7")).toBeUndefined();
  });

  test("many requests at once for one order share one reservation", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => shop.http().post("/v1/reservations", body("h8", { a: ["socks", 2] }))),
    );
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([...Array.from({ length: 19 }, () => 200), 201]);
  });

  test("an order is shown, and an unknown one is not found", async () => {
    await shop.http().post("/v1/reservations", body("h9", { a: ["socks", 2] }));
    expect((await shop.http().get("/v1/reservations/h9")).body).toMatchObject({ orderId: "h9", state: "RESERVED" });
    expect((await shop.http().get("/v1/reservations/nobody")).status).toBe(404);
  });

  test("a hold is cancelled at once, a paid order waits for its warehouse, an order not seen yet is kept", async () => {
    await shop.http().post("/v1/reservations", body("h10", { a: ["socks", 2] }));
    const cancel = (id: string, lines?: object[]) => shop.http().post(`/v1/reservations/${id}/cancel`, { lines });
    expect(await cancel("h10", [{ lineId: "a", quantity: 1 }])).toMatchObject({
      status: 200,
      body: { state: "RESERVED", lines: [{ reserved: 1, cancelled: 1 }] },
    });
    expect(await cancel("h10")).toMatchObject({ status: 200, body: { state: "CANCELLED" } });
    await shop.http().post("/v1/reservations", body("h11", { a: ["socks", 2] }, { payment: "PAID" }));
    expect(await cancel("h11")).toMatchObject({ status: 202, body: { state: "CONFIRMED" } });
    expect(await cancel("h12")).toMatchObject({ status: 202, body: { state: "UNPLACED" } });
    const late = await shop.http().post("/v1/reservations", body("h12", { a: ["socks", 2] }));
    expect(late.body.reasons).toEqual([{ lineId: null, sku: null, code: "ORDER_CANCELLED", text: expect.any(String) }]);
  });

  test("orders are listed by state and SKU, page by page", async () => {
    await shop.receive("list-hat", "wuhan", 100);
    for (let i = 0; i < 5; i++) {
      await shop.http().post("/v1/reservations", body(`list-${i}`, { a: ["list-hat", 1], b: ["list-hat", 1] }));
    }
    await shop.http().post("/v1/reservations/list-4/cancel", {});
    const listed: string[] = [];
    let cursor = "";
    do {
      const page = await shop.http().get(`/v1/reservations?state=RESERVED&sku=list-hat&limit=2${cursor}`);
      expect(page.body.items.length).toBeLessThanOrEqual(2);
      listed.push(...page.body.items.map((item: { orderId: string }) => item.orderId));
      cursor = page.body.nextCursor === null ? "" : `&cursor=${page.body.nextCursor}`;
    } while (cursor !== "");
    expect(listed).toEqual(["list-0", "list-1", "list-2", "list-3"]);
    const all = await shop.http().get("/v1/reservations?state=CANCELLED");
    expect(all.body.items.map((item: { orderId: string }) => item.orderId)).toContain("list-4");
  });

  test("wrong input is refused with the field and nothing is kept", async () => {
    const zero = await shop.http().post("/v1/reservations", body("bad-1", { a: ["socks", 0] }));
    const none = await shop.http().post("/v1/reservations", body("bad-2", {}));
    expect([zero.status, none.status]).toEqual([400, 400]);
    expect(zero.body.errors[0].field).toMatch(/quantity/);
    expect(await shop.state("bad-1")).toBeUndefined();
  });

  test("only those who may, may", async () => {
    const asWarehouse = await shop.http(0, ["warehouse"]).post("/v1/reservations", body("w1", { a: ["socks", 1] }));
    const asStorefront = await shop.http(0, ["storefront"]).put("/v1/policies/default", { unpaidHoldSeconds: 60 });
    expect([asWarehouse.status, asStorefront.status]).toEqual([403, 403]);
  });
});

describe("policies", () => {
  test("a policy holds for decisions from then on, is published with its version, and can be read", async () => {
    const put = await shop.http().put("/v1/policies/channel:app", { unpaidHoldSeconds: 60 });
    expect(put).toMatchObject({ status: 200, body: { scope: "channel:app", version: 1 } });
    await shop.http().put("/v1/policies/channel:app", { unpaidHoldSeconds: 90 });
    const order = await shop.http().post("/v1/reservations", body("p1", { a: ["socks", 1] }, { channel: "app" }));
    expect(Date.parse(order.body.expiresAt) - Date.parse(order.body.placedAt)).toBe(90_000);
    const read = await shop.http().get("/v1/policies/channel:app");
    expect(read.body).toMatchObject({ rules: { unpaidHoldSeconds: 90 }, version: 2 });
    expect((await shop.http().get("/v1/policies/nobody")).status).toBe(400);
    expect((await shop.http().get("/v1/policies/region:nowhere")).status).toBe(404);
    await eventually(async () => {
      const changes = await shop.records("stock.policies.v1");
      expect(changes.map(({ value }) => value.version)).toEqual([1, 2]);
    });
  });
});

describe("moving a reservation", () => {
  test("its pieces are held elsewhere, once per key; a refusal names the line and tells no quantity", async () => {
    await shop.receive("vase", "wuhan", 2);
    await shop.receive("vase", "beijing", 1);
    await shop.http().post("/v1/reservations", body("m1", { a: ["vase", 2] }));
    const move = (lines: object[], key?: string) => {
      const options = key === undefined ? {} : { idempotencyKey: key };
      return shop.http(0, ["operator"]).post("/v1/reservations/m1/move", { lines }, options);
    };
    const wish = [{ lineId: "a", from: "wuhan", to: "beijing", quantity: 1 }];
    const moved = await move(wish, "move-1");
    const again = await move(wish, "move-1");
    expect([moved.status, again.status]).toEqual([200, 200]);
    expect(
      again.body.lines[0].allocations.map((a: { location: string; quantity: number }) => [a.location, a.quantity]),
    ).toEqual([
      ["wuhan", 1],
      ["beijing", 1],
    ]);
    expect([await shop.balance("vase", "wuhan"), await shop.balance("vase", "beijing")]).toEqual([
      [1, 1],
      [0, 1],
    ]);
    const more = await move([{ lineId: "a", from: "wuhan", to: "beijing" }]);
    expect([more.status, more.body.code, more.body.errors[0].field]).toEqual([409, "OUT_OF_STOCK", "body.lines[0]"]);
    expect(JSON.stringify(more.body)).not.toMatch(/quantity/);
    const nobody = await shop.http(0, ["operator"]).post("/v1/reservations/nobody/move", { lines: wish });
    expect(nobody.status).toBe(404);
    const impatient = await Promise.all(
      Array.from({ length: 20 }, () => {
        const path = "/v1/reservations/nobody/move";
        return shop.http(0, ["operator"]).post(path, { lines: wish }, { idempotencyKey: "impatient" });
      }),
    );
    expect(new Set(impatient.map(({ status }) => status))).toEqual(new Set([404]));
    await shop.publish(shop.paid("m1"));
    await shop.untilStates({ m1: "CONFIRMED" });
    const late = await move([{ lineId: "a", from: "wuhan", to: "beijing" }]);
    expect([late.status, late.body.code]).toEqual([409, "SENT_TO_FULFILMENT"]);
  });
});

describe("balances", () => {
  test("own buckets are shown with the positions they stand for", async () => {
    const answer = await shop.http().get("/v1/balances?sku=hat");
    expect(answer.body.items).toEqual([
      { sku: "hat", location: "wuhan", bucket: "locked", quantity: 0 },
      { sku: "hat", location: "wuhan", bucket: "orderReserved", quantity: 1 },
      { sku: "hat", location: "wuhan", bucket: "sellable", quantity: 0 },
    ]);
    expect(answer.body.positions).toEqual({
      warehouse: { hat: { contiguous: 1, ahead: [] } },
      "order-reservation": { hat: { contiguous: 1, ahead: [] } },
    });
  });
});

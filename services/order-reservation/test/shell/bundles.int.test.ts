import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import { body, eventually, type Lines, RunningService } from "./running-service.js";

let shop: RunningService;

beforeAll(async () => {
  shop = await RunningService.start({ instances: 2 });
});
afterAll(() => shop.stop());

interface Box {
  sku: string;
  sock: string;
  cap: string;
}

/** A bundle of its own for each test: two socks and a cap. */
async function listed(): Promise<Box> {
  const id = randomUUID().slice(0, 8);
  const box = { sku: `box-${id}`, sock: `sock-${id}`, cap: `cap-${id}` };
  await list(box, [
    { sku: box.sock, quantity: 2 },
    { sku: box.cap, quantity: 1 },
  ]);
  return box;
}

async function list({ sku }: Box, parts: { sku: string; quantity: number }[]): Promise<void> {
  const more = { unitPriceMinor: 900, currency: "CNY", substitutionGroup: null, active: true };
  await shop.publish(shop.record("SkuListed", { sku, name: sku, parts, ...more }));
  await eventually(async () => {
    const [row] = await shop.query<{ parts: unknown }>("SELECT parts FROM sku_listing WHERE sku = $1", [sku]);
    expect(row?.parts).toEqual(parts);
  });
}

async function stocked(box: Box, at: string, socks: number, caps: number): Promise<void> {
  await shop.receive(box.sock, at, socks);
  await shop.receive(box.cap, at, caps);
}

const reserve = (orderId: string, lines: Lines, more: Record<string, unknown> = {}) =>
  shop.http().post("/v1/reservations", body(orderId, lines, more));
const lineOf = async (orderId: string) => (await shop.http().get(`/v1/reservations/${orderId}`)).body.lines[0];

const moved = (kind: "SHIP" | "PICK_SHORT", orderId: string, sku: string, quantity: number, at = "wuhan") => {
  const reference = { type: "order", id: orderId, line: "a" } as const;
  return shop.publish(shop.movement(movementDraft(kind, undefined, { sku, quantity, at, reference })));
};

const answered = (orderId: string, sku: string, quantity: number) =>
  shop.publish(
    shop.record("FulfilmentCancelled", {
      fulfilmentId: `${orderId}/1`,
      orderId,
      location: "wuhan",
      lines: [{ lineId: "a", sku, quantity }],
    }),
  );

const fulfilmentsOf = async (orderId: string, name: string) =>
  (await shop.records("stock.fulfilments.v1"))
    .filter((record) => record.name === name && record.value.orderId === orderId)
    .map(({ value }) => value);

describe("a bundle", () => {
  test("is reserved with its parts, paid, asked for by part from two warehouses, and fulfilled when all have left", async () => {
    const box = await listed();
    const orderId = `o-${box.sku}`;
    await stocked(box, "wuhan", 2, 1);
    await stocked(box, "beijing", 2, 1);
    const answer = await reserve(orderId, { a: [box.sku, 2] });
    expect([answer.status, answer.body.lines[0]]).toMatchObject([
      201,
      { sku: box.sku, quantity: 2, reserved: 2, parts: [{ sku: box.sock }, { sku: box.cap }] },
    ]);
    expect(await shop.balance(box.sock, "wuhan")).toEqual([0, 2]);
    await shop.publish(shop.paid(orderId));
    const requests = await eventually(async () => {
      const all = await fulfilmentsOf(orderId, "FulfilmentRequested");
      expect(all).toHaveLength(2);
      return all;
    });
    const lines = [
      { lineId: "a", sku: box.sock, quantity: 2 },
      { lineId: "a", sku: box.cap, quantity: 1 },
    ];
    expect(new Set(requests.map(({ location }) => location))).toEqual(new Set(["wuhan", "beijing"]));
    for (const request of requests) expect(request.lines).toEqual(lines);
    for (const at of ["wuhan", "beijing"]) {
      await moved("SHIP", orderId, box.sock, 2, at);
      await moved("SHIP", orderId, box.cap, 1, at);
    }
    await shop.untilStates({ [orderId]: "FULFILLED" });
    const told = await eventually(async () => {
      const all = await shop.records("stock.reservations.v1");
      const fulfilled = all.find(({ name, value }) => name === "OrderFulfilled" && value.orderId === orderId);
      if (fulfilled === undefined) throw new Error("not told yet");
      return fulfilled.value;
    });
    expect(told.lines).toEqual([{ lineId: "a", sku: box.sku, quantity: 2 }]);
  });

  test("is refused when one part is not there, and none of the others is kept", async () => {
    const box = await listed();
    await stocked(box, "wuhan", 10, 1);
    const answer = await reserve(`o-${box.sku}`, { a: [box.sku, 2] });
    expect([answer.status, answer.body.reasons]).toMatchObject([
      409,
      [{ lineId: "a", sku: box.sku, code: "OUT_OF_STOCK" }],
    ]);
    expect(await shop.balance(box.sock, "wuhan")).toEqual([10, 0]);
  });

  test("whose part is not found is shorted with the bundle's price, and its other parts come back", async () => {
    const box = await listed();
    const orderId = `o-${box.sku}`;
    await stocked(box, "wuhan", 4, 2);
    const lines = [{ lineId: "a", sku: box.sku, quantity: 2, unitPriceMinor: 900 }];
    await reserve(orderId, {}, { payment: "PAID", currency: "CNY", lines });
    await moved("PICK_SHORT", orderId, box.cap, 1);
    const { body: order } = await eventually(async () => {
      const found = await shop.http().get(`/v1/reservations/${orderId}`);
      expect(found.body.shortages).toHaveLength(1);
      return found;
    });
    expect(order.shortages[0].lines).toMatchObject([
      { lineId: "a", sku: box.sku, quantity: 1, remedies: [{ kind: "REFUND", refundMinor: 900 }] },
    ]);
    const asked = await eventually(async () => {
      const [request] = await fulfilmentsOf(orderId, "FulfilmentCancelRequested");
      if (request === undefined) throw new Error("not asked yet");
      return request;
    });
    expect(asked.lines).toEqual([{ lineId: "a", sku: box.sock, quantity: 2 }]);
    await answered(orderId, box.sock, 2);
    await eventually(async () => expect(await shop.balance(box.sock, "wuhan")).toEqual([2, 2]));
    await moved("SHIP", orderId, box.sock, 2);
    await moved("SHIP", orderId, box.cap, 1);
    await shop.untilStates({ [orderId]: "FULFILLED" });
    expect(await lineOf(orderId)).toMatchObject({ shipped: 1, shorted: 1, cancelled: 0, reserved: 0 });
  });

  test("gives whole pieces back: a part of the order cancelled, the rest expired", async () => {
    const box = await listed();
    const orderId = `o-${box.sku}`;
    await stocked(box, "wuhan", 6, 3);
    await reserve(orderId, { a: [box.sku, 3] });
    const cancelled = await shop.http().post(`/v1/reservations/${orderId}/cancel`, {
      lines: [{ lineId: "a", quantity: 1 }],
    });
    expect([cancelled.status, cancelled.body.lines[0]]).toMatchObject([200, { cancelled: 1, reserved: 2 }]);
    expect([await shop.balance(box.sock, "wuhan"), await shop.balance(box.cap, "wuhan")]).toEqual([
      [2, 4],
      [1, 2],
    ]);
    await shop.system.moveClock(30 * 60_000);
    await shop.untilStates({ [orderId]: "EXPIRED" });
    await eventually(async () => {
      expect(await shop.balance(box.sock, "wuhan")).toEqual([6, 0]);
      expect(await shop.balance(box.cap, "wuhan")).toEqual([3, 0]);
    });
  });

  test("that is held loses a piece when a count finds less of one part: the sweeper gives the other back", async () => {
    const box = await listed();
    const orderId = `o-${box.sku}`;
    await stocked(box, "wuhan", 4, 2);
    await reserve(orderId, { a: [box.sku, 2] });
    const reference = { type: "adjustment", id: randomUUID() } as const;
    const about = { sku: box.cap, at: "wuhan", quantity: -1, reference };
    await shop.publish(shop.movement(movementDraft("COUNT_ADJUST", "sellable", about)));
    await eventually(async () => {
      expect(await shop.balance(box.cap, "wuhan")).toEqual([0, 1]);
      expect(await shop.balance(box.sock, "wuhan")).toEqual([2, 2]);
    });
    expect(await lineOf(orderId)).toMatchObject({ reserved: 1, shorted: 1 });
  });

  test("keeps what it was made of when the catalogue changes, and later orders get the new parts", async () => {
    const box = await listed();
    await stocked(box, "wuhan", 10, 10);
    await reserve(`o-${box.sku}`, { a: [box.sku, 1] });
    await list(box, [{ sku: box.cap, quantity: 3 }]);
    await shop.publish(shop.paid(`o-${box.sku}`));
    await shop.untilStates({ [`o-${box.sku}`]: "CONFIRMED" });
    const later = await reserve(`p-${box.sku}`, { a: [box.sku, 1] });
    expect(later.body.lines[0].parts).toEqual([{ sku: box.cap, quantity: 3 }]);
    expect([await shop.balance(box.sock, "wuhan"), await shop.balance(box.cap, "wuhan")]).toEqual([
      [8, 2],
      [6, 4],
    ]);
  });

  test("sold by two instances at once is never sold beyond its parts", async () => {
    const box = await listed();
    await stocked(box, "wuhan", 20, 10);
    const orders = Array.from({ length: 24 }, (_, i) => `o${i}-${box.sku}`);
    const answers = await Promise.all(
      orders.map((orderId, i) =>
        shop.http(i % 2).post("/v1/reservations", body(orderId, { a: i % 3 === 0 ? [box.sock, 2] : [box.sku, 1] })),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
    expect(await shop.balance(box.sock, "wuhan")).toEqual([0, 20]);
    const boxes = answers.filter(({ status }, i) => status === 201 && i % 3 !== 0).length;
    expect(await shop.balance(box.cap, "wuhan")).toEqual([10 - boxes, boxes]);
  });
});

describe("a bundle in a cart", () => {
  const onCart = async (box: Box) => {
    const answer = await shop.http().put(`/v1/policies/sku:${box.sku}`, { reserveAt: "ON_CART" });
    expect(answer.status).toBe(200);
  };
  const hold = (cartId: string, sku: string, quantity: number) =>
    shop.http().post("/v1/cart-holds", { cartId, sku, quantity, channel: "web" });

  test("is held by its parts, used up by the shopper's order, and gone when its time is over", async () => {
    const box = await listed();
    await onCart(box);
    await stocked(box, "wuhan", 8, 4);
    const cartId = `c-${box.sku}`;
    expect((await hold(cartId, box.sku, 3)).body).toMatchObject({ sku: box.sku, quantity: 3 });
    expect((await hold(`d-${box.sku}`, box.sku, 1)).body).toMatchObject({ quantity: 1 });
    expect((await hold(`e-${box.sku}`, box.sku, 1)).status).toBe(409);
    expect([await shop.balance(box.sock, "wuhan"), await shop.balance(box.cap, "wuhan")]).toEqual([
      [0, 8],
      [0, 4],
    ]);
    expect((await reserve(`o-${box.sku}`, { a: [box.sku, 3] }, { cartId })).status).toBe(201);
    expect((await shop.http().get(`/v1/cart-holds/${cartId}`)).body.items).toEqual([]);
    await shop.system.moveClock(16 * 60_000);
    await eventually(async () => expect(await shop.balance(box.cap, "wuhan")).toEqual([1, 3]));
    expect(await shop.balance(box.sock, "wuhan")).toEqual([2, 6]);
  });

  test("gives way to orders when a shelf holds less of one part than was promised", async () => {
    const box = await listed();
    await onCart(box);
    await stocked(box, "wuhan", 4, 3);
    await reserve(`o-${box.sku}`, { a: [box.cap, 1] });
    expect((await hold(`c-${box.sku}`, box.sku, 2)).status).toBe(200);
    const reference = { type: "adjustment", id: randomUUID() } as const;
    const about = { sku: box.cap, at: "wuhan", quantity: -1, reference };
    await shop.publish(shop.movement(movementDraft("COUNT_ADJUST", "sellable", about)));
    await eventually(async () => expect(await shop.balance(box.cap, "wuhan")).toEqual([0, 2]));
    expect(await shop.balance(box.sock, "wuhan")).toEqual([2, 2]);
    expect(await lineOf(`o-${box.sku}`)).toMatchObject({ reserved: 1, shorted: 0 });
  });
});

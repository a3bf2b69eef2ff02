import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { waitFor } from "../../src/platform/wait.js";
import { orderPlaced, reservationBody } from "../support/records.js";
import { Scenario } from "../support/scenario.js";

const ORDERS = "upstream.orders.v1";
const EIGHT_MIB = 8 * 1_024 * 1_024;

let shop: Scenario;
let turn = 0;

beforeAll(async () => {
  shop = await Scenario.open({ services: { "order-reservation": 1, warehouse: 1, ledger: 1 }, partitions: 1 });
  await shop.receive("GOOD", 1_000);
});

afterAll(async () => {
  await shop?.close();
});

beforeEach(() => {
  turn += 1;
});

/** Puts the bad message between two good orders on the one partition, and sees both of them reserved. */
async function betweenGoodOrders(bad: () => Promise<void>): Promise<void> {
  const good = [`before-${turn}`, `after-${turn}`] as const;
  const order = (orderId: string) => orderPlaced({ orderId, lines: [{ sku: "GOOD", quantity: 1 }] });
  await shop.publish(order(good[0]));
  await bad();
  await shop.publish(order(good[1]));
  for (const orderId of good) await shop.outcome(orderId, "OrderReserved");
}

async function deadLetterWith(key: string) {
  return waitFor(
    `the dead letter ${key}`,
    async () => (await shop.deadLetters("order-reservation")).find((letter) => letter.key === key),
    { everyMs: 200 },
  );
}

test("an undecodable message ends in dead letters untouched, with its error and origin", async () => {
  const value = Buffer.from("not avro at all");
  await betweenGoodOrders(() => shop.wire.eventLog.publish([{ topic: ORDERS, key: "undecodable", value }]));
  const letter = await deadLetterWith("undecodable");
  expect(letter.value).toEqual(value);
  expect(JSON.stringify(letter.headers)).toContain(ORDERS);
  expect(shop.outcomes("undecodable")).toEqual([]);
});

test.each([
  ["quantity 0", [{ sku: "GOOD", quantity: 0 }]],
  ["no lines", []],
])(
  "a contract violation (%s) ends in dead letters, and its order is rejected so that the sender knows",
  async (_, lines) => {
    const orderId = `invalid-${turn}`;
    await betweenGoodOrders(() => shop.publish(orderPlaced({ orderId, lines })));
    const rejected = await shop.outcome(orderId, "OrderReservationRejected");
    expect(rejected.reasons.map(({ code }) => code)).toEqual(["INVALID_ORDER"]);
    await deadLetterWith(orderId);
  },
);

test("an unknown SKU is no fault of the message: the order is rejected, nothing goes to dead letters", async () => {
  const letters = (await shop.deadLetters("order-reservation")).length;
  await betweenGoodOrders(() =>
    shop.publish(orderPlaced({ orderId: "unknown", lines: [{ sku: "NOBODY-HAS-IT", quantity: 1 }] })),
  );
  const rejected = await shop.outcome("unknown", "OrderReservationRejected");
  expect(rejected.reasons).toMatchObject([{ lineId: "1", sku: "NOBODY-HAS-IT", code: "UNKNOWN_SKU" }]);
  expect(await shop.deadLetters("order-reservation")).toHaveLength(letters);
});

test("a message of 8 MiB ends in dead letters, not in silence", async () => {
  const value = Buffer.alloc(EIGHT_MIB, 7);
  await betweenGoodOrders(() => shop.wire.eventLog.publish([{ topic: ORDERS, key: "oversized", value }]));
  const letter = await deadLetterWith("oversized");
  expect(letter.value).toHaveLength(EIGHT_MIB);
});

test("an order of 8 MiB that can be read is rejected as well", async () => {
  const sku = "X".repeat(60);
  const lines = Array.from({ length: 100_000 }, (_, n) => ({ sku: `${sku}${n % 10}`, quantity: 1 }));
  const orderId = "huge";
  await betweenGoodOrders(() => shop.publish(orderPlaced({ orderId, lines })));
  const rejected = await shop.outcome(orderId, "OrderReservationRejected");
  expect(rejected.reasons.map(({ code }) => code)).toEqual(["INVALID_ORDER"]);
});

test("the same order with other lines is a conflict: 409 for a request, a dead letter for an event, no new outcome", async () => {
  const wish = { orderId: "same", lines: [{ sku: "GOOD", quantity: 1 }] };
  const other = { orderId: "same", lines: [{ sku: "GOOD", quantity: 2 }] };
  await shop.publish(orderPlaced(wish));
  await shop.outcome("same", "OrderReserved");
  await betweenGoodOrders(() => shop.publish(orderPlaced(other)));
  await deadLetterWith("same");
  const answer = await shop.reservation.post("/v1/reservations", randomUUID(), reservationBody(other), [409]);
  expect(answer.status).toBe(409);
  expect(shop.outcomes("same")).toEqual(["OrderReserved"]);
});

test("afterwards nobody disagrees", async () => {
  expect(await shop.auditFailures()).toEqual([]);
});

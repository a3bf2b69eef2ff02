import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createLimiter } from "../../src/platform/limiter.js";
import { waitFor } from "../../src/platform/wait.js";
import type { Named } from "../../src/platform/wire.js";
import { orderCancelled, orderPlaced, paymentSucceeded, reservationBody } from "../support/records.js";
import { Scenario } from "../support/scenario.js";

const TIMES = 1_000;
const HOLD_MS = 30 * 60_000;
/** Facts that race are published at random moments of so long a time. */
const WINDOW_MS = 3_000;
const PATIENCE = { timeoutMs: 120_000, everyMs: 200 };

let shop: Scenario;

beforeAll(async () => {
  shop = await Scenario.open({ services: { "order-reservation": 2, warehouse: 1, ledger: 1 } });
});

afterAll(async () => {
  await shop?.close();
});

function ids(race: string): string[] {
  return Array.from({ length: TIMES }, (_, n) => `${race}-${n}`);
}

function onePiece(orderId: string, sku: string) {
  return { orderId, lines: [{ sku, quantity: 1 }] };
}

/** Publishes each record at a random moment of the window. */
async function atRandom(records: readonly Named[], windowMs = WINDOW_MS): Promise<void> {
  await Promise.all(
    records.map(async (record) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * windowMs));
      await shop.publish(record);
    }),
  );
}

/** Waits until every order of the SKU is in this state, as order-reservation lists them. */
async function untilAll(sku: string, state: string): Promise<void> {
  let count = 0;
  await waitFor(
    `${TIMES} orders of ${sku} to be ${state}`,
    async () => {
      count = 0;
      for await (const { items } of shop.reservation.pages(`/v1/reservations?sku=${sku}&state=${state}&limit=500`))
        count += items.length;
      return count === TIMES;
    },
    { ...PATIENCE, seen: () => count },
  );
}

test("payment against expiry: whatever came first, the paid order has its piece and keeps it", async () => {
  const orders = ids("expiry");
  await shop.receive("EXPIRY", TIMES);
  await shop.publish(...orders.map((orderId) => orderPlaced(onePiece(orderId, "EXPIRY"))));
  await shop.untilAnswered(orders);
  // However slow this machine is: some have paid before any hold runs out, and some pay only once holds have run out.
  const [prompt, slow] = [orders.slice(0, TIMES / 10), orders.slice(-TIMES / 10)];
  await shop.publish(...prompt.map(paymentSucceeded));
  for (const orderId of prompt) await shop.outcome(orderId, "FulfilmentRequested");
  // The holds run out while the payments come in.
  await shop.system.moveClock(HOLD_MS - WINDOW_MS / 2);
  await atRandom(orders.slice(prompt.length, -slow.length).map(paymentSucceeded));
  await shop.outcome(slow[0]!, "OrderReservationReleased");
  await atRandom(slow.map(paymentSucceeded));

  await untilAll("EXPIRY", "CONFIRMED");
  await shop.untilBucket("EXPIRY", "orderReserved", TIMES);
  await shop.untilAllHeard();
  expect(await shop.bucket("order-reservation", "EXPIRY", "sellable")).toBe(0);
  let expired = 0;
  for (const orderId of orders) {
    const about = shop.about(orderId).filter(({ name }) => name.startsWith("Order"));
    const last = about.at(-1);
    expect([orderId, last?.name]).toEqual([orderId, "OrderReserved"]);
    expect(last?.value).toMatchObject({ expiresAt: null });
    if (about.some(({ name }) => name === "OrderReservationReleased")) expired += 1;
  }
  // A race that is always won by the same side was none.
  expect(expired).toBeGreaterThan(0);
  expect(expired).toBeLessThan(TIMES);
});

test("payment before placement: the order is placed as a paid one", async () => {
  const orders = ids("early");
  await shop.receive("EARLY", TIMES);
  await Promise.all([
    atRandom(orders.map(paymentSucceeded)),
    atRandom(orders.map((orderId) => orderPlaced(onePiece(orderId, "EARLY")))),
  ]);
  await untilAll("EARLY", "CONFIRMED");
  await shop.untilBucket("EARLY", "orderReserved", TIMES);
  await shop.untilAllHeard();
  for (const orderId of orders) {
    expect(shop.outcomes(orderId)).not.toContain("OrderReservationReleased");
    expect(shop.about(orderId).filter(({ name }) => name === "FulfilmentRequested")).toHaveLength(1);
  }
});

test("cancellation against payment: cancelled in the end, and money for nothing is alarmed", async () => {
  const orders = ids("cancel");
  await shop.receive("CANCEL", TIMES);
  await shop.publish(...orders.map((orderId) => orderPlaced(onePiece(orderId, "CANCEL"))));
  await shop.untilAnswered(orders);
  await Promise.all([
    atRandom(orders.map(paymentSucceeded)),
    atRandom(orders.map((orderId) => orderCancelled(orderId))),
  ]);

  await untilAll("CANCEL", "CANCELLED");
  await shop.untilBucket("CANCEL", "sellable", TIMES);
  await shop.untilAllHeard();
  const alarmed = () => new Set(shop.alerts("PAYMENT_FOR_CANCELLED_ORDER").map((alert) => alert.orderId));
  const requested = (orderId: string) => shop.about(orderId).some(({ name }) => name === "FulfilmentRequested");
  const late = orders.filter((orderId) => !requested(orderId));
  await waitFor(
    "an alert for each order paid too late",
    () => late.every((orderId) => alarmed().has(orderId)),
    PATIENCE,
  );
  // Paid in time: the warehouse was asked and gave the piece back. Too late: alarmed. Never both.
  for (const orderId of orders.filter(requested)) {
    expect(alarmed().has(orderId)).toBe(false);
    expect(shop.about(orderId).map(({ name }) => name)).toContain("FulfilmentCancelled");
  }
});

test("a request and an event for one order: decided once, one answer", async () => {
  const orders = ids("twice");
  await shop.receive("BOTH-WAYS", TIMES);
  const limited = createLimiter(32);
  const ask = async (orderId: string) => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * WINDOW_MS));
    const body = reservationBody(onePiece(orderId, "BOTH-WAYS"));
    return limited(() => shop.reservation.post("/v1/reservations", randomUUID(), body));
  };
  const [answers] = await Promise.all([
    Promise.all(orders.map(ask)),
    atRandom(orders.map((orderId) => orderPlaced(onePiece(orderId, "BOTH-WAYS")))),
  ]);
  await shop.untilAnswered(orders);
  await shop.untilBucket("BOTH-WAYS", "orderReserved", TIMES);
  await shop.untilAllHeard();
  expect(answers.every(({ status }) => status === 200 || status === 201)).toBe(true);
  for (const orderId of orders) expect(shop.outcomes(orderId)).toEqual(["OrderReserved"]);
});

test("after all races nobody disagrees, and nothing lies in dead letters", async () => {
  expect(await shop.auditFailures()).toEqual([]);
  expect(await shop.deadLetters("order-reservation")).toEqual([]);
  expect(await shop.deadLetters("warehouse")).toEqual([]);
});

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { OUTCOME_REASONS } from "@septet/stock-contracts";
import type { Named } from "../../src/platform/wire.js";
import { orderPlaced, reservationBody } from "../support/records.js";
import { Scenario } from "../support/scenario.js";

const PIECES = 100;
const EACH_WAY = 1_000;
const EVENTS_A_BATCH = 100;
/** All that a refused checkout is answered, but for its order and the reasons. */
const REFUSED = {
  type: expect.stringMatching(/reservation-rejected$/),
  title: "The order was not reserved",
  status: 409,
  detail: expect.stringMatching(/^\D+$/),
};

const orderIdOf = ({ value }: Named) => (value as { orderId: string }).orderId;

let shop: Scenario;

beforeAll(async () => {
  shop = await Scenario.open({ services: { "order-reservation": 2, warehouse: 1, ledger: 1 } });
});

afterAll(async () => {
  await shop?.close();
});

test("1,000 requests and 1,000 events at once for 100 pieces, at two instances: exactly 100 are sold, and every loser is told why", async () => {
  await shop.receive("LAST", PIECES);
  const wish = (orderId: string) => ({ orderId, lines: [{ sku: "LAST", quantity: 1 }] });
  const asked = Array.from({ length: EACH_WAY }, (_, n) => `asked-${n}`);
  const told = Array.from({ length: EACH_WAY }, (_, n) => `told-${n}`);
  const everybody = [...asked, ...told];
  const events = Array.from({ length: EACH_WAY / EVENTS_A_BATCH }, (_, n) =>
    told.slice(n * EVENTS_A_BATCH, (n + 1) * EVENTS_A_BATCH).map((orderId) => orderPlaced(wish(orderId))),
  );
  const post = (orderId: string) =>
    shop.reservation.post("/v1/reservations", `reserve ${orderId}`, reservationBody(wish(orderId)), [409]);
  const [answers] = await Promise.all([
    Promise.all(asked.map(post)),
    ...events.map((records) => shop.publish(...records)),
  ]);
  await shop.untilAnswered(everybody);
  await shop.untilAllHeard();

  for (const orderId of everybody) expect([orderId, shop.outcomes(orderId)]).toEqual([orderId, [expect.any(String)]]);
  const outcomes = everybody.map((orderId) => shop.about(orderId)[0]!);
  const won = outcomes.filter(({ name }) => name === "OrderReserved").map(orderIdOf);
  const lost = outcomes.filter(({ name }) => name === "OrderReservationRejected").map(orderIdOf);
  expect([won.length, lost.length]).toEqual([PIECES, everybody.length - PIECES]);

  // All losers hear the same words, whoever was first: what they are told cannot depend on how much there was.
  const sorry = { lineId: "1", sku: "LAST", code: "OUT_OF_STOCK", text: OUTCOME_REASONS.REJECTED.OUT_OF_STOCK.en };
  for (const orderId of lost) {
    const { eventId, occurredAt, ...said } = await shop.outcome(orderId, "OrderReservationRejected");
    expect(JSON.parse(JSON.stringify(said))).toEqual({ orderId, reasons: [{ ...sorry, orderId: null }] });
  }
  const winners = new Set(won);
  answers.forEach(({ status, body }, n) => {
    const orderId = asked[n]!;
    expect([orderId, status]).toEqual([orderId, winners.has(orderId) ? 201 : 409]);
    if (status === 409) expect(body).toEqual({ ...REFUSED, orderId, reasons: [sorry] });
  });
  expect(await shop.bucket("order-reservation", "LAST", "sellable")).toBe(0);
  expect(await shop.bucket("order-reservation", "LAST", "orderReserved")).toBe(PIECES);
  expect(await shop.auditFailures()).toEqual([]);
});

test("two lines of 60 in one unpaid order count together: of 100 pieces nothing is reserved", async () => {
  await shop.receive("TWICE", PIECES);
  const lines = [
    { sku: "TWICE", quantity: 60 },
    { sku: "TWICE", quantity: 60 },
  ];
  await shop.publish(orderPlaced({ orderId: "twice", lines }));
  const rejected = await shop.outcome("twice", "OrderReservationRejected");
  expect(rejected.reasons.map(({ code }) => code)).toContain("OUT_OF_STOCK");
  expect(await shop.bucket("order-reservation", "TWICE", "sellable")).toBe(PIECES);
  const answer = await shop.reservation.post(
    "/v1/reservations",
    "reserve twice-asked",
    reservationBody({ orderId: "twice-asked", lines }),
    [409],
  );
  expect(answer.status).toBe(409);
  expect(JSON.stringify(answer.body)).not.toContain(String(PIECES));
});

test("two lines of 60 in one paid order: 100 are kept for it and 20 shorted", async () => {
  await shop.receive("TWICE-PAID", PIECES);
  const lines = [
    { sku: "TWICE-PAID", quantity: 60 },
    { sku: "TWICE-PAID", quantity: 60 },
  ];
  await shop.publish(orderPlaced({ orderId: "twice-paid", payment: "PAID", lines }));
  const shorted = await shop.outcome("twice-paid", "OrderShorted");
  expect(shorted.lines.reduce((sum, line) => sum + line.shortQuantity, 0)).toBe(20);
  await shop.untilBucket("TWICE-PAID", "orderReserved", PIECES);
});

test("afterwards nobody disagrees", async () => {
  expect(await shop.auditFailures()).toEqual([]);
});

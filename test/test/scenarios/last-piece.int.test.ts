import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { orderPlaced, reservationBody } from "../support/records.js";
import { Scenario } from "../support/scenario.js";

const PIECES = 100;
const EACH_WAY = 200;

let shop: Scenario;

beforeAll(async () => {
  shop = await Scenario.open({ services: { "order-reservation": 2, warehouse: 1, ledger: 1 } });
});

afterAll(async () => {
  await shop?.close();
});

test("200 requests and 200 events at once for 100 pieces, at two instances: exactly 100 are sold", async () => {
  await shop.receive("LAST", PIECES);
  const wish = (orderId: string) => ({ orderId, lines: [{ sku: "LAST", quantity: 1 }] });
  const asked = Array.from({ length: EACH_WAY }, (_, n) => `asked-${n}`);
  const told = Array.from({ length: EACH_WAY }, (_, n) => `told-${n}`);
  const post = (orderId: string) =>
    shop.reservation.post("/v1/reservations", `reserve ${orderId}`, reservationBody(wish(orderId)), [409]);
  const [answers] = await Promise.all([
    Promise.all(asked.map(post)),
    ...told.map((orderId) => shop.publish(orderPlaced(wish(orderId)))),
  ]);
  await shop.untilAnswered([...asked, ...told]);

  const reserved = (orderIds: string[]) =>
    orderIds.filter((orderId) => shop.outcomes(orderId).includes("OrderReserved")).length;
  expect(reserved([...asked, ...told])).toBe(PIECES);
  expect(answers.filter((answer) => answer.status === 201)).toHaveLength(reserved(asked));
  expect(answers.filter((answer) => answer.status === 409)).toHaveLength(EACH_WAY - reserved(asked));
  for (const orderId of [...asked, ...told]) expect(shop.outcomes(orderId)).toHaveLength(1);
  expect(await shop.bucket("order-reservation", "LAST", "sellable")).toBe(0);
  expect(await shop.bucket("order-reservation", "LAST", "orderReserved")).toBe(PIECES);
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

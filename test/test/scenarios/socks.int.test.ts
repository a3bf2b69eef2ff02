import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runReadmeProgram } from "../support/readme.js";
import { orderPlaced, paymentSucceeded, reservationBody } from "../support/records.js";
import { Scenario } from "../support/scenario.js";

const MINUTE_MS = 60_000;

let shop: Scenario;

beforeAll(async () => {
  shop = await Scenario.open({ services: { "order-reservation": 1, warehouse: 1, ledger: 1 } });
});

afterAll(async () => {
  await shop?.close();
});

async function stockOf(sku: string): Promise<{ sellable: number; orderReserved: number }> {
  return {
    sellable: await shop.bucket("order-reservation", sku, "sellable"),
    orderReserved: await shop.bucket("order-reservation", sku, "orderReserved"),
  };
}

test("100 socks, an order of 3: 97 and 3; unpaid, half an hour later 100 and 0", async () => {
  await shop.receive("SOCKS", 100);
  await shop.publish(orderPlaced({ orderId: "socks-1", lines: [{ sku: "SOCKS", quantity: 3 }] }));
  const reserved = await shop.outcome("socks-1", "OrderReserved");
  expect(reserved.expiresAt).not.toBeNull();
  expect(await stockOf("SOCKS")).toEqual({ sellable: 97, orderReserved: 3 });

  await shop.system.moveClock(31 * MINUTE_MS);
  const released = await shop.outcome("socks-1", "OrderReservationReleased");
  expect(released).toMatchObject({ reason: "EXPIRED", lines: [{ lineId: "1", sku: "SOCKS", quantity: 3 }] });
  expect(await stockOf("SOCKS")).toEqual({ sellable: 100, orderReserved: 0 });
  expect((await shop.order("socks-1")).state).toBe("EXPIRED");
});

test("a paid order keeps its socks for ever, and once shipped they are gone from the shelf and the books", async () => {
  await shop.receive("WOOL-SOCKS", 100);
  await shop.publish(orderPlaced({ orderId: "socks-2", lines: [{ sku: "WOOL-SOCKS", quantity: 3 }] }));
  await shop.outcome("socks-2", "OrderReserved");
  await shop.publish(paymentSucceeded("socks-2"));
  await shop.outcome("socks-2", "FulfilmentRequested");
  await shop.system.moveClock(31 * MINUTE_MS);
  await shop.shipped("socks-2");
  expect(shop.outcomes("socks-2")).not.toContain("OrderReservationReleased");
  expect(await stockOf("WOOL-SOCKS")).toEqual({ sellable: 97, orderReserved: 0 });
  expect(await shop.bucket("warehouse", "WOOL-SOCKS", "total")).toBe(97);
});

test("what an expired hold gave back is sold to the next", async () => {
  await shop.receive("LAST-SOCKS", 3);
  await shop.publish(orderPlaced({ orderId: "socks-3", lines: [{ sku: "LAST-SOCKS", quantity: 3 }] }));
  await shop.outcome("socks-3", "OrderReserved");
  await shop.system.moveClock(31 * MINUTE_MS);
  const wish = { orderId: "socks-4", lines: [{ sku: "LAST-SOCKS", quantity: 2 }] };
  await shop.outcome("socks-3", "OrderReservationReleased");
  const answer = await shop.reservation.post("/v1/reservations", "reserve socks-4", reservationBody(wish));
  expect(answer.status).toBe(201);
  expect(await stockOf("LAST-SOCKS")).toEqual({ sellable: 1, orderReserved: 2 });
});

test("the ledger shows the same, and nobody disagrees", async () => {
  expect(await shop.auditFailures()).toEqual([]);
  const { body } = await shop.ledger.get("/v1/stock/WOOL-SOCKS");
  expect(body).toMatchObject({ identityHolds: true, network: { total: 97, sellable: 97, orderReserved: 0 } });
});

test("the program that the README shows publishes an order and prints its outcome", async () => {
  await shop.receive("SOCKS", 100);
  const { sellable } = await stockOf("SOCKS");
  const printed = await runReadmeProgram(shop);
  expect(printed).toMatch(/^OrderReserved /);
  expect(printed).toMatch(/quantity: 3/);
  expect((await stockOf("SOCKS")).sellable).toBe(sellable - 3);
});

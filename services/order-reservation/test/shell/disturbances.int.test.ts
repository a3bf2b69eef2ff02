import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { body, eventually, RunningService } from "./running-service.js";

const MINUTE = 60_000;
let shop: RunningService;

beforeAll(async () => {
  shop = await RunningService.start({ instances: 2 });
});
afterAll(() => shop.stop());

/** The first outcomes of every order, by order. */
async function firstOutcomes(): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const { name, value } of await shop.records("stock.reservations.v1")) {
    const isFirst = name === "OrderReserved" || name === "OrderReservationRejected";
    if (isFirst) times.set(String(value.orderId), (times.get(String(value.orderId)) ?? 0) + 1);
  }
  return times;
}

describe("two instances", () => {
  test("the last piece: 200 requests and 200 events for 100 pieces, exactly 100 are reserved", async () => {
    await shop.receive("last", "wuhan", 100);
    const [answers] = await Promise.all([
      Promise.all(
        Array.from({ length: 200 }, (_, i) =>
          shop.http(i % 2).post("/v1/reservations", body(`last-h${i}`, { a: ["last", 1] })),
        ),
      ),
      shop.publish(...Array.from({ length: 200 }, (_, i) => shop.placed(`last-e${i}`, { a: ["last", 1] }))),
    ]);
    await eventually(async () => {
      const [row] = await shop.query<{ decided: string }>(
        "SELECT count(*) AS decided FROM orders WHERE order_id LIKE 'last-%' AND state IN ('RESERVED', 'REJECTED')",
      );
      expect(Number(row?.decided)).toBe(400);
    });
    const [row] = await shop.query<{ reserved: string }>(
      "SELECT count(*) AS reserved FROM orders WHERE order_id LIKE 'last-%' AND state = 'RESERVED'",
    );
    expect(Number(row?.reserved)).toBe(100);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect(await shop.balance("last", "wuhan")).toEqual([0, 100]);
  });

  test("one is killed in mid-slice and comes back: every order is decided once and the books add up", async () => {
    const orders = 3_000;
    await shop.receive("much", "wuhan", 2 * orders);
    const records = Array.from({ length: orders }, (_, i) => shop.placed(`much-${i}`, { a: ["much", 1] }));
    const publishing = shop.publish(...records);
    await eventually(async () => {
      const [row] = await shop.query<{ some: boolean }>(
        "SELECT EXISTS (SELECT FROM orders WHERE order_id LIKE 'much-%') AS some",
      );
      if (!row?.some) throw new Error("nothing is decided yet");
    });
    await shop.system.kill("order-reservation", 0, "SIGKILL");
    await publishing;
    await shop.system.restart("order-reservation", 0);
    await eventually(async () => expect(await shop.balance("much", "wuhan")).toEqual([orders, orders]));
    await eventually(async () => {
      const outcomes = [...(await firstOutcomes())].filter(([orderId]) => orderId.startsWith("much-"));
      expect(outcomes.length).toBe(orders);
      expect(outcomes.filter(([, times]) => times !== 1)).toEqual([]);
    });
  });

  test("a payment that waits unread holds expiry back: it is never paid and released", async () => {
    await shop.receive("late", "wuhan", 50);
    const ids = Array.from({ length: 50 }, (_, i) => `late-${i}`);
    await shop.publish(...ids.map((id) => shop.placed(id, { a: ["late", 1] })));
    await shop.untilStates(Object.fromEntries(ids.map((id) => [id, "RESERVED"])));
    for (const i of [0, 1]) await shop.system.kill("order-reservation", i, "SIGTERM");
    await shop.system.moveClock(31 * MINUTE);
    await shop.publish(...ids.map((id) => shop.paid(id)));
    for (const i of [0, 1]) await shop.system.restart("order-reservation", i, { PAYMENTS_GRACE_SECONDS: "86400" });
    await shop.untilStates(Object.fromEntries(ids.map((id) => [id, "CONFIRMED"])));
    const released = (await shop.records("stock.reservations.v1")).filter(
      ({ name, value }) => name === "OrderReservationReleased" && String(value.orderId).startsWith("late-"),
    );
    expect(released).toEqual([]);
  });
});

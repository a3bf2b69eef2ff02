import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import { body, eventually, RunningService } from "./running-service.js";

const MINUTE = 60_000;
let shop: RunningService;

beforeAll(async () => {
  shop = await RunningService.start();
});
afterAll(() => shop.stop());

describe("orders through Kafka", () => {
  test("the socks: 100 sellable, an order of 3, then 97 and 3; unpaid, 30 minutes later 100 and 0", async () => {
    await shop.receive("socks", "wuhan", 100);
    await shop.publish(shop.placed("socks-1", { a: ["socks", 3] }));
    await shop.untilStates({ "socks-1": "RESERVED" });
    expect(await shop.balance("socks", "wuhan")).toEqual([97, 3]);
    await shop.system.moveClock(30 * MINUTE);
    await shop.untilStates({ "socks-1": "EXPIRED" });
    expect(await shop.balance("socks", "wuhan")).toEqual([100, 0]);
    await eventually(async () =>
      expect(await shop.story("socks-1")).toEqual(["OrderReserved", "OrderReservationReleased"]),
    );
  });

  test("a payment, a shipment: the order is confirmed, its fulfilment requested, then fulfilled", async () => {
    await shop.receive("hat", "wuhan", 2);
    await shop.publish(shop.placed("hat-1", { a: ["hat", 2] }), shop.paid("hat-1"));
    await shop.untilStates({ "hat-1": "CONFIRMED" });
    await eventually(async () => {
      const requests = await shop.records("stock.fulfilments.v1");
      expect(requests.map(({ name, value }) => [name, value.fulfilmentId, value.location])).toEqual([
        ["FulfilmentRequested", "hat-1/1", "wuhan"],
      ]);
    });
    const reference = { type: "order", id: "hat-1", line: "a" } as const;
    const about = { sku: "hat", at: "wuhan", quantity: 2, reference };
    await shop.publish(shop.movement(movementDraft("SHIP", undefined, about)));
    await shop.untilStates({ "hat-1": "FULFILLED" });
    expect(await shop.balance("hat", "wuhan")).toEqual([0, 0]);
  });

  test("facts that come before their order are kept for it", async () => {
    await shop.receive("shoe", "wuhan", 10);
    await shop.publish(shop.paid("early-1"), shop.cancelled("early-2"));
    await shop.publish(shop.cancelled("early-3", [{ lineId: "a", quantity: 1 }]));
    await shop.untilStates({ "early-1": "UNPLACED", "early-2": "UNPLACED", "early-3": "UNPLACED" });
    for (const orderId of ["early-1", "early-2", "early-3"]) {
      await shop.publish(shop.placed(orderId, { a: ["shoe", 2] }));
    }
    await shop.untilStates({ "early-1": "CONFIRMED", "early-2": "CANCELLED", "early-3": "RESERVED" });
    expect(await shop.balance("shoe", "wuhan")).toEqual([7, 3]);
  });

  test("a cancellation by line is applied once, however often its message comes", async () => {
    await shop.receive("belt", "wuhan", 10);
    await shop.publish(shop.placed("belt-1", { a: ["belt", 5], b: ["belt", 1] }));
    const cancellation = shop.cancelled("belt-1", [{ lineId: "a", quantity: 1 }]);
    await shop.publish(cancellation, cancellation);
    await shop.publish(cancellation, shop.cancelled("belt-1", [{ lineId: "b", quantity: 1 }]));
    await eventually(async () => {
      const order = await shop.http().get("/v1/reservations/belt-1");
      expect(order.body.lines.map((line: { cancelled: number }) => line.cancelled)).toEqual([1, 1]);
    });
    expect(await shop.balance("belt", "wuhan")).toEqual([6, 4]);
  });

  test("a movement that comes twice is applied once, and two lines of 60 from 100 are rejected", async () => {
    const reference = { type: "receipt", id: "twice", line: "1" } as const;
    const receipt = shop.movement(
      movementDraft("RECEIPT", "sellable", { sku: "pen", quantity: 100, at: "wuhan", reference }),
    );
    await shop.publish(receipt, receipt);
    await shop.publish(receipt);
    await eventually(async () => expect(await shop.balance("pen", "wuhan")).toEqual([100, 0]));
    await shop.publish(shop.placed("pen-1", { a: ["pen", 60], b: ["pen", 60] }));
    await shop.untilStates({ "pen-1": "REJECTED" });
    expect(await shop.balance("pen", "wuhan")).toEqual([100, 0]);
  });

  test("when the shelf holds less than was promised, the newest unpaid order is shorted", async () => {
    await shop.receive("bag", "wuhan", 4);
    await shop.publish(shop.placed("bag-1", { a: ["bag", 2] }));
    await shop.untilStates({ "bag-1": "RESERVED" });
    await shop.publish(shop.placed("bag-2", { a: ["bag", 2] }));
    await shop.untilStates({ "bag-2": "RESERVED" });
    const reference = { type: "adjustment", id: "count-1" } as const;
    const about = { sku: "bag", quantity: -1, at: "wuhan", reference };
    await shop.publish(shop.movement(movementDraft("COUNT_ADJUST", "sellable", about)));
    await eventually(async () => expect(await shop.balance("bag", "wuhan")).toEqual([0, 3]));
    await eventually(async () => expect(await shop.story("bag-2")).toEqual(["OrderReserved", "OrderShorted"]));
    expect(await shop.state("bag-1")).toBe("RESERVED");
  });

  test("what was sent to fulfilment is asked back when the shelf holds less, and released by the answer", async () => {
    await shop.receive("tie", "wuhan", 2);
    await shop.publish(shop.placed("tie-1", { a: ["tie", 2] }, { payment: "PAID" }));
    await shop.untilStates({ "tie-1": "CONFIRMED" });
    const reference = { type: "adjustment", id: "count-2" } as const;
    const about = { sku: "tie", quantity: -2, at: "wuhan", reference };
    await shop.publish(shop.movement(movementDraft("COUNT_ADJUST", "sellable", about)));
    await eventually(async () => {
      const asked = (await shop.records("stock.fulfilments.v1")).filter((r) => r.name === "FulfilmentCancelRequested");
      expect(asked.map(({ value }) => value.fulfilmentId)).toContain("tie-1/1");
    });
    expect(await shop.balance("tie", "wuhan")).toEqual([-2, 2]);
    const lines = [{ lineId: "a", sku: "tie", quantity: 2 }];
    const answer = { fulfilmentId: "tie-1/1", orderId: "tie-1", location: "wuhan", lines };
    await shop.publish(shop.record("FulfilmentCancelled", answer));
    await shop.untilStates({ "tie-1": "SHORTED" });
    expect(await shop.balance("tie", "wuhan")).toEqual([0, 0]);
  });

  test("own movements read back move the position and nothing else", async () => {
    await eventually(async () => {
      const rows = await shop.query<{ behind: string }>(
        `SELECT count(*) AS behind FROM sku_stream s LEFT JOIN stream_position p
         ON p.sku = s.sku AND p.recorded_by = 'order-reservation' WHERE s.sequence > coalesce(p.contiguous, 0)`,
      );
      expect(Number(rows[0]?.behind)).toBe(0);
    });
    const [sums] = await shop.query<{ open: string; reserved: string }>(
      "SELECT (SELECT sum(open) FROM allocation) AS open, (SELECT sum(order_reserved) FROM stock) AS reserved",
    );
    expect(sums?.open).toBe(sums?.reserved);
  });
});

describe("release on demand", () => {
  test("expired holds never cost a sale, though the sweeper has not come and however many they are", async () => {
    const env = { SWEEP_INTERVAL_MS: "60000", PAYMENTS_GRACE_SECONDS: "0" };
    const unswept = await RunningService.start({ env });
    try {
      await unswept.receive("cap", "wuhan", 1);
      await unswept.http().post("/v1/reservations", body("cap-1", { a: ["cap", 1] }));
      const before = await unswept.http().post("/v1/reservations", body("cap-2", { a: ["cap", 1] }));
      await unswept.system.moveClock(31 * MINUTE);
      const after = await unswept.http().post("/v1/reservations", body("cap-3", { a: ["cap", 1] }));
      expect([before.status, after.status, await unswept.state("cap-1")]).toEqual([409, 201, "EXPIRED"]);
      const many = Array.from({ length: 1_200 }, (_, i) => unswept.placed(`mug-${i}`, { a: ["mug", 1] }));
      await unswept.receive("mug", "wuhan", many.length);
      await unswept.publish(...many);
      await eventually(async () => expect(await unswept.balance("mug", "wuhan")).toEqual([0, many.length]));
      await unswept.system.moveClock(31 * MINUTE);
      const all = await unswept.http().post("/v1/reservations", body("mugs", { a: ["mug", many.length] }));
      expect([all.status, await unswept.balance("mug", "wuhan")]).toEqual([201, [0, many.length]]);
    } finally {
      await unswept.stop();
    }
  });
});

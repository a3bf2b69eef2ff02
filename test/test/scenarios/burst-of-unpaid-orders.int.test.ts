import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { BURST_DEVICES, BURST_NETWORKS, burstOrders } from "../../src/bench/burst-load.js";
import { type BenchOrder, checkoutBody, placedEvent } from "../../src/bench/order-record.js";
import { paymentSucceeded } from "../support/records.js";
import { Scenario } from "../support/scenario.js";

const MINUTE = 60_000;
const PIECES = 2_000;
const ORDERS = 10_000;
const EVENTS_A_BATCH = 500;
const RULE = { windowSeconds: 3_600, perDevice: 5, perIp: 20 };
const TAKEN = BURST_DEVICES * RULE.perDevice;
const PAYING_EACH_WAY = 40;

const burst = burstOrders("burst", "HOT", ORDERS);
const sourceOf = new Map(burst.map((order) => [order.orderId, order]));
const network = ({ ipAddress }: BenchOrder) => ipAddress?.split("::")[0];
/** The same devices and addresses, but these pay. */
const paying = (name: string): BenchOrder[] =>
  burst.slice(0, PAYING_EACH_WAY).map((order, n) => ({ ...order, orderId: `${name}-${n}`, payment: "PAID" }));
const byEvent = paying("by-event");
const atCheckout = paying("at-checkout");

let shop: Scenario;
let taken: string[];
let refused: string[];

beforeAll(async () => {
  shop = await Scenario.open({ services: { "order-reservation": 2, warehouse: 1, ledger: 1 } });
  await shop.receive("HOT", PIECES);
  await shop.reservation.put("/v1/policies/default", { velocity: RULE });
});

afterAll(async () => {
  await shop?.close();
});

const ask = (order: BenchOrder, key = order.orderId) =>
  shop.reservation.post(
    "/v1/reservations",
    key,
    { ...checkoutBody(order), deviceId: order.deviceId, ipAddress: order.ipAddress },
    [409],
  );

function countBy(orderIds: readonly string[], by: (order: BenchOrder) => string | undefined): number[] {
  const counts = new Map<string | undefined, number>();
  for (const orderId of orderIds) {
    const key = by(sourceOf.get(orderId)!);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts.values()];
}

describe("10,000 unpaid orders from 20 devices and five networks for 2,000 pieces, at two instances", () => {
  beforeAll(async () => {
    const events = [...burst];
    // Those who pay come in the midst of it.
    const apart = Math.floor(ORDERS / PAYING_EACH_WAY);
    for (const [n, order] of byEvent.entries()) events.splice((n + 1) * apart, 0, order);
    const publish = async () => {
      for (let at = 0; at < events.length; at += EVENTS_A_BATCH)
        await shop.publish(...events.slice(at, at + EVENTS_A_BATCH).map(placedEvent));
    };
    const [answers] = await Promise.all([Promise.all(atCheckout.map((order) => ask(order))), publish()]);
    expect(answers.map(({ status }) => status)).toEqual(atCheckout.map(() => 201));
    await shop.untilAnswered([...burst, ...byEvent, ...atCheckout].map(({ orderId }) => orderId));
    await shop.untilAllHeard();
    taken = burst.map(({ orderId }) => orderId).filter((orderId) => shop.outcomes(orderId)[0] === "OrderReserved");
    refused = burst.map(({ orderId }) => orderId).filter((orderId) => !taken.includes(orderId));
  });

  test("five of each device and twenty of each network are taken, none more, however many came in one slice", () => {
    expect(taken).toHaveLength(TAKEN);
    expect(countBy(taken, ({ deviceId }) => deviceId)).toEqual(
      Array.from({ length: BURST_DEVICES }, () => RULE.perDevice),
    );
    expect(countBy(taken, network)).toEqual(Array.from({ length: BURST_NETWORKS }, () => RULE.perIp));
  });

  test("the others are refused for nothing but their device or address, and told so", async () => {
    expect(refused).toHaveLength(ORDERS - TAKEN);
    const codes = new Set<string>();
    for (const orderId of refused) {
      const { reasons } = await shop.outcome(orderId, "OrderReservationRejected");
      expect(reasons.length).toBeGreaterThan(0);
      for (const { code, sku, text } of reasons) {
        codes.add(code);
        expect([sku, text]).toEqual([null, expect.stringMatching(/^Too many orders were left unpaid/)]);
      }
    }
    expect([...codes].sort()).toEqual(["DEVICE_VELOCITY", "IP_VELOCITY"]);
  });

  test("whoever pays is served beside them, from the same devices and networks too", async () => {
    for (const { orderId } of [...byEvent, ...atCheckout])
      expect([orderId, shop.outcomes(orderId)]).toEqual([orderId, ["OrderReserved"]]);
    const paid = byEvent.length + atCheckout.length;
    await shop.untilBucket("HOT", "orderReserved", TAKEN + paid);
    await shop.untilBucket("HOT", "sellable", PIECES - TAKEN - paid);
  });

  test("a refused order that is paid after all is served, and other shoppers' unpaid orders are taken", async () => {
    await shop.publish(paymentSucceeded(refused[0]!));
    await shop.outcome(refused[0]!, "OrderReserved");
    const stranger = {
      orderId: "stranger",
      deviceId: "a phone",
      ipAddress: "2001:db8:ffff::1",
      lines: burst[0]!.lines,
    };
    expect((await ask(stranger)).status).toBe(201);
    const [again] = burstOrders("burst", "HOT", 1);
    const next = await ask({ ...again!, orderId: "one-more" });
    expect([next.status, next.body.reasons.map((reason: { code: string }) => reason.code)]).toEqual([
      409,
      ["DEVICE_VELOCITY", "IP_VELOCITY"],
    ]);
  });

  test("when their time is over their pieces can be sold again, and they still count against their devices", async () => {
    const paid = byEvent.length + atCheckout.length + 1;
    await shop.system.moveClock(30 * MINUTE);
    await shop.untilBucket("HOT", "orderReserved", paid);
    await shop.untilBucket("HOT", "sellable", PIECES - paid);
    await shop.untilAllHeard();
    for (const orderId of taken)
      expect((await shop.outcome(orderId, "OrderReservationReleased")).reason).toBe("EXPIRED");
    expect((await ask({ ...burst[0]!, orderId: "after-expiry" })).status).toBe(409);
    await shop.system.moveClock(31 * MINUTE);
    expect((await ask({ ...burst[0]!, orderId: "after-the-window" })).status).toBe(201);
  });

  test("and nobody disagrees about a piece", async () => {
    expect(await shop.auditFailures()).toEqual([]);
  });
});

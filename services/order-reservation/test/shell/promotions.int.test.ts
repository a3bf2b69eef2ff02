import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import { loadWaiting } from "../../src/store/waiting.js";
import { body, eventually, RunningService } from "./running-service.js";

const MINUTE = 60_000;
let shop: RunningService;

beforeAll(async () => {
  shop = await RunningService.start({ instances: 2, env: { PROMOTION_GRACE_SECONDS: "300" } });
});
afterAll(() => shop.stop());

type Policy = "AT_ZERO" | "ON_PROMOTION_ENDED";
interface Item {
  sku: string;
  location: string;
  lockedQuantity: number;
  releasePolicy: Policy;
}
const item = (sku: string, lockedQuantity: number, releasePolicy: Policy = "AT_ZERO"): Item => ({
  sku,
  location: "wuhan",
  lockedQuantity,
  releasePolicy,
});

/** The services' time, which the tests move. */
const now = async (): Promise<number> => {
  const [row] = await shop.query<{ now: number }>("SELECT (extract(epoch FROM septet_now()) * 1000)::float8 AS now");
  return Math.floor(row?.now ?? 0);
};
const scheduled = async (promotionId: string, items: Item[], startsIn = 0, lasts = 60 * MINUTE) => {
  const startsAt = (await now()) + startsIn;
  return shop.record("PromotionScheduled", { promotionId, startsAt, endsAt: startsAt + lasts, items });
};
const ended = (promotionId: string) => shop.record("PromotionEnded", { promotionId });
const wish = async (promotionId: string, items: Item[], lasts = 60 * MINUTE) => {
  const startsAt = await now();
  const times = { startsAt: new Date(startsAt).toISOString(), endsAt: new Date(startsAt + lasts).toISOString() };
  return shop.http().post("/v1/locks", { promotionId, ...times, items });
};
let orders = 0;
const place = (sku: string, pieces: number, promotionId: string | null, more: object = {}) =>
  shop
    .http(orders % 2)
    .post("/v1/reservations", body(`promoted-${orders++}`, { a: [sku, pieces] }, { promotionId, ...more }));
const codeOf = ({ body: { reasons } }: { body: { reasons?: { code: string }[] } }) => reasons?.[0]?.code;
const locked = async (sku: string): Promise<number> => {
  const [row] = await shop.query<{ n: number }>("SELECT sum(locked)::int AS n FROM stock WHERE sku = $1", [sku]);
  return row?.n ?? 0;
};
const untilLocked = (sku: string, pieces: number) => eventually(async () => expect(await locked(sku)).toBe(pieces));
const about = async (sku: string) => {
  const movements = await shop.records("stock.movements.v1");
  const alerts = await shop.records("stock.alerts.v1");
  return {
    kinds: movements
      .filter(({ value }) => value.sku === sku && value.recordedBy === "order-reservation")
      .map(({ value }) => value.kind),
    alerts: alerts.filter(({ value }) => value.sku === sku).map(({ name, value }) => `${name} ${String(value.code)}`),
  };
};

describe("stock set aside from a promotion", () => {
  test("by event: from its start by the database's clock, what there is, and the rest when stock comes", async () => {
    await shop.receive("coat", "wuhan", 3);
    await shop.publish(await scheduled("winter", [item("coat", 5)], 10 * MINUTE));
    await eventually(async () => expect((await shop.http().get("/v1/promotions/winter")).status).toBe(200));
    expect(await locked("coat")).toBe(0);
    await shop.system.moveClock(10 * MINUTE);
    await untilLocked("coat", 3);
    await eventually(async () => expect((await about("coat")).alerts).toEqual(["StockAlertRaised LOCK_INCOMPLETE"]));
    expect((await loadWaiting(shop)).incompleteLocks).toBe(1);
    const reference = { type: "receipt", id: "later", line: "1" } as const;
    const receipt = { sku: "coat", quantity: 10, at: "wuhan", reference };
    await shop.publish(shop.movement(movementDraft("RECEIPT", "sellable", receipt)));
    await untilLocked("coat", 5);
    expect((await shop.balance("coat", "wuhan"))[0]).toBe(8);
    await eventually(async () => expect((await about("coat")).alerts).toContain("StockAlertCleared LOCK_INCOMPLETE"));
    expect((await loadWaiting(shop)).incompleteLocks).toBe(0);
    await shop.publish(ended("winter"));
    await untilLocked("coat", 0);
  });

  test("AT_ZERO: the last piece gives it back after an alert, the quota is gone, and it sells at the normal price", async () => {
    await shop.receive("tent", "wuhan", 100);
    expect((await wish("flash", [item("tent", 20)])).status).toBe(201);
    expect((await place("tent", 79, "flash")).status).toBe(201);
    const larger = await place("tent", 2, "flash");
    expect([codeOf(larger), await locked("tent")]).toEqual(["OUT_OF_STOCK", 20]);
    const last = await place("tent", 1, "flash");
    expect(last.status).toBe(201);
    expect([await locked("tent"), (await shop.balance("tent", "wuhan"))[0]]).toEqual([0, 20]);
    const refused = await place("tent", 1, "flash");
    expect([refused.status, codeOf(refused)]).toEqual([409, "PROMOTION_SOLD_OUT"]);
    expect((await place("tent", 20, null)).status).toBe(201);
    const list = await shop.http().get("/v1/locks?promotionId=flash");
    expect(list.body.items).toMatchObject([{ sku: "tent", state: "SOLD_OUT", sold: 80, locks: [{ locked: 0 }] }]);
    expect((await shop.http().get("/v1/promotions/flash")).body).toMatchObject({ sold: 80 });
    // What is cancelled was not sold, and sells at the normal price only.
    await shop.http().post(`/v1/reservations/${last.body.orderId}/cancel`, {});
    expect((await shop.http().get("/v1/promotions/flash")).body).toMatchObject({ sold: 79 });
    expect(codeOf(await place("tent", 1, "flash"))).toBe("PROMOTION_SOLD_OUT");
    expect((await place("tent", 1, null)).status).toBe(201);
    await eventually(async () => {
      const { kinds, alerts } = await about("tent");
      expect(kinds).toEqual(["LOCK", "RESERVE", "RESERVE", "UNLOCK", "RESERVE", "RELEASE", "RESERVE"]);
      expect(alerts).toEqual(["StockAlertRaised PROMOTION_STOCK_RELEASED"]);
    });
  });

  test("ON_PROMOTION_ENDED: it waits for the end and the grace time, whatever is sold out", async () => {
    await shop.receive("stove", "wuhan", 10);
    await shop.publish(await scheduled("spring", [item("stove", 4, "ON_PROMOTION_ENDED")]));
    await untilLocked("stove", 4);
    expect((await place("stove", 6, "spring", { payment: "PAID" })).status).toBe(201);
    expect(codeOf(await place("stove", 1, "spring"))).toBe("PROMOTION_SOLD_OUT");
    expect(codeOf(await place("stove", 1, null))).toBe("OUT_OF_STOCK");
    await shop.publish(ended("spring"));
    await eventually(async () => {
      expect((await shop.http().get("/v1/promotions/spring")).body.endedAt).not.toBeNull();
    });
    expect(await locked("stove")).toBe(4);
    await shop.system.moveClock(5 * MINUTE);
    await untilLocked("stove", 0);
    expect(codeOf(await place("stove", 1, "spring"))).toBe("PROMOTION_SOLD_OUT");
    expect((await place("stove", 4, null)).status).toBe(201);
  });

  test("two that overlap lose their quotas together, each by its own policy, for a burst over both instances", async () => {
    await shop.receive("lamp", "wuhan", 60);
    await wish("left", [item("lamp", 10)]);
    await wish("right", [item("lamp", 10, "ON_PROMOTION_ENDED")]);
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => place("lamp", 1, i % 2 === 0 ? "left" : "right")),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(40);
    for (const answer of answers) if (answer.status !== 201) expect(codeOf(answer)).toBe("PROMOTION_SOLD_OUT");
    expect([await locked("lamp"), (await shop.balance("lamp", "wuhan"))[0]]).toEqual([10, 10]);
    expect((await place("lamp", 10, null)).status).toBe(201);
    const sold = await shop.http().get("/v1/locks?sku=lamp");
    const pieces = sold.body.items.map((one: { sold: number }) => one.sold);
    expect(pieces.reduce((sum: number, one: number) => sum + one, 0)).toBe(40);
  });

  test("an operator gives a part back; what cannot be set aside is refused with the reason", async () => {
    await shop.receive("mat", "wuhan", 10);
    const answer = await wish("yoga", [item("mat", 6)]);
    const lockId: string = answer.body.items[0].locks[0].lockId;
    const release = (quantity: number | undefined, id = lockId) =>
      shop.http().post(`/v1/locks/${encodeURIComponent(id)}/release`, quantity === undefined ? {} : { quantity });
    expect((await release(2)).body.locks).toMatchObject([{ lockedQuantity: 4, locked: 4 }]);
    expect((await release(5)).body).toMatchObject({
      type: expect.stringContaining("locks-unchanged"),
      code: "NOT_LOCKED",
    });
    expect((await release(undefined)).body.locks).toMatchObject([{ lockedQuantity: 0, locked: 0 }]);
    expect((await release(1, "yoga:mat:nowhere")).status).toBe(404);
    expect((await release(1, "nonsense")).status).toBe(404);
    expect((await wish("ghosts", [item("ghost", 1)])).body).toMatchObject({ code: "UNKNOWN_SKU" });
    expect((await wish("yoga-2", [{ ...item("mat", 1), location: "supplier:acme" }])).status).toBe(400);
    expect((await shop.http(0, ["storefront"]).get("/v1/locks")).status).toBe(403);
  });

  test("what is set aside is listed page by page", async () => {
    for (const sku of ["pen", "ink"]) await shop.receive(sku, "wuhan", 5);
    expect((await wish("office", [item("pen", 1), item("ink", 1)])).status).toBe(201);
    const skusOf = ({ body }: { body: { items: { sku: string }[] } }) => body.items.map(({ sku }) => sku);
    const first = await shop.http().get("/v1/locks?promotionId=office&limit=1");
    const second = await shop.http().get(`/v1/locks?promotionId=office&limit=1&cursor=${first.body.nextCursor}`);
    expect([skusOf(first), skusOf(second), second.body.nextCursor]).toEqual([["ink"], ["pen"], null]);
    expect((await shop.http().get("/v1/locks?cursor=forged")).status).toBe(400);
  });

  test("an operator ends a promotion before its time: each lock goes back by its own policy, and it stays over", async () => {
    for (const sku of ["bow", "tie"]) await shop.receive(sku, "wuhan", 5);
    await wish("gala", [item("bow", 2), item("tie", 2, "ON_PROMOTION_ENDED")]);
    const end = (id: string, roles?: ["storefront"]) => shop.http(1, roles).post(`/v1/promotions/${id}/end`, {});
    const answer = await end("gala");
    expect(answer.status).toBe(200);
    expect(answer.body.items).toMatchObject([
      { sku: "bow", state: "OVER", locks: [{ locked: 0 }] },
      { sku: "tie", state: "OVER", locks: [{ locked: 2 }] },
    ]);
    expect((await end("gala")).body).toEqual(answer.body);
    expect((await wish("gala", [item("bow", 1)])).body).toMatchObject({ code: "PROMOTION_OVER" });
    expect([(await end("nobody's")).status, (await end("gala", ["storefront"])).status]).toEqual([404, 403]);
    await shop.system.moveClock(5 * MINUTE);
    await untilLocked("tie", 0);
  });

  test("a schedule that is over, or asks for a supplier's stock, is put aside, and the rest goes on", async () => {
    await shop.receive("rope", "wuhan", 5);
    await shop.publish(
      await scheduled("bygone", [item("rope", 1)], -20 * MINUTE, 10 * MINUTE),
      await scheduled("others", [{ ...item("rope", 1), location: "supplier:acme" }]),
      await scheduled("fine", [item("rope", 2)]),
    );
    await untilLocked("rope", 2);
    await eventually(async () => {
      const letters = await shop.deadLetters();
      expect(letters.map((letter) => letter.error.code).sort()).toEqual(["PROMOTION_OVER", "UNKNOWN_LOCATION"]);
    });
  });
});

describe("what time brings about while every instance is down", () => {
  test("is done once when they are back: a promotion begins, another is over, a shortage is settled", async () => {
    for (const sku of ["kilt", "clog"]) await shop.receive(sku, "wuhan", 3);
    await shop.publish(await scheduled("highland", [item("kilt", 2)], 10 * MINUTE, 72 * 60 * MINUTE));
    await eventually(async () => expect((await shop.http().get("/v1/promotions/highland")).status).toBe(200));
    await shop.publish(await scheduled("lowland", [item("clog", 2)], 10 * MINUTE, 10 * MINUTE));
    await eventually(async () => expect((await shop.http().get("/v1/promotions/lowland")).status).toBe(200));
    const short = await place("kilt", 4, null, { payment: "PAID", groupLeaderId: "leader-1" });
    const { shortageId } = short.body.shortages[0];
    for (const i of [0, 1]) await shop.system.kill("order-reservation", i);
    await shop.system.moveClock(48 * 60 * MINUTE);
    for (const i of [0, 1]) await shop.system.restart("order-reservation", i);
    const reference = { type: "receipt", id: "new", line: "1" } as const;
    const receipt = { sku: "kilt", quantity: 9, at: "wuhan", reference };
    await shop.publish(shop.movement(movementDraft("RECEIPT", "sellable", receipt)));
    await untilLocked("kilt", 2);
    const told = async (topic: string, name: string, about: (value: Record<string, unknown>) => boolean) =>
      (await shop.records(topic)).filter((one) => one.name === name && about(one.value));
    const settled = () =>
      told("stock.reservations.v1", "OrderShortageSettled", (value) => value.shortageId === shortageId);
    await eventually(async () => expect(await settled()).toMatchObject([{ value: { by: "DEFAULT" } }]));
    await eventually(async () => {
      expect((await shop.http().get("/v1/locks?promotionId=lowland")).body.items).toMatchObject([{ state: "OVER" }]);
    });
    expect((await about("clog")).kinds).toEqual([]);
    // One more look of both sweepers changes nothing.
    await shop.system.moveClock(MINUTE);
    await shop.publish(await scheduled("after", [item("clog", 1)]));
    await untilLocked("clog", 1);
    expect([(await settled()).length, await locked("kilt")]).toEqual([1, 2]);
  });
});

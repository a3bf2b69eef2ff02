import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import { body, eventually, type Lines, RunningService } from "./running-service.js";

const MINUTE = 60_000;
/** So many of everything that is there at all, a figure that no answer may tell. */
const PIECES = 7_919;
let shop: RunningService;

beforeAll(async () => {
  shop = await RunningService.start();
});
afterAll(() => shop.stop());

type Json = Record<string, unknown>;
const put = (scope: string, rules: object) => shop.http().put(`/v1/policies/${encodeURIComponent(scope)}`, rules);
const post = (id: string, lines: Lines, more: Json = {}, headers = {}) =>
  shop.http().post("/v1/reservations", body(id, lines, more), { headers });
const show = async (id: string) => (await shop.http().get(`/v1/reservations/${id}`)).body;
const told = async (name: string, orderId: string): Promise<Json[]> => {
  const records = await shop.records("stock.reservations.v1");
  return records.filter((one) => one.name === name && one.value.orderId === orderId).map(({ value }) => value);
};

describe("synchronous reserve for a checkout: the same engine and the same answers as the events", () => {
  const ANN = { customerId: "ann" };
  const PHONE = { deviceId: "phone", ipAddress: "203.0.113.7" };
  /** Refusals: what is ordered, and why it cannot be had. */
  const REFUSED: [code: string, lines: Lines, more?: Json][] = [
    ["OUT_OF_STOCK", { a: ["tea", PIECES + 1], b: ["cup", 1] }],
    ["OUT_OF_STOCK", { a: ["tea", PIECES], b: ["tea", 1] }],
    ["UNKNOWN_SKU", { a: ["ghost", 1], b: ["tea", 1] }],
    ["SKU_INACTIVE", { a: ["old tea", 1] }],
    ["LIMIT_PER_ORDER", { a: ["cup", 4], b: ["cup", 2] }],
    ["LIMIT_PER_CUSTOMER", { a: ["cup", 2] }, ANN],
    ["UNPAID_ORDER_EXISTS", { a: ["tea", 1] }, { ...ANN, channel: "app" }],
    ["DEVICE_VELOCITY", { a: ["tea", 1] }, PHONE],
  ];

  beforeAll(async () => {
    for (const sku of ["tea", "cup", "old tea"]) await shop.receive(sku, "wuhan", PIECES);
    const listing = { unitPriceMinor: null, currency: null, substitutionGroup: null, parts: null };
    await shop.publish(shop.record("SkuListed", { sku: "old tea", name: "Old tea", active: false, ...listing }));
    await eventually(async () => expect(await shop.query("SELECT 1 FROM sku_listing")).toHaveLength(1));
    await put("sku:cup", { limit: { perCustomerPieces: 5 } });
    await put("channel:app", { unpaidOrder: "REJECT" });
    await put("default", { velocity: { perDevice: 1, perIp: 1 } });
    expect((await post("ann-1", { a: ["cup", 4] }, ANN)).status).toBe(201);
    expect((await post("phone-1", { a: ["tea", 1] }, PHONE)).status).toBe(201);
  });

  test.each(REFUSED.map(([code, ...order], i) => ({ code, order, i })))(
    "an order that is refused for $code hears the same by request, by event, asked again and shown, and no figure",
    async ({ code, order: [lines, more = {}], i }) => {
      const [asked, sent] = [`${code}-${i}-asked`, `${code}-${i}-sent`];
      await shop.publish(shop.placed(sent, lines, { ...more, language: "zh-CN" }));
      const answer = await post(asked, lines, { ...more, language: "zh" });
      const again = await post(asked, lines, { ...more, language: "zh" });
      await shop.untilStates({ [asked]: "REJECTED", [sent]: "REJECTED" });
      expect([answer.status, again.status]).toEqual([409, 409]);
      const { reasons } = answer.body;
      expect(reasons.map((reason: Json) => reason.code)).toContain(code);
      expect(reasons.every((reason: { text: string }) => /\p{Script=Han}/u.test(reason.text))).toBe(true);
      expect(again.body).toEqual(answer.body);
      expect((await show(asked)).reasons).toEqual(reasons);
      expect((await show(sent)).reasons).toEqual(reasons);
      const events = await eventually(async () => {
        const found = await told("OrderReservationRejected", sent);
        expect(found).toHaveLength(1);
        return found;
      });
      expect(events[0]?.reasons).toEqual(reasons.map((reason: Json) => ({ orderId: null, ...reason })));
      expect(JSON.stringify([answer.body, events[0]?.reasons])).not.toMatch(/7919|7918|quantity|pieces/);
    },
  );

  test("an order that is taken is answered and shown alike, and its shopper hears of the unpaid one before", async () => {
    const lines: Lines = { a: ["tea", 2] };
    await shop.publish(shop.placed("ann-sent", lines, ANN));
    await shop.untilStates({ "ann-sent": "RESERVED" });
    const { status, body: asked } = await post("ann-asked", lines, ANN, { "accept-language": "zh" });
    expect([status, asked.warnings[0].text]).toEqual([201, "您还有一笔未付款的订单。"]);
    const [event] = await eventually(async () => {
      const found = await told("OrderReserved", "ann-sent");
      expect(found).toHaveLength(1);
      return found;
    });
    expect(event?.warnings).toMatchObject([{ code: "UNPAID_ORDER_EXISTS", orderId: "ann-1" }]);
    const [shown, sent] = [await show("ann-asked"), await show("ann-sent")];
    expect(shown.lines).toEqual(asked.lines);
    expect(sent.lines).toEqual(shown.lines);
    expect([sent.state, sent.paid, shown.state, shown.paid]).toEqual(["RESERVED", false, "RESERVED", false]);
  });

  test("an address that an operator lets through orders until its day ends, though its orders have expired unpaid", async () => {
    const [{ now }] = (await shop.query("SELECT extract(epoch FROM septet_now()) * 1000 AS now")) as [{ now: string }];
    const allow = { ipAddress: PHONE.ipAddress, note: "an office", until: new Date(Number(now) + 31 * MINUTE) };
    const from = { ipAddress: PHONE.ipAddress };
    expect((await post("office-0", { a: ["tea", 1] }, from)).body.reasons).toMatchObject([{ code: "IP_VELOCITY" }]);
    expect((await shop.http().put("/v1/velocity/allowed", allow)).status).toBe(200);
    expect((await post("office-1", { a: ["tea", 1] }, from)).status).toBe(201);
    await shop.system.moveClock(31 * MINUTE);
    await shop.untilStates({ "phone-1": "EXPIRED", "office-1": "EXPIRED" });
    expect((await post("office-2", { a: ["tea", 1] }, from)).body.reasons).toMatchObject([{ code: "IP_VELOCITY" }]);
    expect((await post("office-3", { a: ["tea", 1] }, { ...from, payment: "PAID" })).status).toBe(201);
    await put("default", {});
  });
});

describe("how long an order is held", () => {
  const heldFor = async (id: string): Promise<number> => {
    const { expiresAt, placedAt } = await show(id);
    return Date.parse(expiresAt) - Date.parse(placedAt);
  };

  test("runs from the decision, never from when the order says that it was placed, and by customer class", async () => {
    await shop.receive("vase", "wuhan", 10);
    await put("default", { unpaidHoldSecondsByClass: { gold: 3_600 } });
    const longAgo = { occurredAt: Date.now() - 24 * 60 * MINUTE };
    await shop.publish(
      shop.placed("old-news", { a: ["vase", 1] }, longAgo),
      shop.placed("gold", { a: ["vase", 1] }, { ...longAgo, customerClass: "gold" }),
    );
    await shop.untilStates({ "old-news": "RESERVED", gold: "RESERVED" });
    expect([await heldFor("old-news"), await heldFor("gold")]).toEqual([30 * MINUTE, 60 * MINUTE]);
    await put("default", {});
    expect(await heldFor("gold")).toBe(60 * MINUTE);
    await shop.system.moveClock(30 * MINUTE);
    await shop.untilStates({ "old-news": "EXPIRED", gold: "RESERVED" });
    await shop.system.moveClock(30 * MINUTE);
    await shop.untilStates({ gold: "EXPIRED" });
  });

  test("is extended once per key; a refusal says until when it may be, or what to do instead, in the language asked for", async () => {
    await post("longer", { a: ["vase", 1] });
    const extend = (seconds: number, key: string) => {
      const options = { idempotencyKey: key, headers: { "accept-language": "zh" } };
      return shop.http().post("/v1/reservations/longer/extend", { seconds }, options);
    };
    const [first, again] = [await extend(600, "longer-1"), await extend(600, "longer-1")];
    expect([first.status, again.status, await heldFor("longer")]).toEqual([200, 200, 40 * MINUTE]);
    const tooLong = await extend(100_000, "longer-2");
    const { placedAt } = await show("longer");
    expect(tooLong.body).toMatchObject({ code: "HELD_TOO_LONG", text: expect.stringMatching(/缩短时间/) });
    expect(Date.parse(tooLong.body.latestExpiresAt) - Date.parse(placedAt)).toBe(120 * MINUTE);
    await shop.publish(shop.paid("longer"));
    await shop.untilStates({ longer: "CONFIRMED" });
    const paid = await extend(60, "longer-3");
    expect([paid.status, paid.body.code, paid.body.state]).toEqual([409, "NOT_HELD", "CONFIRMED"]);
  });
});

describe("a payment that comes after expiry", () => {
  test("tries to reserve again, and shorts the order if it cannot, with remedies, at once", async () => {
    await shop.receive("lamp", "wuhan", 3);
    const line = { lineId: "a", sku: "lamp", quantity: 2, unitPriceMinor: 1_500 };
    const priced = { lines: [line], currency: "CNY" };
    await shop.publish(shop.placed("late-1", {}, priced));
    await shop.untilStates({ "late-1": "RESERVED" });
    await shop.system.moveClock(30 * MINUTE);
    await shop.untilStates({ "late-1": "EXPIRED" });
    expect((await post("quick", { a: ["lamp", 2] })).status).toBe(201);
    await shop.publish(shop.paid("late-1"));
    await shop.untilStates({ "late-1": "CONFIRMED" });
    expect((await show("late-1")).lines[0]).toMatchObject({ reserved: 1, shorted: 1 });
    const [shorted] = await eventually(async () => {
      const found = await told("OrderShorted", "late-1");
      expect(found).toHaveLength(1);
      return found;
    });
    const remedies = [{ kind: "REFUND", refundMinor: 1_500 }];
    expect(shorted).toMatchObject({ cause: "EXPIRED_BEFORE_PAYMENT", lines: [{ shortQuantity: 1, remedies }] });
  });

  test("under ON_PAYMENT nothing is held, and if nothing is left the payment is answered at once with remedies", async () => {
    await shop.receive("ticket", "wuhan", 1);
    await put("sku:ticket", { reserveAt: "ON_PAYMENT" });
    const waits = await post("seat-1", { a: ["ticket", 1] });
    expect([waits.status, waits.body.state, waits.body.lines[0].reserved]).toEqual([202, "AWAITING_PAYMENT", 0]);
    expect((await post("seat-2", { a: ["ticket", 1] }, { payment: "PAID" })).status).toBe(201);
    await shop.publish(shop.paid("seat-1"));
    await shop.untilStates({ "seat-1": "SHORTED" });
    await eventually(async () => {
      const [shorted] = await told("OrderShorted", "seat-1");
      expect(shorted).toMatchObject({ cause: "OUT_OF_STOCK", lines: [{ remedies: [{ kind: "REFUND" }] }] });
    });
  });
});

describe("cancel after fulfilment has been requested", () => {
  const cancel = (id: string, lines?: object[]) => shop.http().post(`/v1/reservations/${id}/cancel`, { lines });
  const answered = (orderId: string, quantity: number) =>
    shop.record("FulfilmentCancelled", {
      ...{ fulfilmentId: `${orderId}/1`, orderId, location: "wuhan" },
      lines: [{ lineId: "a", sku: "desk", quantity }],
    });

  test("asks the warehouse first, and only what it gives back is released; whoever is later loses cleanly", async () => {
    await shop.receive("desk", "wuhan", 4);
    for (const id of ["desk-1", "desk-2"]) await post(id, { a: ["desk", 2] }, { payment: "PAID" });
    for (const id of ["desk-1", "desk-2"]) {
      expect(await cancel(id)).toMatchObject({ status: 202, body: { state: "CONFIRMED", lines: [{ reserved: 2 }] } });
    }
    expect(await shop.balance("desk", "wuhan")).toEqual([0, 4]);
    await shop.publish(answered("desk-1", 2), answered("desk-2", 0));
    await shop.untilStates({ "desk-1": "CANCELLED" });
    expect(await cancel("desk-1")).toMatchObject({ status: 200, body: { state: "CANCELLED" } });
    const reference = { type: "order", id: "desk-2", line: "a" } as const;
    const sent = movementDraft("SHIP", undefined, { sku: "desk", at: "wuhan", quantity: 2, reference });
    await shop.publish(shop.movement(sent));
    await shop.untilStates({ "desk-2": "FULFILLED" });
    expect(await cancel("desk-2")).toMatchObject({
      status: 200,
      body: { state: "FULFILLED", lines: [{ cancelled: 0 }] },
    });
    expect(await shop.balance("desk", "wuhan")).toEqual([2, 0]);
  });

  test("that names a line twice is told which, and nothing is cancelled", async () => {
    const twice = await cancel("desk-1", [
      { lineId: "a", quantity: 1 },
      { lineId: "a", quantity: 1 },
    ]);
    expect([twice.status, twice.body.errors]).toEqual([
      400,
      [{ field: "body.lines[1].lineId", reason: expect.stringMatching(/add its quantities up/) }],
    ]);
  });
});

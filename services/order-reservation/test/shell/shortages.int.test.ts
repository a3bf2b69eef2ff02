import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { OutboundRecord } from "@septet/messaging";
import { movementDraft, type RecordOf } from "@septet/stock-contracts";
import { loadWaiting } from "../../src/store/waiting.js";
import { body, eventually, RunningService } from "./running-service.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let shop: RunningService;

beforeAll(async () => {
  shop = await RunningService.start({ env: { LEADER_NOTICE_SECONDS: "3600" } });
  await shop.http().put("/v1/policies/default", { shortage: { couponMinor: 500 } });
  await shop.publish(listed("red", 1000), listed("blue", 1000), listed("green", 1200), listed("cheap", 100));
  await shop.receive("red", "wuhan", 1);
  for (const sku of ["blue", "green", "cheap"]) await shop.receive(sku, "wuhan", 3);
  await eventually(async () => {
    const listings = await shop.query("SELECT sku FROM sku_listing WHERE substitution_group = 'socks'");
    expect(listings).toHaveLength(4);
  });
});
afterAll(() => shop.stop());

const listed = (sku: string, unitPriceMinor: number, substitutionGroup = "socks"): OutboundRecord =>
  shop.record("SkuListed", {
    ...{ sku, name: sku, unitPriceMinor, currency: "CNY", substitutionGroup, parts: null, active: true },
  });
/** A paid order of red socks, 10.00 each. */
const order = (orderId: string, quantity: number, more: Record<string, unknown> = {}) =>
  body(
    orderId,
    {},
    {
      ...{ payment: "PAID", currency: "CNY", lines: [{ lineId: "a", sku: "red", quantity, unitPriceMinor: 1000 }] },
      ...more,
    },
  );
const buy = (orderId: string, quantity: number, more?: Record<string, unknown>) =>
  shop.http().post("/v1/reservations", order(orderId, quantity, more));
const choice = (orderId: string, choices: RecordOf<"ShortageChoiceMade">["choices"]): OutboundRecord =>
  shop.record("ShortageChoiceMade", { orderId, shortageId: `${orderId}/1`, choices });
const settle = (orderId: string, choices: object[], roles?: Parameters<RunningService["http"]>[1]) =>
  shop.http(0, roles).post(`/v1/shortages/${orderId}/settle`, { shortageId: `${orderId}/1`, choices });
const REFUND = { lineId: "a", kind: "REFUND" };
const told = async (name: string, orderId: string) =>
  (await shop.records("stock.reservations.v1")).filter((one) => one.name === name && one.value.orderId === orderId);
const openShortages = async (query = "") =>
  (await shop.http().get(`/v1/shortages${query}`)).body.items.map((one: { shortageId: string }) => one.shortageId);

describe("a shorted order", () => {
  test("is told with an apology and its remedies, shown until it is settled, and exchanged by the shopper's message", async () => {
    const answer = await buy("s1", 3, { language: "zh-CN" });
    expect(answer.status).toBe(201);
    const remedies = [
      { kind: "REFUND", sku: null, refundMinor: 2000, couponMinor: 500 },
      { kind: "EXCHANGE", sku: "blue", refundMinor: null, couponMinor: 500 },
      { kind: "EXCHANGE", sku: "green", refundMinor: null, couponMinor: 500 },
    ];
    const text = "非常抱歉，您订单中的部分商品已售罄。";
    expect(answer.body.shortages).toMatchObject([{ shortageId: "s1/1", text, settled: false, lines: [{ remedies }] }]);
    await eventually(async () => expect(await told("OrderShorted", "s1")).toHaveLength(1));
    const [shorted] = await told("OrderShorted", "s1");
    expect(shorted?.value).toMatchObject({ shortageId: "s1/1", text, lines: [{ shortQuantity: 2, remedies }] });
    expect(await openShortages()).toContain("s1/1");

    const wish = choice("s1", [{ lineId: "a", kind: "EXCHANGE", sku: "blue" }]);
    await shop.publish(wish, wish);
    await eventually(async () => expect(await told("OrderShortageSettled", "s1")).toHaveLength(1));
    expect((await told("OrderShortageSettled", "s1"))[0]?.value).toMatchObject({
      ...{ shortageId: "s1/1", by: "CUSTOMER" },
      text: "再次为缺货致以歉意，您选择的方案已开始处理。",
      lines: [{ lineId: "a", kind: "EXCHANGE", sku: "blue", refundMinor: null, couponMinor: 500 }],
    });
    expect(await shop.balance("blue", "wuhan")).toEqual([1, 2]);
    const { body: shown } = await shop.http().get("/v1/reservations/s1");
    expect(shown).toMatchObject({
      state: "CONFIRMED",
      lines: [
        { sku: "red", reserved: 1, shorted: 2 },
        { sku: "blue", reserved: 2, replaces: "a" },
      ],
      shortages: [{ settled: true, lines: [{ settled: { kind: "EXCHANGE", sku: "blue", by: "CUSTOMER" } }] }],
    });
    expect(await openShortages()).not.toContain("s1/1");
    // The placement again, and the choice told once more, change nothing.
    expect((await buy("s1", 3)).status).toBe(200);
    await shop.publish(choice("s1", [{ lineId: "a", kind: "EXCHANGE", sku: "blue" }]), shop.cancelled("s1-after"));
    await eventually(async () => expect(await shop.state("s1-after")).toBe("UNPLACED"));
    expect(await shop.balance("blue", "wuhan")).toEqual([1, 2]);
  });

  test("whose replacement is gone is told what is left, by message and over HTTP", async () => {
    await buy("s2", 2);
    const gone = await settle("s2", [{ lineId: "a", kind: "EXCHANGE", sku: "blue" }], ["storefront"]);
    expect(gone.status).toBe(409);
    expect(gone.body).toMatchObject({ code: "REPLACEMENT_GONE", lineId: "a", lines: [{ lineId: "a", sku: "red" }] });
    expect(gone.body.lines[0].remedies.map(({ sku }: { sku: string | null }) => sku)).toEqual([null, "green"]);
    expect(JSON.stringify(gone.body)).not.toMatch(/quantity/i);
    await shop.publish(choice("s2", [{ lineId: "a", kind: "EXCHANGE", sku: "blue" }]));
    await eventually(async () => expect(await told("ShortageChoiceRejected", "s2")).toHaveLength(1));
    const exchanged = await settle("s2", [{ lineId: "a", kind: "EXCHANGE", sku: "green" }], ["storefront"]);
    expect(exchanged).toMatchObject({ status: 200, body: { state: "CONFIRMED" } });
    expect(await shop.balance("green", "wuhan")).toEqual([1, 2]);
  });

  test("is settled by an operator, once; what is not offered or not known is refused", async () => {
    await buy("s3", 1);
    const refusals: [object, number, string | undefined][] = [
      [{ lineId: "a", kind: "EXCHANGE", sku: "cheap" }, 409, "NOT_OFFERED"],
      [{ lineId: "z", kind: "REFUND" }, 409, "UNKNOWN_LINE"],
    ];
    for (const [wish, status, code] of refusals) {
      const refused = await settle("s3", [wish]);
      expect([refused.status, refused.body.code]).toEqual([status, code]);
    }
    expect((await settle("nobody", [REFUND])).status).toBe(404);
    expect((await settle("s3", [REFUND, REFUND])).status).toBe(400);
    expect((await settle("s3", [REFUND], ["operator"])).status).toBe(200);
    expect((await settle("s3", [REFUND], ["operator"])).status).toBe(200);
    await eventually(async () => expect(await told("OrderShortageSettled", "s3")).toHaveLength(1));
    expect((await told("OrderShortageSettled", "s3"))[0]?.value).toMatchObject({
      ...{ by: "OPERATOR", lines: [{ kind: "REFUND", refundMinor: 1000, couponMinor: 500 }] },
    });
  });
});

describe("a replacement", () => {
  test("counts in the limits: beyond what one order may have it is not offered, beyond the customer's it is refused", async () => {
    const prices = { cup: 1000, mug: 1000, jar: 1100, bowl: 1200 };
    for (const [sku, price] of Object.entries(prices)) {
      await shop.publish(listed(sku, price, "cups"));
      await shop.receive(sku, "wuhan", sku === "cup" ? 1 : 9);
    }
    await eventually(async () => {
      const listings = await shop.query("SELECT sku FROM sku_listing WHERE substitution_group = 'cups'");
      expect(listings).toHaveLength(4);
    });
    await shop.http().put("/v1/policies/sku:mug", { limit: { perCustomerPieces: 3 } });
    await shop.http().put("/v1/policies/sku:jar", { limit: { perOrderPieces: 1 } });
    const lines = (sku: string, quantity: number) => [{ lineId: "a", sku, quantity, unitPriceMinor: 1000 }];
    const ofAda = (orderId: string, sku: string, quantity: number) =>
      buy(orderId, 1, { customerId: "ada", lines: lines(sku, quantity) });
    const short = await ofAda("l1", "cup", 3);
    const offered = short.body.shortages[0].lines[0].remedies.flatMap(({ sku }: { sku: string | null }) => sku ?? []);
    expect(offered).toEqual(["mug", "bowl"]);
    expect((await ofAda("l2", "mug", 2)).status).toBe(201);
    const refused = await settle("l1", [{ lineId: "a", kind: "EXCHANGE", sku: "mug" }]);
    expect([refused.status, refused.body.code]).toEqual([409, "LIMIT_PER_CUSTOMER"]);
    expect(refused.body.lines[0].remedies.map(({ sku }: { sku: string | null }) => sku)).toEqual([null, "bowl"]);
    expect((await settle("l1", [{ lineId: "a", kind: "EXCHANGE", sku: "bowl" }])).status).toBe(200);
  });
});

describe("many who choose the last pieces of a replacement at once", () => {
  test("get exactly what there is: each is reserved in the same act or told what is left, and nothing is oversold", async () => {
    await shop.publish(listed("fan", 1000, "fans"), listed("fan-2", 1000, "fans"));
    await shop.receive("fan-2", "wuhan", 3);
    await eventually(async () => {
      const listings = await shop.query("SELECT sku FROM sku_listing WHERE substitution_group = 'fans'");
      expect(listings).toHaveLength(2);
    });
    const lines = [{ lineId: "a", sku: "fan", quantity: 1, unitPriceMinor: 1000 }];
    const ids = Array.from({ length: 8 }, (_, i) => `f${i}`);
    await Promise.all(ids.map((id) => buy(id, 1, { lines })));
    const answers = await Promise.all(ids.map((id) => settle(id, [{ lineId: "a", kind: "EXCHANGE", sku: "fan-2" }])));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    for (const { status, body: answer } of answers) {
      if (status === 200) continue;
      expect([status, answer.code]).toEqual([409, "REPLACEMENT_GONE"]);
      expect(answer.lines[0].remedies).toMatchObject([{ kind: "REFUND" }]);
    }
    expect(await shop.balance("fan-2", "wuhan")).toEqual([0, 3]);
  });
});

describe("shortages of a group leader's orders", () => {
  test("are listed for the leader, page by page, and come in one notice", async () => {
    await buy("g1", 1, { groupLeaderId: "leader-7", language: "zh" });
    for (const id of ["g2", "g3"]) await buy(id, 1, { groupLeaderId: "leader-7" });
    await buy("g4", 1, { groupLeaderId: "leader-8" });
    expect(await openShortages("?groupLeaderId=leader-7")).toEqual(["g1/1", "g2/1", "g3/1"]);
    const first = (await shop.http().get("/v1/shortages?groupLeaderId=leader-7&limit=2")).body;
    expect(first.items.map(({ text }: { text: string }) => text)).toEqual([
      "非常抱歉，您订单中的部分商品已售罄。",
      "We apologise: part of your order is sold out.",
    ]);
    expect(await openShortages(`?groupLeaderId=leader-7&limit=2&cursor=${first.nextCursor}`)).toEqual(["g3/1"]);
    await settle("g2", [REFUND]);
    await shop.system.moveClock(HOUR + 1_000);
    const notices = () =>
      shop.records("stock.reservations.v1").then((all) => all.filter(({ name }) => name === "GroupLeaderNotified"));
    await eventually(async () => expect(await notices()).toHaveLength(2));
    const byLeader = new Map((await notices()).map(({ value }) => [value.groupLeaderId, value.shortages]));
    expect(byLeader.get("leader-7")).toMatchObject([{ shortageId: "g1/1" }, { shortageId: "g3/1" }]);
    expect(byLeader.get("leader-8")).toMatchObject([{ shortageId: "g4/1" }]);
  });
});

describe("what somebody sees to", () => {
  test("escalates no longer, shows who does and since when, and stays on the list until it is settled", async () => {
    await buy("k1", 1);
    const acknowledge = (orderId: string, roles?: Parameters<RunningService["http"]>[1]) =>
      shop.http(0, roles).post(`/v1/shortages/${orderId}/acknowledge`, { shortageId: `${orderId}/1` });
    expect((await acknowledge("k1", ["storefront"])).status).toBe(403);
    expect((await acknowledge("nobody")).status).toBe(404);
    const { status, body: shown } = await acknowledge("k1", ["operator"]);
    expect([status, shown.shortages]).toMatchObject([200, [{ settled: false, acknowledgedAt: expect.any(String) }]]);
    await buy("k2", 1);
    await shop.system.moveClock(HOUR + MINUTE);
    const alerted = async () =>
      (await shop.records("stock.alerts.v1"))
        .filter(({ name }) => name === "StockAlertRaised")
        .map(({ value }) => value.orderId);
    await eventually(async () => expect(await alerted()).toContain("k2"));
    expect(await alerted()).not.toContain("k1");
    const before = await loadWaiting(shop);
    expect(before.unhandledShortageSeconds).toBeGreaterThan(HOUR / 1_000);
    const listed = (await shop.http().get("/v1/shortages")).body.items;
    const by = new Map(listed.map((one: { orderId: string; acknowledgedBy: string | null }) => [one.orderId, one]));
    expect(by.get("k1")).toMatchObject({ acknowledgedAt: shown.shortages[0].acknowledgedAt, acknowledgedBy: "test" });
    expect(by.get("k2")).toMatchObject({ acknowledgedAt: null, acknowledgedBy: null });
    await acknowledge("k2");
    await eventually(async () => {
      const cleared = (await shop.records("stock.alerts.v1")).filter(({ name }) => name === "StockAlertCleared");
      expect(cleared.map(({ value }) => value.orderId)).toContain("k2");
    });
    await eventually(async () =>
      expect((await loadWaiting(shop)).unhandledShortages).toBeLessThan(before.unhandledShortages),
    );
  });
});

describe("what is shorted before it is paid", () => {
  test("is owed from the payment on: who pays late has time to choose, before the next day's dispatch", async () => {
    await shop.receive("late-red", "wuhan", 1);
    const lines = [{ lineId: "a", sku: "late-red", quantity: 1, unitPriceMinor: 1000 }];
    expect((await buy("p1", 1, { payment: "PENDING", lines })).status).toBe(201);
    const reference = { type: "adjustment", id: "count" } as const;
    const lost = { sku: "late-red", quantity: -1, at: "wuhan", reference };
    await shop.publish(shop.movement(movementDraft("COUNT_ADJUST", "sellable", lost)));
    await shop.untilStates({ p1: "SHORTED" });
    expect((await settle("p1", [REFUND])).body.code).toBe("NOT_PAID");
    expect(await openShortages()).not.toContain("p1/1");
    await shop.system.moveClock(48 * HOUR);
    await shop.publish(shop.paid("p1"));
    await eventually(async () => expect(await openShortages()).toContain("p1/1"));
    const [row] = await shop.query<{ later: boolean }>(
      "SELECT decide_by > septet_now() AND due_at = decide_by AS later FROM shortage WHERE order_id = 'p1'",
    );
    expect(row?.later).toBe(true);
    expect((await settle("p1", [REFUND])).body.shortages).toMatchObject([{ lines: [{ settled: { by: "OPERATOR" } }] }]);
  });

  test("a time to choose that ends with the dispatch and not before it is refused", async () => {
    const answer = await shop.http().put("/v1/policies/default", { shortage: { decideMinutesBefore: 0 } });
    expect([answer.status, answer.body.errors[0].field]).toEqual([400, "body.shortage.decideMinutesBefore"]);
  });
});

describe("what nobody settles", () => {
  test("raises an alert after an hour, and is paid back with the coupon before the next day's dispatch", async () => {
    await buy("d1", 2);
    const decideBy = Date.parse((await shop.http().get("/v1/reservations/d1")).body.shortages[0].decideBy);
    const alerts = async (name: string) =>
      (await shop.records("stock.alerts.v1")).filter((one) => one.name === name && one.value.orderId === "d1");
    const now = async () => {
      const [row] = await shop.query<{ ms: number }>("SELECT (extract(epoch FROM septet_now()) * 1000)::float8 AS ms");
      return Math.floor(row?.ms ?? 0);
    };
    expect(await alerts("StockAlertRaised")).toEqual([]);
    await shop.system.moveClock(HOUR + MINUTE);
    await eventually(async () => expect(await alerts("StockAlertRaised")).toHaveLength(1));
    expect(await told("OrderShortageSettled", "d1")).toEqual([]);
    await shop.system.moveClock(decideBy - (await now()) + MINUTE);
    await eventually(async () => expect(await alerts("StockAlertCleared")).toHaveLength(1));
    await eventually(async () => expect(await told("OrderShortageSettled", "d1")).toHaveLength(1));
    expect((await told("OrderShortageSettled", "d1"))[0]?.value).toMatchObject({
      ...{ by: "DEFAULT", lines: [{ lineId: "a", kind: "REFUND", refundMinor: 2000, couponMinor: 500 }] },
    });
    await eventually(async () => expect(await openShortages()).toEqual([]));
  });
});

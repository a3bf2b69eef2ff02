import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { until } from "@septet/local-stack";
import type { RecordOf } from "@septet/stock-contracts";
import { FloorSystem, pathOf, problemOf, WITHIN_MS } from "./floor-system.js";

let floor: FloorSystem;
beforeAll(async () => {
  floor = await FloorSystem.start(2);
});
afterAll(() => floor.stop());

const stocked = async (quantity = 100) => {
  const sku = `S-${randomUUID()}`;
  await floor.clerk().post("/v1/receipts", { location: "WUHAN", lines: [{ sku, quantity }] });
  return sku;
};
const step = (id: string, name: string, body?: unknown, i = 0) => floor.clerk(i).post(pathOf(id, name), body);
const of = <T extends { fulfilmentId: string }>(records: T[], id: string) =>
  records.filter((r) => r.fulfilmentId === id);

describe("handing over", () => {
  test("picked and shipped whole: the goods are gone, each line in a movement of the order, and the tracking is told", async () => {
    const [a, b] = [await stocked(), await stocked()];
    const id = await floor.requested([
      [a, 3],
      [b, 2],
    ]);
    expect((await step(id, "pick")).body).toMatchObject({ state: "PICKING" });
    const shipped = await step(id, "ship", { tracking: "T-1" });
    expect([shipped.status, shipped.body]).toEqual([
      200,
      expect.objectContaining({ state: "SHIPPED", tracking: "T-1" }),
    ]);
    expect(await floor.balance(a)).toEqual({ total: 97, unsellable: 0 });
    await floor.quiet();
    const ships = (await floor.told("StockMovement")).filter(
      (movement) => movement.kind === "SHIP" && movement.sku === a,
    );
    expect(ships).toMatchObject([
      {
        reference: { type: "order", id: id.split("/")[0], line: "1" },
        actor: "test",
        legs: [
          { location: "WUHAN", bucket: "total", delta: -3 },
          { location: "WUHAN", bucket: "orderReserved", delta: -3 },
        ],
      },
    ]);
    expect(of(await floor.told("FulfilmentShipped"), id)).toMatchObject([{ final: true, tracking: "T-1" }]);
  });

  test("shipped in parts: the rest stays open until it ships, is short, or is found damaged", async () => {
    const sku = await stocked();
    const id = await floor.requested([[sku, 10]]);
    await step(id, "pick");
    const part = await step(id, "ship", { lines: [{ lineId: "1", quantity: 4 }], final: false });
    expect(part.body).toMatchObject({ state: "PICKING", lines: [{ shipped: 4, open: 6 }] });
    const lines = [
      { lineId: "1", quantity: 2, cause: "NOT_FOUND" },
      { lineId: "1", quantity: 1, cause: "DAMAGED" },
    ];
    expect((await step(id, "short", { lines })).body).toMatchObject({ state: "PICKING", lines: [{ open: 3 }] });
    expect((await step(id, "ship")).body).toMatchObject({
      state: "SHIPPED",
      lines: [{ shipped: 7, short: 2, damaged: 1 }],
    });
    expect(await floor.balance(sku)).toEqual({ total: 91, unsellable: 1 });
    await floor.quiet();
    expect(of(await floor.told("FulfilmentShipped"), id).map((event) => event.final)).toEqual([false, true]);
    expect(of(await floor.told("FulfilmentShort"), id)).toMatchObject([
      { final: false, lines: [{ reason: "NOT_FOUND" }, { reason: "DAMAGED" }] },
    ]);
  });

  test("the parts of a bundle are one line: they are told apart by their SKUs, and stay so when they are read again", async () => {
    const [socks, cap] = [await stocked(), await stocked()];
    const id = await floor.requested([
      [socks, 4, "1"],
      [cap, 2, "1"],
    ]);
    await step(id, "pick");
    const unnamed = await step(id, "ship", { lines: [{ lineId: "1", quantity: 1 }] });
    expect([unnamed.status, problemOf(unnamed)]).toEqual([422, "unknown-line"]);
    await step(id, "short", { lines: [{ lineId: "1", sku: cap, quantity: 1, cause: "NOT_FOUND" }] });
    await step(id, "ship", { lines: [{ lineId: "1", sku: cap, quantity: 1 }] });
    await floor.tell("FulfilmentCancelRequested", {
      fulfilmentId: id,
      orderId: id.split("/")[0] ?? "",
      location: "WUHAN",
      lines: [
        { lineId: "1", sku: socks, quantity: 2 },
        { lineId: "1", sku: cap, quantity: 1 },
      ],
    });
    const answered = await until("the cancellation is answered", WITHIN_MS, async () =>
      of(await floor.told("FulfilmentCancelled"), id).at(0),
    );
    expect(answered.lines).toMatchObject([
      { lineId: "1", sku: socks, quantity: 2 },
      { lineId: "1", sku: cap, quantity: 0 },
    ]);
    expect((await step(id, "ship")).body).toMatchObject({
      state: "SHIPPED",
      lines: [
        { lineId: "1", sku: socks, shipped: 2, cancelled: 2 },
        { lineId: "1", sku: cap, shipped: 1, short: 1 },
      ],
    });
  });

  test("each refusal has its name and changes nothing", async () => {
    const sku = await stocked();
    const id = await floor.requested([[sku, 3]]);
    const refused = async (name: string, body?: unknown) => {
      const answer = await step(id, name, body);
      return [answer.status, problemOf(answer)];
    };
    expect(await refused("ship")).toEqual([409, "fulfilment-state"]);
    await step(id, "pick");
    expect(await refused("pick")).toEqual([409, "fulfilment-state"]);
    expect(await refused("ship", { lines: [{ lineId: "1", quantity: 4 }] })).toEqual([409, "more-than-open"]);
    expect(await refused("ship", { lines: [{ lineId: "9", quantity: 1 }] })).toEqual([422, "unknown-line"]);
    expect(await refused("ship", { lines: [{ lineId: "1", quantity: 1 }], final: true })).toEqual([
      409,
      "lines-still-open",
    ]);
    expect(await refused("short", { lines: [{ lineId: "1", quantity: 1, cause: "STOLEN" }] })).toEqual([
      400,
      "invalid-request",
    ]);
    const unknown = await step("nobody/1", "ship");
    expect([unknown.status, problemOf(unknown)]).toEqual([404, "unknown-fulfilment"]);
    expect(await floor.balance(sku)).toEqual({ total: 100, unsellable: 0 });
  });

  test("the same key ships once and answers the same, from two instances at once too", async () => {
    const sku = await stocked();
    const id = await floor.requested([[sku, 3]]);
    await step(id, "pick");
    const idempotencyKey = randomUUID();
    const ship = (i: number) => floor.clerk(i).post(pathOf(id, "ship"), { tracking: "T" }, { idempotencyKey });
    const answers = await Promise.all([0, 1, 0, 1, 0, 1].map(ship));
    for (const answer of answers) expect([answer.status, answer.body]).toEqual([200, answers[0]!.body]);
    expect((await floor.balance(sku)).total).toBe(97);
  });

  test("of two clerks with keys of their own, at two instances, one ships", async () => {
    const sku = await stocked(1_000);
    const ids = await Promise.all(Array.from({ length: 20 }, () => floor.requested([[sku, 1]])));
    await Promise.all(ids.map((id) => step(id, "pick")));
    const pairs = await Promise.all(
      ids.map((id) => Promise.all([step(id, "ship", undefined, 0), step(id, "ship", undefined, 1)])),
    );
    for (const pair of pairs) expect(pair.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect((await floor.balance(sku)).total).toBe(980);
  });

  test("what leaves is booked even when the book says less is there, and somebody is told", async () => {
    const sku = `S-${randomUUID()}`;
    const id = await floor.requested([[sku, 3]]);
    await step(id, "pick");
    expect((await step(id, "ship")).status).toBe(200);
    expect((await floor.balance(sku)).total).toBe(-3);
    await floor.quiet();
    const alerts = (await floor.told("StockAlertRaised")).filter(
      (alert) => alert.sku === sku && alert.code === "TOTAL_BELOW_ZERO",
    );
    expect(alerts).toMatchObject([{ code: "TOTAL_BELOW_ZERO", location: "WUHAN", service: "warehouse" }]);
  });

  test("fulfilments are found by state, location, SKU and order, page by page", async () => {
    const sku = await stocked();
    const ids = [
      await floor.requested([[sku, 1]]),
      await floor.requested([[sku, 1]]),
      await floor.requested([[sku, 1]]),
    ];
    await step(ids[1]!, "pick");
    const list = async (query: string) => (await floor.clerk().get(`/v1/fulfilments?${query}`)).body;
    const first = await list(`sku=${sku}&limit=2`);
    const second = await list(`sku=${sku}&limit=2&cursor=${first.nextCursor}`);
    const found = [...first.items, ...second.items].map((item) => item.fulfilmentId);
    expect([found, second.nextCursor]).toEqual([ids, null]);
    expect((await list(`sku=${sku}&state=PICKING`)).items).toMatchObject([
      { fulfilmentId: ids[1], lines: [{ sku, open: 1 }] },
    ]);
    expect((await list(`orderId=${ids[2]!.split("/")[0]}&location=WUHAN`)).items).toHaveLength(1);
    expect((await list(`sku=${sku}&location=BEIJING`)).items).toEqual([]);
    expect((await floor.clerk().get("/v1/fulfilments?state=LOST")).status).toBe(400);
    expect((await floor.clerk().get("/v1/fulfilments/nobody%2F1")).status).toBe(404);
  });
});

describe("cancelling", () => {
  const cancelOf = (id: string, sku: string, quantity: number): RecordOf<"FulfilmentCancelRequested"> => ({
    eventId: randomUUID(),
    occurredAt: Date.now(),
    fulfilmentId: id,
    orderId: id.split("/")[0]!,
    location: "WUHAN",
    lines: [{ lineId: "1", sku, quantity }],
  });
  const answers = async (id: string) => of(await floor.told("FulfilmentCancelled"), id);
  const answered = (id: string, times: number) =>
    until(`${id} is answered`, WITHIN_MS, async () => {
      const all = await answers(id);
      return all.length >= times && all;
    });

  test("a request is answered once with what was open, however often it comes", async () => {
    const sku = await stocked();
    const id = await floor.requested([[sku, 5]]);
    const cancel = cancelOf(id, sku, 2);
    await floor.tellAgain("FulfilmentCancelRequested", cancel, cancel);
    await answered(id, 1);
    await floor.tellAgain("FulfilmentCancelRequested", cancel);
    await floor.quiet();
    expect(await answers(id)).toMatchObject([{ lines: [{ lineId: "1", sku, quantity: 2 }] }]);
    expect((await floor.seen(id)).lines).toMatchObject([{ cancelled: 2, open: 3 }]);
  });

  test("a request that overtakes its fulfilment is answered when that comes", async () => {
    const sku = await stocked();
    const id = `o-${randomUUID()}/1`;
    await floor.tellAgain("FulfilmentCancelRequested", cancelOf(id, sku, 5));
    await floor.quiet();
    expect(await answers(id)).toEqual([]);
    await floor.requested([[sku, 5]], id.split("/")[0]);
    expect(await answered(id, 1)).toMatchObject([{ lines: [{ quantity: 5 }] }]);
    expect((await floor.seen(id)).state).toBe("CANCELLED");
  });

  test("cancelled or shipped, never both: whoever is later loses cleanly", async () => {
    const sku = await stocked(1_000);
    const ids = await Promise.all(Array.from({ length: 40 }, () => floor.requested([[sku, 2]])));
    await Promise.all(ids.map((id) => step(id, "pick")));
    await Promise.all(
      ids.map(async (id, index) => {
        const cancelling = floor.tellAgain("FulfilmentCancelRequested", cancelOf(id, sku, 2));
        if (index % 2 === 0) await cancelling;
        const shipped = await step(id, "ship", undefined, index % 2);
        expect([200, 409]).toContain(shipped.status);
        await cancelling;
      }),
    );
    await floor.quiet();
    const cancelled = new Map(
      (await floor.told("FulfilmentCancelled")).map((event) => [event.fulfilmentId, event.lines[0]!.quantity]),
    );
    let shippedPieces = 0;
    for (const id of ids) {
      const { state, lines } = await floor.seen(id);
      expect({ state, cancelled: cancelled.get(id) }).toEqual(
        lines[0].shipped > 0 ? { state: "SHIPPED", cancelled: 0 } : { state: "CANCELLED", cancelled: 2 },
      );
      shippedPieces += lines[0].shipped;
    }
    expect((await floor.balance(sku)).total).toBe(1_000 - shippedPieces);
  });
});

describe("messages", () => {
  const request = (id: string, sku: string, quantity: number, location = "WUHAN"): RecordOf<"FulfilmentRequested"> => ({
    eventId: randomUUID(),
    occurredAt: Date.now(),
    fulfilmentId: id,
    orderId: id.split("/")[0]!,
    location,
    deliverBy: null,
    lines: [{ lineId: "1", sku, quantity }],
  });

  test("a request told twice is one fulfilment, told with other content it goes to the dead letters", async () => {
    const [sku, id] = [await stocked(), `o-${randomUUID()}/1`];
    await floor.tellAgain("FulfilmentRequested", request(id, sku, 3), request(id, sku, 3), request(id, sku, 4));
    await floor.seen(id);
    await floor.quiet();
    expect((await floor.seen(id)).lines).toMatchObject([{ quantity: 3 }]);
    expect(await floor.deadLetters()).toContain("FULFILMENT_CONFLICT");
  });

  test("what nobody can read or what breaks the contract is put aside, and the messages around it are handled", async () => {
    const [sku, before, bad, after] = [await stocked(), ...["a", "b", "c"].map((n) => `o-${n}-${randomUUID()}/1`)] as [
      string,
      string,
      string,
      string,
    ];
    await floor.tellAgain("FulfilmentRequested", request(before, sku, 1));
    await floor.tellBytes("stock.fulfilments.v1", "x", Buffer.from("nonsense"));
    await floor.tellAgain("FulfilmentRequested", request(bad, sku, 0), request(after, sku, 1));
    await floor.seen(before);
    await floor.seen(after);
    await floor.quiet();
    expect(await floor.deadLetters()).toEqual(expect.arrayContaining(["NOT_AVRO", "CONTRACT_VIOLATION"]));
    expect((await floor.clerk().get(pathOf(bad))).status).toBe(404);
  });

  test("a supplier's fulfilment is left to the supplier", async () => {
    const [sku, theirs, ours] = [await stocked(), `o-${randomUUID()}/1`, `o-${randomUUID()}/1`];
    await floor.tellAgain("FulfilmentRequested", request(theirs, sku, 1, "supplier:acme"), request(ours, sku, 1));
    await floor.seen(ours);
    await floor.quiet();
    expect((await floor.clerk().get(pathOf(theirs))).status).toBe(404);
  });

  test("another service's movement counts once here, with the legs that are ours, whenever it comes", async () => {
    const sku = await stocked(10);
    const arrival = (sequence: number, pieces: number): RecordOf<"StockMovement"> => ({
      eventId: randomUUID(),
      occurredAt: Date.now(),
      movementId: randomUUID(),
      sku,
      kind: "TRANSFER_RECEIVE",
      sequence,
      recordedBy: "transfer",
      reference: { type: "transfer", id: "t1", line: "1" },
      reverses: null,
      reason: null,
      actor: null,
      legs: [
        { location: "BEIJING", bucket: "transferReserved", delta: -pieces },
        { location: "BEIJING", bucket: "inTransit", delta: -pieces },
        { location: "WUHAN", bucket: "total", delta: pieces },
        { location: "WUHAN", bucket: "unsellable", delta: pieces },
      ],
    });
    const [first, second, third] = [arrival(1, 1), arrival(2, 2), arrival(3, 4)];
    await floor.tellAgain("StockMovement", third, first, first);
    await until("both count", WITHIN_MS, async () => (await floor.balance(sku)).total === 15);
    const { positions } = (await floor.sre().get(`/v1/balances?sku=${sku}`)).body;
    expect(positions.transfer[sku]).toEqual({ contiguous: 1, ahead: [[3, 3]] });
    await floor.tellAgain("StockMovement", second, third, first);
    await floor.quiet();
    expect(await floor.balance(sku)).toEqual({ total: 17, unsellable: 7 });
  });

  test("our own movements are read back and counted no second time", async () => {
    const sku = await stocked(10);
    await floor.quiet();
    expect((await floor.balance(sku)).total).toBe(10);
    const rows = await floor.system.query(
      "warehouse",
      "SELECT contiguous::int AS n FROM stream_position WHERE recorded_by = 'warehouse' AND sku = $1",
      [sku],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });
});

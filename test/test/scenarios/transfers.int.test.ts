import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Role, repositoryFolder } from "@septet/local-stack";
import { reservationBody } from "../support/records.js";
import { Scenario } from "../support/scenario.js";
import { BEIJING, Transfers, WUHAN } from "../support/transfers.js";

const HOUR_MS = 3_600_000;

let shop: Scenario;
let transfers: Transfers;

beforeAll(async () => {
  shop = await Scenario.open({ services: { "order-reservation": 1, warehouse: 1, transfer: 1, ledger: 1 } });
  transfers = new Transfers(shop);
  await transfers.begin();
});

afterAll(async () => {
  await shop?.close();
});

const order = (orderId: string, sku: string, quantity: number, expected: number[] = []) => {
  const wish = { orderId, payment: "PAID" as const, lines: [{ sku, quantity }] };
  return shop.reservation.post("/v1/reservations", `reserve ${orderId}`, reservationBody(wish), expected);
};

const iso = (ms: number) => new Date(Date.now() + ms).toISOString();

describe("the book's example, 100 iPhones from Wuhan to Beijing", () => {
  test("reads exactly so, number by number, at every step", async () => {
    // total / bookTotal / sellable / transferReserved / inTransit
    await shop.receive("IPHONE", 300, WUHAN);
    await transfers.shows("IPHONE", {
      wuhan: [300, 300, 300, 0, 0],
      beijing: [0, 0, 0, 0, 0],
      network: [300, 300, 300, 0, 0],
    });
    expect(await transfers.otherBuckets("IPHONE")).toEqual([0, 0, 0]);

    const id = await transfers.reserved("IPHONE", 100);
    const wish = { orderId: "book-250", lines: [{ sku: "IPHONE", quantity: 250 }] };
    const refused = await shop.reservation.post("/v1/reservations", "book-250", reservationBody(wish), [409]);
    expect(refused.status).toBe(409);
    expect(JSON.stringify(refused.body)).toContain("OUT_OF_STOCK");
    await transfers.shows("IPHONE", {
      wuhan: [300, 300, 200, 100, 0],
      beijing: [0, 0, 0, 0, 0],
      network: [300, 300, 200, 100, 0],
    });
    expect(await transfers.otherBuckets("IPHONE")).toEqual([0, 0, 0]);

    await transfers.step(id, "dispatch");
    await transfers.shows("IPHONE", {
      wuhan: [200, 300, 200, 100, 100],
      beijing: [0, 0, 0, 0, 0],
      network: [200, 300, 200, 100, 100],
    });
    expect(await transfers.otherBuckets("IPHONE")).toEqual([0, 0, 0]);

    await transfers.step(id, "receive");
    await transfers.shows("IPHONE", {
      wuhan: [200, 200, 200, 0, 0],
      beijing: [100, 100, 100, 0, 0],
      network: [300, 300, 300, 0, 0],
    });
    expect(await transfers.otherBuckets("IPHONE")).toEqual([0, 0, 0]);
    expect((await transfers.transfer(id)).state).toBe("CLOSED");
    await shop.untilBucket("IPHONE", "sellable", 100, BEIJING);
    expect((await order("book-beijing", "IPHONE", 100)).status).toBe(201);
  });
});

describe("the source answers", () => {
  test("rejected when it can spare nothing, in part when it can spare some; all or nothing on demand", async () => {
    await shop.receive("SCARCE", 6, WUHAN);
    const whole = await transfers.request("SCARCE", 10, { allowPartial: false });
    expect(await transfers.reaches(whole, "REJECTED")).toMatchObject({ pieces: { rejected: 10, reserved: 0 } });
    const part = await transfers.reserved("SCARCE", 10);
    expect(await transfers.transfer(part)).toMatchObject({ pieces: { reserved: 6, rejected: 4, held: 6 } });
    const none = await transfers.request("SCARCE", 1);
    await transfers.reaches(none, "REJECTED");
    await transfers.shows("SCARCE", { wuhan: [6, 6, 0, 6, 0] });
    expect((await transfers.step(none, "dispatch")).body.code).toBe("NOTHING_RESERVED");
  });

  test("a draft asks for nothing until it is sent", async () => {
    await shop.receive("DRAFTED", 5, WUHAN);
    const id = await transfers.request("DRAFTED", 5, { draft: true });
    expect((await transfers.transfer(id)).state).toBe("DRAFT");
    expect((await transfers.step(id, "dispatch")).body.code).toBe("STILL_A_DRAFT");
    await transfers.step(id, "request");
    await transfers.reaches(id, "RESERVED");
    expect((await transfers.step(id, "request")).body.code).toBe("NOT_A_DRAFT");
    await transfers.shows("DRAFTED", { wuhan: [5, 5, 0, 5, 0] });
  });
});

describe("cancelling", () => {
  test("before dispatch gives everything back, and it can be sold again", async () => {
    await shop.receive("BACK", 10, WUHAN);
    const id = await transfers.reserved("BACK", 10);
    expect((await order("back-early", "BACK", 1, [201])).body).toMatchObject({ lines: expect.anything() });
    const cancelled = await transfers.step(id, "cancel", { reason: "not needed" });
    expect(cancelled.body).toMatchObject({ state: "CANCELLED", pieces: { cancelled: 10, held: 0 } });
    await shop.untilBucket("BACK", "sellable", 10, WUHAN);
    expect((await order("back-late", "BACK", 9)).status).toBe(201);
    expect((await transfers.step(id, "cancel")).body.code).toBe("NOTHING_TO_CALL_OFF");
    expect((await transfers.step(id, "dispatch")).body.code).toBe("NOTHING_RESERVED");
  });

  test("before the source has answered: what it reserves then is given back at once", async () => {
    await shop.receive("RACED", 10, WUHAN);
    const id = await transfers.request("RACED", 10);
    await transfers.step(id, "cancel");
    await transfers.shows("RACED", { wuhan: [10, 10, 10, 0, 0] });
    await shop.untilBucket("RACED", "sellable", 10, WUHAN);
    expect((await transfers.transfer(id)).state).toBe("CANCELLED");
  });

  test("partly dispatched: the rest is given back, and what is under way becomes a return to Wuhan", async () => {
    await shop.receive("TURNED", 10, WUHAN);
    const id = await transfers.reserved("TURNED", 10);
    await transfers.dispatch(id, 4);
    const called = await transfers.step(id, "cancel");
    expect(called.body).toMatchObject({ state: "RETURNING", pieces: { cancelled: 6, underWay: 4 } });
    await transfers.shows("TURNED", { wuhan: [6, 10, 6, 4, 4] });
    expect((await transfers.dispatch(id, 1)).body.code).toBe("CALLED_BACK");
    const back = await transfers.receive(id, { sellable: 3, damaged: 1 });
    expect(back.body).toMatchObject({ state: "CLOSED", pieces: { received: 4, returned: 4, damaged: 1 } });
    await transfers.shows("TURNED", { wuhan: [10, 10, 9, 0, 0], beijing: [0, 0, 0, 0, 0], unsellable: [1, 0] });
  });

  test("a return asked for turns round what is under way, and only that can", async () => {
    await shop.receive("ASKED", 5, WUHAN);
    const id = await transfers.reserved("ASKED", 5);
    expect((await transfers.step(id, "return")).body.code).toBe("NOTHING_UNDER_WAY");
    await transfers.step(id, "dispatch");
    expect((await transfers.step(id, "return")).body.state).toBe("RETURNING");
    await transfers.step(id, "receive");
    await transfers.shows("ASKED", { wuhan: [5, 5, 5, 0, 0], beijing: [0, 0, 0, 0, 0] });
  });
});

describe("under way", () => {
  test("several shipments and several receipts: sellable, damaged and lost, in parts", async () => {
    await shop.receive("PARTS", 20, WUHAN);
    const id = await transfers.reserved("PARTS", 20);
    await transfers.dispatch(id, 12, { shipmentId: "truck-1" });
    await transfers.dispatch(id, 5, { shipmentId: "truck-2" });
    expect((await transfers.dispatch(id, 4)).body.code).toBe("MORE_THAN_RESERVED");
    await transfers.shows("PARTS", { wuhan: [3, 20, 0, 20, 17] });
    await transfers.receive(id, { sellable: 6, damaged: 2 });
    await transfers.shows("PARTS", { wuhan: [3, 12, 0, 12, 9], beijing: [8, 8, 6, 0, 0], unsellable: [0, 2] });
    const rest = await transfers.receive(id, { sellable: 8, lost: 1 });
    expect(rest.body).toMatchObject({ state: "RECEIVED", pieces: { received: 16, lost: 1, held: 3 } });
    await transfers.dispatch(id, 3);
    expect((await transfers.step(id, "lose")).body.state).toBe("CLOSED");
    await transfers.shows("PARTS", { wuhan: [0, 0, 0, 0, 0], beijing: [16, 16, 14, 0, 0], unsellable: [0, 2] });
  });

  test("not found or found damaged before dispatch: it leaves the promise, and the count or the sellable stock", async () => {
    await shop.receive("BEFORE", 10, WUHAN);
    const id = await transfers.reserved("BEFORE", 10);
    const lines = [
      { lineId: "1", quantity: 3, cause: "NOT_FOUND" },
      { lineId: "1", quantity: 2, cause: "DAMAGED" },
    ];
    const short = await transfers.step(id, "short", { lines });
    expect(short.body).toMatchObject({ state: "RESERVED", pieces: { short: 3, damagedBeforeDispatch: 2, held: 5 } });
    await transfers.shows("BEFORE", { wuhan: [7, 7, 0, 5, 0], unsellable: [2, 0] });
    await transfers.step(id, "dispatch");
    await transfers.step(id, "receive");
    await transfers.shows("BEFORE", { wuhan: [2, 2, 0, 0, 0], beijing: [5, 5, 5, 0, 0] });
  });

  test("goods are visible per SKU, source, destination and age until they arrive", async () => {
    await shop.receive("SEEN", 9, WUHAN);
    const id = await transfers.reserved("SEEN", 9, { expectedAt: iso(48 * HOUR_MS) });
    await transfers.dispatch(id, 4, { shipmentId: "first", tracking: "T-1" });
    await transfers.dispatch(id, 5, { shipmentId: "second", expectedAt: iso(72 * HOUR_MS) });
    const view = async (query: string) => (await shop.transfer.get(`/v1/in-transit?${query}`)).body.items;
    expect(await view(`sku=SEEN&source=${WUHAN}&destination=${BEIJING}`)).toMatchObject([
      { sku: "SEEN", quantity: 4, shipmentId: "first", tracking: "T-1", transferId: id, lineId: "1", overdue: false },
      { sku: "SEEN", quantity: 5, shipmentId: "second", source: WUHAN, destination: BEIJING },
    ]);
    expect(await view(`sku=SEEN&destination=${WUHAN}`)).toEqual([]);
    expect(await view("sku=SEEN&olderThanHours=1")).toEqual([]);
    await transfers.receive(id, { sellable: 6 });
    expect(await view("sku=SEEN")).toMatchObject([{ quantity: 3, shipmentId: "second" }]);
    await transfers.receive(id, { sellable: 3 });
    expect(await view("sku=SEEN")).toEqual([]);
  });
});

describe("more arriving than was dispatched", () => {
  test("of goods that have not left is refused until their departure is told", async () => {
    await shop.receive("EARLY-A", 2, WUHAN);
    await shop.receive("EARLY-B", 3, WUHAN);
    const lines = [
      { sku: "EARLY-A", quantity: 2 },
      { sku: "EARLY-B", quantity: 3 },
    ];
    const id = await transfers.reserved("", 0, { lines });
    await transfers.dispatch(id, 2);
    const arrived = [
      { lineId: "1", sellable: 2 },
      { lineId: "2", sellable: 3 },
    ];
    const early = await transfers.step(id, "receive", { lines: arrived });
    expect([early.status, early.body.code]).toEqual([409, "NOTHING_DISPATCHED"]);
    await transfers.step(id, "dispatch");
    expect((await transfers.step(id, "receive", { lines: arrived })).body.state).toBe("CLOSED");
    await transfers.shows("EARLY-B", { wuhan: [0, 0, 0, 0, 0], beijing: [3, 3, 3, 0, 0], network: [3, 3, 3, 0, 0] });
  });

  test("is a receipt, sellable and damaged, once", async () => {
    await shop.receive("MORE", 10, WUHAN);
    const id = await transfers.reserved("MORE", 5);
    await transfers.step(id, "dispatch");
    const body = { arrivalId: "dock-7", lines: [{ lineId: "1", sellable: 7, damaged: 1 }] };
    expect((await transfers.step(id, "receive", body)).body).toMatchObject({
      state: "CLOSED",
      pieces: { received: 5, surplus: 3 },
    });
    expect((await transfers.step(id, "receive", body)).status).toBe(200);
    await transfers.shows("MORE", {
      wuhan: [5, 5, 5, 0, 0],
      beijing: [8, 8, 7, 0, 0],
      unsellable: [0, 1],
    });
    const { body: history } = await shop.ledger.get("/v1/stock/MORE/movements");
    const receipts = history.items.filter(
      (one: { reference: { id: string } }) => one.reference.id === `transfer:${id}/dock-7`,
    );
    expect(receipts.map((one: { kind: string }) => one.kind)).toEqual(["RECEIPT", "RECEIPT"]);
  });

  test("found again after it was given up, and after a return: a receipt where it turns up", async () => {
    await shop.receive("FOUND", 10, WUHAN);
    const id = await transfers.reserved("FOUND", 10);
    await transfers.step(id, "dispatch");
    await transfers.step(id, "lose", { lines: [{ lineId: "1", quantity: 4 }], reason: "the truck burnt" });
    await transfers.shows("FOUND", { wuhan: [0, 6, 0, 6, 6] });
    await transfers.step(id, "return");
    await transfers.receive(id, { sellable: 6 });
    await transfers.shows("FOUND", { wuhan: [6, 6, 6, 0, 0] });
    // Without a name it might be what Wuhan has told already.
    const unnamed = await transfers.receive(id, { sellable: 3 }, { location: BEIJING });
    expect([unnamed.status, unnamed.body.code]).toEqual([409, "ARRIVAL_WITHOUT_NAME"]);
    await transfers.receive(id, { sellable: 3 }, { location: BEIJING, arrivalId: "found-in-beijing" });
    await transfers.receive(id, { damaged: 1 }, { arrivalId: "found-in-wuhan" });
    await transfers.shows("FOUND", { wuhan: [7, 7, 6, 0, 0], beijing: [3, 3, 3, 0, 0], unsellable: [1, 0] });
    expect((await transfers.transfer(id)).pieces).toMatchObject({ lost: 4, surplus: 4, received: 6 });
  });
});

describe("an overdue arrival", () => {
  test("raises one alert when its time passes, and clears it when the goods have come", async () => {
    await shop.receive("LATE", 5, WUHAN);
    const id = await transfers.reserved("LATE", 5, { expectedAt: iso(24 * HOUR_MS) });
    await transfers.dispatch(id, 5, { shipmentId: "slow" });
    await shop.system.moveClock(25 * HOUR_MS);
    const alertId = `TRANSFER_OVERDUE/${id}/slow`;
    const alert = await shop.alert("TRANSFER_OVERDUE", (one) => one.alertId === alertId);
    expect(alert).toMatchObject({ service: "transfer", location: BEIJING, details: { transferId: id } });
    const { body: old } = await shop.transfer.get("/v1/in-transit?sku=LATE&olderThanHours=25&overdue=true");
    expect(old.items).toMatchObject([{ transferId: id, shipmentId: "slow", quantity: 5, overdue: true }]);
    await transfers.receive(id, { sellable: 5 });
    await shop.cleared(alertId);
    expect(shop.alerts("TRANSFER_OVERDUE").filter((one) => one.alertId === alertId)).toHaveLength(1);
  });
});

test("the demonstration stock shows a transfer under way, however often it is put in", async () => {
  const { demonstrate } = await import(pathToFileURL(join(repositoryFolder, "scripts/demonstration.mjs")).href);
  const { urls, kafkaBrokers, registryUrl, topicPrefix } = shop.system;
  const token = (roles: readonly Role[], subject: string) => shop.system.token(roles, { subject });
  const platform = { urls, kafkaBrokers, registryUrl, topicPrefix, token };
  await demonstrate(platform);
  await demonstrate(platform);
  const { body } = await shop.transfer.get("/v1/in-transit?sku=IPHONE");
  expect(body.items).toMatchObject([{ source: "wuhan", destination: "beijing", quantity: 100, overdue: false }]);
});

test("afterwards nobody disagrees", async () => {
  expect(await shop.auditFailures()).toEqual([]);
  const { body } = await shop.ledger.get("/v1/audit");
  expect(body.services.map((one: { service: string }) => one.service)).toContain("transfer");
});

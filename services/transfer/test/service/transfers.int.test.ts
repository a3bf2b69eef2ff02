import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { until } from "@septet/local-stack";
import { aSku, problemOf, TransferSystem, WITHIN_MS } from "./transfer-system.js";

let transfers: TransferSystem;
beforeAll(async () => {
  transfers = await TransferSystem.start(2);
});
afterAll(() => transfers.stop());

const ofTransfer = <T extends { transferId: string }>(records: T[], id: string) =>
  records.filter((record) => record.transferId === id);

describe("a transfer", () => {
  test("is requested, reserved, dispatched and received whole: every piece in a movement of its line", async () => {
    const sku = aSku();
    const id = await transfers.reserved([[sku, 10]]);
    expect(await transfers.balance(sku)).toEqual({ transferReserved: 10, inTransit: 0 });
    const dispatched = await transfers.step(id, "dispatch", { tracking: "T-1" });
    expect([dispatched.status, dispatched.body.state]).toEqual([200, "DISPATCHED"]);
    expect(await transfers.balance(sku)).toEqual({ transferReserved: 10, inTransit: 10 });
    const received = await transfers.step(id, "receive");
    expect([received.status, received.body.state]).toEqual([200, "CLOSED"]);
    expect(await transfers.balance(sku)).toEqual({ transferReserved: 0, inTransit: 0 });
    await transfers.quiet();
    const movements = (await transfers.told("StockMovement")).filter((movement) => movement.sku === sku);
    expect(movements.map(({ kind, reference }) => [kind, reference])).toEqual([
      ["TRANSFER_RESERVE", { type: "transfer", id, line: "1" }],
      ["TRANSFER_DISPATCH", { type: "transfer", id, line: "1" }],
      ["TRANSFER_RECEIVE", { type: "transfer", id, line: "1" }],
    ]);
    const states = ofTransfer(await transfers.told("TransferLineChanged"), id).map(({ state, version }) => [
      state,
      version,
    ]);
    expect(states).toEqual([
      ["REQUESTED", 1],
      ["RESERVED", 2],
      ["DISPATCHED", 3],
      ["CLOSED", 4],
    ]);
  });

  test("is refused in part by its source: the rest goes its way", async () => {
    const [a, b] = [aSku(), aSku()];
    const id = await transfers.created([
      [a, 10],
      [b, 5],
    ]);
    await transfers.promise(id, "1", a, 6);
    await transfers.refuse(id, "1", a, 4);
    await transfers.refuse(id, "2", b, 5);
    const reserved = await transfers.reaches(id, "RESERVED");
    expect(reserved.lines).toMatchObject([
      { lineId: "1", state: "RESERVED", reserved: 6, rejected: 4, held: 6 },
      { lineId: "2", state: "REJECTED", reserved: 0, rejected: 5, held: 0 },
    ]);
  });

  test("called off before its source has answered gives back what is promised only later, at once", async () => {
    const sku = aSku();
    const id = await transfers.created([[sku, 10]]);
    expect((await transfers.step(id, "cancel")).body.state).toBe("CANCELLED");
    await transfers.promise(id, "1", sku, 10);
    await until("it was given back", WITHIN_MS, async () => {
      const given = (await transfers.told("StockMovement")).filter((movement) => movement.sku === sku);
      return given.some((movement) => movement.kind === "TRANSFER_CANCEL");
    });
    expect(await transfers.balance(sku)).toEqual({ transferReserved: 0, inTransit: 0 });
    expect(await transfers.transfer(id)).toMatchObject({ state: "CANCELLED", pieces: { cancelled: 10, withdrawn: 0 } });
  });
});

describe("what happens once", () => {
  test("a dispatch sent twice with one key, and told by two clerks under one shipmentId", async () => {
    const sku = aSku();
    const id = await transfers.reserved([[sku, 10]]);
    const body = { shipmentId: "truck-1", lines: [{ lineId: "1", quantity: 4 }] };
    const key = randomUUID();
    const answers = await Promise.all([
      transfers.step(id, "dispatch", body, { key }),
      transfers.step(id, "dispatch", body, { key, i: 1 }),
      transfers.step(id, "dispatch", body),
      transfers.step(id, "dispatch", body, { i: 1 }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await transfers.balance(sku)).toEqual({ transferReserved: 10, inTransit: 4 });
    const other = await transfers.step(id, "dispatch", { ...body, lines: [{ lineId: "1", quantity: 5 }] });
    expect([other.status, problemOf(other)]).toEqual([409, "shipment-conflict"]);
  });
});

describe("messages", () => {
  test("answers told twice, the refusal before the promise, and our own movements read back count once", async () => {
    const sku = aSku();
    const id = await transfers.created([[sku, 10]]);
    const base = { occurredAt: Date.now(), transferId: id, lineId: "1", sku, source: "WUHAN", quantity: 4 };
    const refusal = { eventId: randomUUID(), ...base, code: "OUT_OF_STOCK" };
    await transfers.tell("TransferReservationRejected", refusal, refusal);
    await transfers.promise(id, "1", sku, 6);
    await transfers.reaches(id, "RESERVED");
    const [promise] = (await transfers.told("StockMovement")).filter((movement) => movement.sku === sku);
    await transfers.tell("StockMovement", promise!, promise!);
    await transfers.tell("TransferReservationRejected", refusal);
    await transfers.step(id, "dispatch");
    await transfers.quiet();
    expect(await transfers.balance(sku)).toEqual({ transferReserved: 6, inTransit: 6 });
    expect((await transfers.transfer(id)).pieces).toMatchObject({ reserved: 6, rejected: 4, dispatched: 6 });
    const positions = (await transfers.system.http("transfer", 0, ["sre"]).get(`/v1/balances?sku=${sku}`)).body
      .positions;
    expect(positions["order-reservation"][sku]).toEqual({ contiguous: 1, ahead: [] });
  });

  test("pieces promised to a transfer that nobody knows are given back at once", async () => {
    const sku = aSku();
    await transfers.promise("nobody's", "1", sku, 7);
    await transfers.quiet();
    const kinds = (await transfers.told("StockMovement")).flatMap((movement) =>
      movement.sku === sku ? movement.kind : [],
    );
    expect(kinds).toEqual(["TRANSFER_RESERVE", "TRANSFER_CANCEL"]);
    expect(await transfers.balance(sku)).toEqual({ transferReserved: 0, inTransit: 0 });
  });

  test("what nobody can read is put aside, and the messages around it are handled", async () => {
    const sku = aSku();
    const id = await transfers.created([[sku, 1]]);
    await transfers.tellBytes("stock.transfers.v1", sku, Buffer.from("nonsense"));
    await transfers.refuse(id, "1", sku, 1);
    await transfers.reaches(id, "REJECTED");
    await transfers.quiet();
    expect(await transfers.deadLetters()).toEqual(["NOT_AVRO"]);
  });

  test("a service killed in the middle of it goes on where it was", async () => {
    const skus = Array.from({ length: 40 }, aSku);
    const id = await transfers.created(skus.map((sku): [string, number] => [sku, 2]));
    const answers = skus.map((sku, index) => transfers.promise(id, String(index + 1), sku, 2));
    await Promise.all([transfers.system.kill("transfer", 1), ...answers]);
    await transfers.system.restart("transfer", 1);
    expect((await transfers.reaches(id, "RESERVED")).pieces).toMatchObject({ reserved: 80, held: 80 });
    await transfers.step(id, "dispatch", undefined, { i: 1 });
    await transfers.step(id, "receive", undefined, { i: 1 });
    await transfers.quiet();
    const moved = (await transfers.told("StockMovement")).filter((movement) => movement.reference.id === id);
    expect(moved).toHaveLength(3 * skus.length);
  });
});

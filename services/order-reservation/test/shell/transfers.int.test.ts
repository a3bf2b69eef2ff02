import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { eventually, RunningService } from "./running-service.js";

let shop: RunningService;

beforeAll(async () => {
  shop = await RunningService.start({ instances: 2 });
});
afterAll(() => shop.stop());

const request = (transferId: string, sku: string, quantity: number) =>
  shop.record("TransferReservationRequested", {
    transferId,
    lineId: "1",
    sku,
    source: "wuhan",
    destination: "beijing",
    quantity,
    allowPartial: true,
  });

const promised = async (sku: string): Promise<number[]> => {
  const movements = await shop.records("stock.movements.v1");
  return movements.flatMap(({ value }) => {
    const { kind, sku: moved, legs } = value as { kind: string; sku: string; legs: { delta: number }[] };
    return kind === "TRANSFER_RESERVE" && moved === sku ? [Math.abs(legs[0]!.delta)] : [];
  });
};

describe("transfers that ask for pieces", () => {
  test("the last pieces go to orders or to transfers, never to both, and a request told twice counts once", async () => {
    await shop.receive("phone", "wuhan", 100);
    const orders = Array.from({ length: 60 }, (_, i) => shop.placed(`phone-${i}`, { a: ["phone", 1] }));
    const transfers = Array.from({ length: 20 }, (_, i) => request(`t${i}`, "phone", 4));
    await shop.publish(...orders.flatMap((order, i) => [order, ...(i % 3 === 0 ? [transfers[i / 3]!] : [])]));
    await shop.publish(...transfers);
    await eventually(async () => {
      const answers = await shop.query<{ n: string }>("SELECT count(*) AS n FROM orders WHERE state <> 'UNPLACED'");
      expect(Number(answers[0]?.n)).toBe(60);
      expect((await shop.balance("phone", "wuhan"))[0]).toBe(0);
    });
    const [, ordered] = await shop.balance("phone", "wuhan");
    await eventually(async () => {
      const pieces = (await promised("phone")).reduce((sum, quantity) => sum + quantity, 0);
      const records = await shop.records("stock.transfers.v1");
      const refused = records.filter(({ name }) => name === "TransferReservationRejected").map(({ value }) => value);
      expect(pieces + ordered).toBe(100);
      expect(pieces + refused.reduce((sum, { quantity }) => sum + Number(quantity), 0)).toBe(80);
    });
  });

  test("a request that breaks the contract is put aside, the rest goes on", async () => {
    await shop.receive("case", "wuhan", 5);
    await shop.publish(request("broken", "case", 0), request("whole", "case", 2));
    await eventually(async () => expect(await promised("case")).toEqual([2]));
    await eventually(async () => {
      const letters = await shop.deadLetters();
      expect(letters.map((letter) => letter.origin.topic)).toEqual(["stock.transfers.v1"]);
    });
  });
});

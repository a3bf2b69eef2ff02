import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import { eventually, RunningService } from "./running-service.js";

const MIB = 1024 * 1024;
let shop: RunningService;

beforeAll(async () => {
  shop = await RunningService.start();
  await shop.receive("socks", "wuhan", 100);
});
afterAll(() => shop.stop());

describe("messages that cannot be handled", () => {
  test("each ends where it belongs, and the orders around them are handled", async () => {
    const topic = "upstream.orders.v1";
    await shop.publish(
      shop.placed("good-1", { a: ["socks", 1] }),
      { topic, key: "noise", value: Buffer.from("not avro at all") },
      shop.placed("zero", { a: ["socks", 0] }),
      shop.placed("good-2", { a: ["socks", 1] }),
      shop.placed("empty", {}),
      shop.placed("unknown", { a: ["never listed", 1] }),
      { topic, key: "nothing", value: null },
      shop.placed("good-3", { a: ["socks", 1] }),
    );
    await shop.publish(shop.placed("huge", { a: ["socks", 1] }, { customerId: "x".repeat(8 * MIB) }));
    await shop.publish(shop.placed("good-4", { a: ["socks", 1] }));
    await shop.untilStates({
      "good-1": "RESERVED",
      "good-2": "RESERVED",
      "good-3": "RESERVED",
      "good-4": "RESERVED",
      zero: "REJECTED",
      empty: "REJECTED",
      unknown: "REJECTED",
      huge: "REJECTED",
    });
    expect(await shop.balance("socks", "wuhan")).toEqual([96, 4]);
    await eventually(async () => {
      const letters = await shop.deadLetters();
      // A send that fails half way is sent again as a whole: a message may lie there twice, and is put aside each time.
      const codes = new Map(letters.map(({ key, error }) => [key, error.code]));
      expect([...codes].sort()).toEqual([
        ["empty", "CONTRACT_VIOLATION"],
        ["huge", "MESSAGE_TOO_LARGE"],
        ["noise", "NOT_AVRO"],
        ["nothing", "EMPTY"],
        ["zero", "CONTRACT_VIOLATION"],
      ]);
      expect(letters.find(({ key }) => key === "huge")?.value?.length).toBeGreaterThan(8 * MIB);
      expect(letters.find(({ key }) => key === "noise")?.value?.toString()).toBe("not avro at all");
    });
    const reasonsOf = async (orderId: string) =>
      (await shop.http().get(`/v1/reservations/${orderId}`)).body.reasons.map((r: { code: string }) => r.code);
    expect(await reasonsOf("zero")).toEqual(["INVALID_ORDER"]);
    expect(await reasonsOf("huge")).toEqual(["INVALID_ORDER"]);
    expect(await reasonsOf("unknown")).toEqual(["UNKNOWN_SKU"]);
  });

  test("another order under a decided id is put aside, and the first stands", async () => {
    await shop.publish(shop.placed("taken", { a: ["socks", 1] }));
    await shop.publish(shop.placed("taken", { a: ["socks", 2] }), shop.placed("taken", { a: ["socks", 0] }));
    await eventually(async () => {
      const letters = (await shop.deadLetters()).filter(({ key }) => key === "taken");
      expect(letters.map(({ error }) => error.code).sort()).toEqual(["CONTRACT_VIOLATION", "ORDER_CONFLICT"]);
    });
    expect(await shop.state("taken")).toBe("RESERVED");
    await eventually(async () => expect(await shop.story("taken")).toEqual(["OrderReserved"]));
  });

  test("a movement that takes more from promises than there are is put aside alone and leaves its gap", async () => {
    const reference = { type: "order", id: "nobody", line: "a" } as const;
    const ship = movementDraft("SHIP", undefined, { sku: "socks", at: "wuhan", quantity: 90, reference });
    await shop.publish(shop.movement(ship), shop.placed("beside", { a: ["socks", 1] }));
    await shop.untilStates({ beside: "RESERVED" });
    await eventually(async () => {
      const letters = await shop.deadLetters();
      expect(letters.filter(({ key }) => key === "socks").map(({ error }) => error.code)).toEqual(["UNEXPECTED"]);
    });
    const [, reserved] = await shop.balance("socks", "wuhan");
    expect(reserved).toBe(6);
  });
});

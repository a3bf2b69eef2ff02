import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { forgetPhysical, PHYSICAL_LOG_KEEP_DAYS } from "../../src/store/physical-log.js";
import { FloorSystem, pathOf } from "../service/floor-system.js";

let floor: FloorSystem;
beforeAll(async () => {
  floor = await FloorSystem.start();
});
afterAll(() => floor.stop());

const logged = (sku: string) =>
  floor.system.query<{ kind: string; recorded_by: string; total: number; unsellable: number; told_later: boolean }>(
    "warehouse",
    `SELECT kind, recorded_by, total::int AS total, unsellable::int AS unsellable, told_later FROM physical_entry
     WHERE sku = $1 ORDER BY recorded_by, sequence`,
    [sku],
  );

test("whatever changes what lies here is noted with the book, be it told by a clerk or by another service", async () => {
  const clerk = floor.clerk();
  await clerk.post("/v1/receipts", {
    location: "WUHAN",
    lines: [{ sku: "LAMP", quantity: 10, unsellableQuantity: 1 }],
  });
  const fulfilment = await floor.requested([["LAMP", 4]]);
  await clerk.post(pathOf(fulfilment, "pick"), {});
  await clerk.post(pathOf(fulfilment, "ship"), { lines: [{ lineId: "1", quantity: 3 }] });
  await clerk.post(pathOf(fulfilment, "short"), { lines: [{ lineId: "1", quantity: 1, cause: "DAMAGED" }] });
  const dispatch = {
    eventId: "m-1",
    movementId: "m-1",
    occurredAt: Date.now(),
    sku: "LAMP",
    kind: "TRANSFER_DISPATCH",
    sequence: 1,
    recordedBy: "transfer",
    reference: { type: "transfer", id: "t1", line: "1" },
    reverses: null,
    reason: null,
    actor: null,
    legs: [
      { location: "WUHAN", bucket: "total", delta: -2 },
      { location: "WUHAN", bucket: "inTransit", delta: 2 },
    ],
  };
  await floor.tellAgain("StockMovement", dispatch, dispatch);
  await floor.quiet();
  expect(await floor.balance("LAMP")).toEqual({ total: 5, unsellable: 2 });
  const own = { recorded_by: "warehouse", told_later: false };
  expect(await logged("LAMP")).toEqual([
    { kind: "TRANSFER_DISPATCH", recorded_by: "transfer", total: -2, unsellable: 0, told_later: true },
    { ...own, kind: "RECEIPT", total: 9, unsellable: 0 },
    { ...own, kind: "RECEIPT", total: 1, unsellable: 1 },
    { ...own, kind: "SHIP", total: -3, unsellable: 0 },
    { ...own, kind: "PICK_DAMAGE", total: 0, unsellable: 1 },
  ]);
});

test("entries are forgotten once no count can ask for them any more", async () => {
  await floor.clerk().post("/v1/receipts", { location: "WUHAN", lines: [{ sku: "OLD", quantity: 3 }] });
  await floor.clerk().post("/v1/receipts", { location: "WUHAN", lines: [{ sku: "NEW", quantity: 3 }] });
  const age = (sku: string, days: number) =>
    floor.system.query(
      "warehouse",
      "UPDATE physical_entry SET occurred_at = now() - $2 * interval '1 day' WHERE sku = $1",
      [sku, days],
    );
  await age("OLD", PHYSICAL_LOG_KEEP_DAYS + 0.01);
  await age("NEW", PHYSICAL_LOG_KEEP_DAYS - 0.01);
  const session = {
    query: <T>(sql: string, values?: readonly unknown[]) =>
      floor.system.query<T>("warehouse", sql, [...(values ?? [])]),
  };
  // The service's own clean-up may have come first: what counts is what is left.
  await forgetPhysical(session as Parameters<typeof forgetPhysical>[0], 5_000);
  expect([(await logged("OLD")).length, (await logged("NEW")).length]).toEqual([0, 1]);
});

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import { body, eventually, RunningService } from "./running-service.js";

let shop: RunningService;

beforeAll(async () => {
  shop = await RunningService.start();
});
afterAll(() => shop.stop());

const listed = (sku: string, active: boolean) =>
  shop.record("SkuListed", {
    sku,
    name: sku,
    unitPriceMinor: null,
    currency: null,
    substitutionGroup: null,
    parts: null,
    active,
  });

const defined = (location: string, active: boolean, version: number) =>
  shop.record("LocationDefined", {
    location,
    kind: "WAREHOUSE",
    name: location,
    region: null,
    attachedTo: null,
    active,
    version,
  });

const reasonsFor = async (orderId: string, sku: string): Promise<string[]> => {
  const answer = await shop.http().post("/v1/reservations", body(orderId, { a: [sku, 1] }));
  return (answer.body.reasons ?? []).map((reason: { code: string }) => reason.code);
};

describe("catalogue, locations and the warehouse", () => {
  test("a listed SKU is known, a withdrawn one is not sold", async () => {
    await shop.publish(listed("scarf", true), listed("glove", false));
    await eventually(async () => {
      const [row] = await shop.query<{ n: string }>("SELECT count(*) AS n FROM sku_listing");
      expect(Number(row?.n)).toBe(2);
    });
    expect(await reasonsFor("l1", "scarf")).toEqual(["OUT_OF_STOCK"]);
    expect(await reasonsFor("l2", "glove")).toEqual(["SKU_INACTIVE"]);
    expect(await reasonsFor("l3", "mitten")).toEqual(["UNKNOWN_SKU"]);
  });

  test("a location that is closed sells nothing, and an older definition does not open it", async () => {
    await shop.receive("boot", "harbin", 5);
    await shop.publish(defined("harbin", false, 2), defined("harbin", true, 1), defined("xian", true, 1));
    await eventually(async () => {
      const rows = await shop.query<{ location: string; active: boolean }>(
        "SELECT location, active FROM location ORDER BY location",
      );
      expect(rows).toEqual([
        { location: "harbin", active: false },
        { location: "xian", active: true },
      ]);
    });
    expect(await reasonsFor("c1", "boot")).toEqual(["OUT_OF_STOCK"]);
  });

  test("pieces not found at picking are sent from elsewhere, and shorted when there are none", async () => {
    await shop.receive("coat", "wuhan", 3);
    await shop.receive("coat", "beijing", 1);
    await shop.publish(shop.placed("coat-1", { a: ["coat", 3] }, { payment: "PAID" }));
    await shop.untilStates({ "coat-1": "CONFIRMED" });
    const reference = { type: "order", id: "coat-1", line: "a" } as const;
    const about = { sku: "coat", at: "wuhan", quantity: 2, reference };
    await shop.publish(shop.movement(movementDraft("PICK_SHORT", undefined, about)));
    await eventually(async () => {
      const order = await shop.http().get("/v1/reservations/coat-1");
      expect(order.body.lines[0]).toMatchObject({
        reserved: 2,
        shorted: 1,
        allocations: [
          { location: "wuhan", quantity: 1, fulfilmentId: "coat-1/1" },
          { location: "beijing", quantity: 1, fulfilmentId: "coat-1/2" },
        ],
      });
    });
    await eventually(async () =>
      expect(await shop.story("coat-1")).toEqual(["OrderReserved", "OrderReserved", "OrderShorted"]),
    );
  });

  test("every route of the table is described", async () => {
    const { body: document } = await shop.http().get("/openapi.json");
    expect(Object.keys(document.paths).sort()).toEqual([
      "/v1/balances",
      "/v1/cart-holds",
      "/v1/cart-holds/{cartId}",
      "/v1/locks",
      "/v1/locks/{lockId}/release",
      "/v1/policies",
      "/v1/policies/{scope}",
      "/v1/promotions/{promotionId}",
      "/v1/promotions/{promotionId}/end",
      "/v1/reservations",
      "/v1/reservations/{orderId}",
      "/v1/reservations/{orderId}/cancel",
      "/v1/reservations/{orderId}/extend",
      "/v1/reservations/{orderId}/move",
      "/v1/shortages",
      "/v1/shortages/{orderId}/acknowledge",
      "/v1/shortages/{orderId}/settle",
      "/v1/velocity/allowed",
      "/v1/velocity/allowed/{source}",
      "/v1/velocity/lookup",
      "/v1/velocity/refused",
      "/v1/velocity/refused/{source}/unblock",
      "/v1/velocity/unblock",
    ]);
  });
});

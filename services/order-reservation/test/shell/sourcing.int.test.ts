import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { body, eventually, RunningService } from "./running-service.js";

let shop: RunningService;

beforeAll(async () => {
  shop = await RunningService.start();
});
afterAll(() => shop.stop());

const put = (scope: string, rules: object) => shop.http().put(`/v1/policies/${encodeURIComponent(scope)}`, rules);

describe("where orders are taken from", () => {
  test("goes by the strategy of the channel and the distances of the region, set while trading goes on", async () => {
    await shop.receive("kite", "beijing", 5);
    await shop.receive("kite", "wuhan", 5);
    expect((await put("channel:app", { sourcing: "DISTANCE" })).status).toBe(200);
    expect((await put("region:south", { distancesKm: { wuhan: 120, beijing: 1_900 } })).status).toBe(200);
    expect((await put("region:north", { distancesKm: { wuhan: 1_100, beijing: 40 } })).status).toBe(200);
    const order = async (id: string, channel: string, region: string, pieces: number) => {
      const more = { channel, region };
      const answer = await shop.http().post("/v1/reservations", body(id, { k: ["kite", pieces] }, more));
      return answer.body.lines[0].allocations.map((part: { location: string; quantity: number }) => [
        part.location,
        part.quantity,
      ]);
    };
    expect(await order("south", "app", "south", 2)).toEqual([["wuhan", 2]]);
    expect(await order("north", "app", "north", 2)).toEqual([["beijing", 2]]);
    expect(await order("web", "web", "south", 1)).toEqual([["beijing", 1]]);
    expect(await order("split", "app", "south", 4)).toEqual([
      ["wuhan", 3],
      ["beijing", 1],
    ]);
  });

  test("safety stock of a channel is kept from others, by event and by HTTP", async () => {
    await shop.receive("drum", "wuhan", 10);
    expect((await put("channel:vip", { safetyStock: { at: { wuhan: { pieces: 6 } } } })).status).toBe(200);
    await shop.publish(shop.placed("drum-1", { d: ["drum", 5] }), shop.placed("drum-2", { d: ["drum", 4] }));
    await shop.untilStates({ "drum-1": "REJECTED", "drum-2": "RESERVED" });
    const order = (id: string, channel: string) =>
      shop.http().post("/v1/reservations", body(id, { d: ["drum", 6] }, { channel }));
    expect((await order("drum-3", "web")).body.reasons).toMatchObject([{ code: "OUT_OF_STOCK" }]);
    expect((await order("drum-4", "vip")).status).toBe(201);
    expect(await shop.balance("drum", "wuhan")).toEqual([0, 10]);
  });

  test("a share counts what the channel's orders and carts hold, until it is given back", async () => {
    await shop.receive("flute", "hankou", 20);
    const rules = { stockShare: { everywhere: 25 }, reserveAt: "ON_CART" };
    expect((await put("channel:market", rules)).status).toBe(200);
    const order = (id: string, pieces: number, channel = "market") =>
      shop.http().post("/v1/reservations", body(id, { f: ["flute", pieces] }, { channel }));
    const cart = { cartId: "fc", sku: "flute", channel: "market" };
    expect((await shop.http().post("/v1/cart-holds", { ...cart, quantity: 2 })).status).toBe(200);
    expect((await order("flute-1", 4)).status).toBe(409);
    expect((await order("flute-2", 3)).status).toBe(201);
    expect((await shop.http().post("/v1/cart-holds", { ...cart, quantity: 3 })).status).toBe(409);
    expect((await order("flute-3", 15, "web")).status).toBe(201);
    await shop.http().post("/v1/reservations/flute-2/cancel", {});
    expect((await order("flute-4", 3)).status).toBe(201);
  });

  test("what is beyond the channel's share is not offered in place of what lacks", async () => {
    const listing = { unitPriceMinor: 1000, currency: "CNY", substitutionGroup: "scarves", parts: null, active: true };
    const listed = (sku: string) => shop.record("SkuListed", { sku, name: sku, ...listing });
    await shop.publish(listed("scarf-a"), listed("scarf-b"));
    for (const sku of ["scarf-a", "scarf-b"]) await shop.receive(sku, "hankou", 4);
    await eventually(async () => {
      const listings = await shop.query("SELECT sku FROM sku_listing WHERE substitution_group = 'scarves'");
      expect(listings).toHaveLength(2);
    });
    await put("channel:market", { stockShare: { everywhere: 25 } });
    const buy = async (id: string, sku: string, quantity: number, channel: string) => {
      const lines = [{ lineId: "s", sku, quantity, unitPriceMinor: 1000 }];
      const more = { payment: "PAID", currency: "CNY", channel, lines };
      return (await shop.http().post("/v1/reservations", body(id, {}, more))).body;
    };
    const remediesOf = (answer: { shortages: { lines: { remedies: { kind: string; sku: string | null }[] }[] }[] }) =>
      answer.shortages[0]?.lines[0]?.remedies.map(({ kind, sku }) => sku ?? kind);
    expect(remediesOf(await buy("scarf-1", "scarf-a", 2, "market"))).toEqual(["REFUND", "scarf-b"]);
    expect((await buy("scarf-2", "scarf-b", 1, "market")).state).toBe("CONFIRMED");
    expect(remediesOf(await buy("scarf-3", "scarf-a", 1, "market"))).toEqual(["REFUND"]);
  });

  test("what a channel keeps or shares is said for a channel alone", async () => {
    const rules = { safetyStock: { everywhere: { pieces: 1 } }, stockShare: { everywhere: 101 } };
    const answer = await put("region:south", { ...rules, stockShare: { everywhere: 100 } });
    expect(answer.status).toBe(400);
    const fieldsOf = ({ body }: typeof answer) => body.errors.map(({ field }: { field: string }) => field);
    expect(fieldsOf(answer)).toEqual(["body.safetyStock", "body.stockShare"]);
    expect(fieldsOf(await put("channel:vip", rules))).toEqual(["body.stockShare.everywhere"]);
  });

  test("a strategy that there is not, and a distance below 0, are refused with their field", async () => {
    const answer = await put("default", { sourcing: "RANDOM", distancesKm: { wuhan: -1 } });
    expect(answer.status).toBe(400);
    const fields = answer.body.errors.map(({ field }: { field: string }) => field);
    expect(fields).toEqual(["body.sourcing", "body.distancesKm.wuhan"]);
  });
});

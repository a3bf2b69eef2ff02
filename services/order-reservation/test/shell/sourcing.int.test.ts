import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { body, RunningService } from "./running-service.js";

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

  test("a strategy that there is not, and a distance below 0, are refused with their field", async () => {
    const answer = await put("default", { sourcing: "RANDOM", distancesKm: { wuhan: -1 } });
    expect(answer.status).toBe(400);
    const fields = answer.body.errors.map(({ field }: { field: string }) => field);
    expect(fields).toEqual(["body.sourcing", "body.distancesKm.wuhan"]);
  });
});

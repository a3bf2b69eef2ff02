import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { keepVelocity } from "../../src/velocity-keeping.js";
import { body, eventually, RunningService } from "./running-service.js";

const MINUTE = 60_000;
let shop: RunningService;

beforeAll(async () => {
  shop = await RunningService.start({ instances: 2 });
  await shop.receive("sneaker", "wuhan", 10_000);
  await shop.http().put("/v1/policies/default", { velocity: { windowSeconds: 7_200, perDevice: 3, perIp: 10 } });
  // The first one judged makes the key: two instances that do so at the same moment make two, which both count.
  await post("first-of-all", { deviceId: "phone-0" });
});
afterAll(() => shop.stop());

const post = (id: string, more: object, instance = 0) =>
  shop.http(instance).post("/v1/reservations", body(id, { a: ["sneaker", 1] }, { ...more }));
const count = async (like: string, state: string) => {
  const sql = "SELECT count(*)::int AS n FROM orders WHERE order_id LIKE $1 AND state = $2";
  const [row] = await shop.query<{ n: number }>(sql, [like, state]);
  return row?.n;
};
const session = { query: <T>(sql: string, params?: readonly unknown[]) => shop.query<T>(sql, [...(params ?? [])]) };
const hashesInCounters = () => shop.query("SELECT id FROM counter WHERE id LIKE 'device:%' OR id LIKE 'ip:%'");
const lookup = async (named: object) => (await shop.http().post("/v1/velocity/lookup", named)).body;

describe("unpaid orders of one device", () => {
  test("in a burst over events and requests and both instances: three are taken; paid ones pass", async () => {
    const more = { deviceId: "phone-1" };
    const events = Array.from({ length: 30 }, (_, i) => shop.placed(`b-e${i}`, { a: ["sneaker", 1] }, more));
    const paid = { ...more, payment: "PAID" as const };
    const paying = Array.from({ length: 5 }, (_, i) => shop.placed(`p-e${i}`, { a: ["sneaker", 1] }, paid));
    const requests = Array.from({ length: 30 }, (_, i) => post(`b-h${i}`, more, i % 2));
    await Promise.all([shop.publish(...events, ...paying), ...requests]);
    await eventually(async () => {
      expect([await count("b-%", "RESERVED"), await count("b-%", "REJECTED")]).toEqual([3, 57]);
      expect(await count("p-%", "CONFIRMED")).toBe(5);
    });
    const refused = await post("b-last", more);
    expect(refused.body.reasons).toEqual([
      { lineId: null, sku: null, code: "DEVICE_VELOCITY", text: expect.any(String) },
    ]);
  });

  test("are shown to operators as a hash, and forgotten when they say so", async () => {
    const { body: list } = await shop.http().get("/v1/velocity/refused");
    expect(list.items).toMatchObject([{ source: expect.stringMatching(/^device:/), orders: 58 }]);
    const found = await lookup({ deviceId: "phone-1" });
    expect(found).toMatchObject({ source: list.items[0].source, unpaidOrders: 3, blocked: true, allowed: false });
    const path = `/v1/velocity/refused/${encodeURIComponent(found.source)}/unblock`;
    expect((await shop.http().post(path, {})).status).toBe(200);
    expect((await post("again", { deviceId: "phone-1" })).status).toBe(201);
    expect((await shop.http().get("/v1/velocity/refused")).body.items).toEqual([]);
    const unknown = await shop.http().post("/v1/velocity/refused/device:nobody/unblock", {});
    expect(unknown.status).toBe(409);
  });
});

describe("a device that goes on while the key rotates with the window", () => {
  const unblock = (path: string, named: object) => shop.http().post(`/v1/velocity/${path}`, named);

  test("is counted under both keys, refused, looked up, and forgotten whole, by name or by either hash", async () => {
    const [old] = await shop.query<{ id: number }>("SELECT max(id) AS id FROM velocity_key WHERE NOT lasting");
    await shop.system.moveClock(119 * MINUTE);
    const turning = { deviceId: "phone-turning" };
    const named = { deviceId: "phone-named" };
    for (const [i, more] of [turning, turning, turning, turning, named, named, named].entries()) {
      await post(`before-${i}`, more);
    }
    const [{ source: oldHash }] = (await shop.http().get("/v1/velocity/refused")).body.items.filter(
      (item: { orders: number }) => item.orders === 1,
    );
    await shop.system.moveClock(2 * MINUTE);
    await keepVelocity(session, 1_000);
    const [young] = await shop.query<{ id: number }>("SELECT max(id) AS id FROM velocity_key WHERE NOT lasting");
    expect(young?.id).toBeGreaterThan(old?.id ?? 0);
    expect((await post("turned", turning)).body.reasons).toMatchObject([{ code: "DEVICE_VELOCITY" }]);
    expect(await lookup(turning)).toMatchObject({ unpaidOrders: 3, blocked: true });
    // The newer hash, the older one, and the name stand for the same device.
    expect((await unblock(`refused/${encodeURIComponent(oldHash)}/unblock`, {})).status).toBe(200);
    for (const i of [1, 2, 3]) expect((await post(`turned-${i}`, turning)).status).toBe(201);
    expect((await post("turned-4", turning)).status).toBe(409);
    expect(await lookup(named)).toMatchObject({ unpaidOrders: 3, blocked: true });
    const forgotten = await unblock("unblock", named);
    expect([forgotten.status, forgotten.body.source]).toEqual([200, (await lookup(named)).source]);
    expect(await lookup(named)).toMatchObject({ unpaidOrders: 0, blocked: false, orderIds: [] });
    expect((await unblock("unblock", named)).status).toBe(409);
    expect((await unblock("unblock", { ...named, ipAddress: "203.0.113.9" })).status).toBe(400);
  });
});

describe("an address", () => {
  test("of IPv6 counts by its /64; an operator lets it through until a day", async () => {
    const from = (i: number) => ({ ipAddress: `2001:db8:0:7::${i.toString(16)}` });
    const statuses: number[] = [];
    for (let i = 1; i <= 11; i++) statuses.push((await post(`six-${i}`, from(i))).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 201), 409]);
    expect((await post("other-net", { ipAddress: "2001:db8:0:8::1" })).status).toBe(201);
    const allow = {
      ipAddress: "2001:db8:0:7::99",
      until: new Date(Date.now() + 86_400_000).toISOString(),
      note: "office",
    };
    const over = { ...allow, until: new Date(Date.now() - 86_400_000).toISOString() };
    const refused = await shop.http().put("/v1/velocity/allowed", over);
    expect([refused.status, refused.body.errors?.[0].field]).toEqual([400, "body.until"]);
    const allowed = await shop.http().put("/v1/velocity/allowed", allow);
    expect(allowed.status).toBe(200);
    expect((await post("six-12", from(12))).status).toBe(201);
    expect(await lookup({ ipAddress: "2001:db8:0:7::1" })).toMatchObject({ allowed: true, blocked: false });
    const path = `/v1/velocity/allowed/${encodeURIComponent(allowed.body.source)}`;
    expect((await shop.http().request("DELETE", path)).status).toBe(204);
    expect((await post("six-13", from(13))).status).toBe(409);
  });

  test("and a device are never stored: hashes only, under a key that rotates with the window, and no longer than it", async () => {
    await post("secret-1", { deviceId: "device-not-to-be-found", ipAddress: "198.51.100.77" });
    await shop.publish(
      shop.placed(
        "secret-2",
        { a: ["sneaker", 1] },
        { deviceId: "device-not-to-be-found", ipAddress: "198.51.100.77" },
      ),
    );
    await shop.untilStates({ "secret-2": "RESERVED" });
    const tables = await shop.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    for (const { name } of tables) {
      const sql = `SELECT count(*)::int AS n FROM "${name}" t WHERE t::text ~ 'not-to-be-found|198.51.100.77'`;
      expect([name, (await shop.query<{ n: number }>(sql))[0]?.n]).toEqual([name, 0]);
    }
    const [before] = await shop.query<{ id: number }>("SELECT max(id) AS id FROM velocity_key WHERE NOT lasting");
    await shop.system.moveClock(121 * MINUTE);
    await keepVelocity(session, 1_000);
    expect(await shop.query("SELECT 1 FROM velocity_sighting")).toEqual([]);
    const keys = await shop.query<{ id: number }>("SELECT id FROM velocity_key WHERE NOT lasting ORDER BY id");
    // The instances keep house too, and may each have made the next one at the same moment.
    expect(keys[0]?.id).toBe(before?.id);
    expect(keys.length).toBeGreaterThan(1);
    expect((await post("after", { deviceId: "device-not-to-be-found" })).status).toBe(201);
    await shop.system.moveClock(121 * MINUTE);
    await keepVelocity(session, 1_000);
    const left = await shop.query<{ id: number }>("SELECT id FROM velocity_key WHERE NOT lasting ORDER BY id");
    expect(left.map(({ id }) => id)).not.toContain(before?.id);
    await shop.http().put("/v1/policies/default", {});
    await keepVelocity(session, 1_000);
    expect(await shop.query("SELECT 1 FROM velocity_key WHERE NOT lasting")).toEqual([]);
    expect(await hashesInCounters()).toEqual([]);
  });
});

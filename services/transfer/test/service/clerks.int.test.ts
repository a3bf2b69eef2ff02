import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { until } from "@septet/local-stack";
import { aSku, problemOf, TransferSystem, WITHIN_MS } from "./transfer-system.js";

const HOUR_MS = 3_600_000;

let transfers: TransferSystem;
beforeAll(async () => {
  transfers = await TransferSystem.start(2);
});
afterAll(() => transfers.stop());

const iso = (ms: number) => new Date(ms).toISOString();
const databaseNow = async () => {
  const [row] = await transfers.system.query(
    "transfer",
    "SELECT extract(epoch FROM septet_now())::float8 * 1000 AS now",
  );
  return Number(row.now);
};
const patch = (id: string, body: object) => transfers.clerk().request("PATCH", `/v1/transfers/${id}`, body);
const alertsOf = async (id: string) => {
  const raised = (await transfers.told("StockAlertRaised")).map(({ alertId }) => ["raised", alertId] as const);
  const cleared = (await transfers.told("StockAlertCleared")).map(({ alertId }) => ["cleared", alertId] as const);
  return [...raised, ...cleared].filter(([, alertId]) => alertId.includes(id)).map(([what]) => what);
};

describe("an arrival that is overdue", () => {
  test("raises one alert with two instances looking, keeps it over a restart, and ends it when it is expected later", async () => {
    const id = await transfers.reserved([[aSku(), 5]], { expectedAt: iso((await databaseNow()) + HOUR_MS) });
    await transfers.step(id, "dispatch", { shipmentId: "slow" });
    await transfers.system.moveClock(2 * HOUR_MS);
    await until("the alert is raised", WITHIN_MS, async () => (await alertsOf(id)).includes("raised"));
    await transfers.system.restart("transfer", 0);
    const late = await transfers.clerk().get("/v1/in-transit?overdue=true");
    expect(late.body.items).toMatchObject([{ transferId: id, shipmentId: "slow", overdue: true }]);
    const { version } = await transfers.transfer(id);
    const moved = await patch(id, { expectedAt: iso((await databaseNow()) + 2 * HOUR_MS), version });
    expect([moved.status, moved.body.version]).toEqual([200, version + 1]);
    const stale = await patch(id, { expectedAt: null, version });
    expect([stale.status, problemOf(stale)]).toEqual([409, "stale-version"]);
    await until("the alert has ended", WITHIN_MS, async () => (await alertsOf(id)).includes("cleared"));
    expect(await alertsOf(id)).toEqual(["raised", "cleared"]);
    await transfers.system.moveClock(3 * HOUR_MS);
    await until("it is raised again", WITHIN_MS, async () => (await alertsOf(id)).length === 3);
    await transfers.step(id, "lose");
    await until("it has ended again", WITHIN_MS, async () => (await alertsOf(id)).length === 4);
  });
});

describe("finding transfers", () => {
  test("by state, SKU, either end and age, page by page, oldest first", async () => {
    const sku = aSku();
    const first = await transfers.created([[sku, 1]], { source: "CHENGDU", destination: "XIAN" });
    const second = await transfers.created([[sku, 2]], { source: "XIAN", destination: "CHENGDU", draft: true });
    const third = await transfers.created([[sku, 3]], { source: "CHENGDU", destination: "HARBIN" });
    const ids = async (query: string) => {
      const { body } = await transfers.clerk().get(`/v1/transfers?${query}`);
      return body.items.map((one: { transferId: string }) => one.transferId);
    };
    expect(await ids(`sku=${sku}`)).toEqual([first, second, third]);
    expect(await ids("location=XIAN")).toEqual([first, second]);
    expect(await ids("source=CHENGDU")).toEqual([first, third]);
    expect(await ids("destination=HARBIN&state=REQUESTED")).toEqual([third]);
    expect(await ids(`state=DRAFT&sku=${sku}`)).toEqual([second]);
    expect(await ids(`sku=${sku}&olderThanHours=1`)).toEqual([]);
    await transfers.system.moveClock(HOUR_MS);
    expect(await ids(`sku=${sku}&olderThanHours=1`)).toEqual([first, second, third]);
    const page = await transfers.clerk().get(`/v1/transfers?location=CHENGDU&limit=2`);
    expect(page.body.items).toHaveLength(2);
    expect(await ids(`location=CHENGDU&limit=2&cursor=${page.body.nextCursor}`)).toEqual([third]);
  });
});

describe("who may, and with what", () => {
  const body = () => ({ source: "WUHAN", destination: "BEIJING", lines: [{ sku: aSku(), quantity: 1 }] });

  test("clerks of warehouses and operators write, engineers read, others do neither", async () => {
    const status = async (roles: Parameters<typeof transfers.system.http>[2], write: boolean) => {
      const client = transfers.system.http("transfer", 0, roles);
      return (write ? await client.post("/v1/transfers", body()) : await client.get("/v1/transfers")).status;
    };
    expect(await status(["operator"], true)).toBe(201);
    expect(await status(["sre"], true)).toBe(403);
    expect(await status(["sre"], false)).toBe(200);
    expect(await status(["storefront"], false)).toBe(403);
  });

  test("a request that makes no sense is refused with the field and what to send", async () => {
    const refused = async (more: object) => {
      const answer = await transfers.clerk().post("/v1/transfers", { ...body(), ...more });
      return [answer.status, answer.body.errors?.[0]?.field];
    };
    expect(await refused({ destination: "WUHAN" })).toEqual([400, "body.destination"]);
    expect(await refused({ destination: "supplier:s1" })).toEqual([400, "body.destination"]);
    expect(await refused({ lines: [] })).toEqual([400, "body.lines"]);
    expect(await refused({ lines: [{ sku: "S", quantity: 0 }] })).toEqual([400, "body.lines[0].quantity"]);
    const twice = [
      { lineId: "2", sku: "S", quantity: 1 },
      { sku: "S", quantity: 1 },
    ];
    expect(await refused({ lines: twice })).toEqual([400, "body.lines[1].lineId"]);
    expect(await refused({ expectedAt: "0001-01-01T00:00:00Z" })).toEqual([400, "body.expectedAt"]);
    expect(await refused({ expectedAt: "tomorrow" })).toEqual([400, "body.expectedAt"]);
    const million = { lineId: "1", sellable: 1_000_000 };
    const tooMuch = await transfers.step("any", "receive", { lines: [million, million] });
    expect([tooMuch.status, tooMuch.body.errors[0].field]).toEqual([400, "body.lines"]);
    const unkeyed = await transfers.clerk().post("/v1/transfers", body(), { headers: { "idempotency-key": "" } });
    expect([unkeyed.status, problemOf(unkeyed)]).toEqual([400, "idempotency-key-missing"]);
  });

  test("the same transfer told under two keys is one when it is named", async () => {
    const named = { ...body(), transferId: `T-${randomUUID()}` };
    const answers = await Promise.all([0, 1, 0, 1].map((i) => transfers.clerk(i).post("/v1/transfers", named)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 201]);
    const other = await transfers.clerk().post("/v1/transfers", { ...named, reason: "another" });
    expect([other.status, problemOf(other)]).toEqual([409, "transfer-conflict"]);
  });

  test("two clerks who receive the same arrival, and one who is told twice, receive it once", async () => {
    const sku = aSku();
    const id = await transfers.reserved([[sku, 10]]);
    await transfers.step(id, "dispatch");
    const arrival = { arrivalId: "dock-1", lines: [{ lineId: "1", sellable: 6 }] };
    const key = randomUUID();
    const answers = await Promise.all([
      transfers.step(id, "receive", arrival),
      transfers.step(id, "receive", arrival, { i: 1 }),
      transfers.step(id, "receive", arrival, { key }),
      transfers.step(id, "receive", arrival, { key, i: 1 }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await transfers.balance(sku)).toEqual({ transferReserved: 4, inTransit: 4 });
    const again = { lines: [{ lineId: "1", sellable: 6 }] };
    const doubtful = await transfers.step(id, "receive", again);
    expect([doubtful.status, problemOf(doubtful)]).toEqual([409, "arrival-without-name"]);
    const { arrivals } = await transfers.transfer(id);
    expect(arrivals).toEqual([
      {
        ...{ arrivalId: "dock-1", location: "BEIJING", arrivedAt: expect.any(String), actor: expect.any(String) },
        ...{ sellable: 6, damaged: 0, lost: 0, surplus: 0 },
      },
    ]);
    const unnamed = await Promise.all(
      [0, 1].map((i) => transfers.step(id, "lose", undefined, { i, key: `lose ${id}` })),
    );
    expect(unnamed.map(({ status }) => status)).toEqual([200, 200]);
    expect(await transfers.balance(sku)).toEqual({ transferReserved: 0, inTransit: 0 });
  });
});

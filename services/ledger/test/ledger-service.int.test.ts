import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { attachOrStartStack, type System, startSystem, type TestStack, until } from "@septet/local-stack";
import {
  type Codec,
  createCodec,
  createKafkaEventLog,
  deadLetterOf,
  type EventLog,
  silentLogger,
} from "@septet/messaging";
import { keyOf, type RecordName, type RecordOf, type StockMovement, type TopicName } from "@septet/stock-contracts";
import { Streams } from "./support/streams.js";
import { StubService } from "./support/stub-service.js";

const MOVEMENTS = "stock.movements.v1";
const WITHIN_MS = 60_000;

let stack: TestStack;
let system: System;
let warehouse: StubService;
let eventLog: EventLog;
let codec: Codec;

beforeAll(async () => {
  stack = await attachOrStartStack();
  warehouse = await StubService.start();
  warehouse.hasStreamOfAll = true;
  const ledger = {
    AUDIT_TARGETS: `warehouse=${warehouse.url}`,
    AUDIT_TOKEN: "an-auditor",
    AUDIT_INTERVAL_SECONDS: "0",
    GAP_ALERT_AFTER_SECONDS: "1",
  };
  system = await startSystem({ stack, services: { ledger: 1 }, envOf: { ledger } });
  const { kafkaBrokers, topicPrefix, registryUrl } = system;
  eventLog = createKafkaEventLog({ brokers: [kafkaBrokers], clientId: "test", topicPrefix, logger: silentLogger });
  codec = createCodec({ registryUrl, logger: silentLogger });
  await codec.register(["StockMovement", "LocationDefined", "SkuListed"]);
});

afterAll(async () => {
  await eventLog?.close();
  await warehouse?.stop();
  await system?.stop();
  await stack?.stop();
});

async function publish<N extends RecordName>(topic: TopicName, name: N, ...values: RecordOf<N>[]): Promise<void> {
  await eventLog.publish(values.map((value) => ({ topic, key: keyOf(name, value), value: codec.encode(name, value) })));
}

function cursorOf(key: string | number): string {
  return Buffer.from(JSON.stringify([key])).toString("base64url");
}

function move(...movements: StockMovement[]): Promise<void> {
  return publish(MOVEMENTS, "StockMovement", ...movements);
}

/** The stock of a SKU once its network total is `total`. */
function stockOf(sku: string, total: number) {
  return until(`${total} pieces of ${sku}`, WITHIN_MS, async () => {
    const { status, body } = await system.http("ledger", 0, ["operator"]).get(`/v1/stock/${sku}`);
    return status === 200 && body.network.total === total ? body : undefined;
  });
}

/** The alerts of a SKU that were published so far; what the relay sends twice is one event and comes once. */
async function alertsOf(sku: string): Promise<[string, string][]> {
  const alerts = new Map<string, [string, string]>();
  await eventLog.read({
    topic: "stock.alerts.v1",
    from: "earliest",
    async visit(message) {
      const decoded = await codec.decode(message);
      if (!decoded.ok || (decoded.name !== "StockAlertRaised" && decoded.name !== "StockAlertCleared")) return;
      const { eventId, code } = decoded.value;
      if (decoded.value.sku === sku && !alerts.has(eventId)) alerts.set(eventId, [decoded.name, code]);
    },
  });
  return [...alerts.values()];
}

function alerted(sku: string, ...expected: [string, string][]): Promise<unknown> {
  return until(`alerts of ${sku}`, WITHIN_MS, async () => {
    return JSON.stringify(await alertsOf(sku)) === JSON.stringify(expected);
  });
}

describe("The ledger", () => {
  test("shows the book's socks: 100 sellable, an order of 3, then 97 and 3, per location and in sum", async () => {
    const streams = new Streams();
    const define = { location: "WUHAN", kind: "WAREHOUSE", name: "武汉", region: null, attachedTo: null, active: true };
    const listed = { sku: "SOCKS-3", name: "Socks", unitPriceMinor: null, currency: null, substitutionGroup: null };
    const about = () => ({ eventId: randomUUID(), occurredAt: Date.now() });
    await publish("stock.locations.v1", "LocationDefined", { ...about(), ...define, version: 1 });
    await publish("upstream.catalogue.v1", "SkuListed", { ...about(), ...listed, parts: null, active: true });
    await move(streams.receive("SOCKS-3", 100), streams.reserve("SOCKS-3", 3));
    await until("the reservation", WITHIN_MS, async () => {
      const { body } = await system.http("ledger").get("/v1/stock/SOCKS-3");
      return body.network?.orderReserved === 3;
    });

    const zero = { unsellable: 0, locked: 0, transferReserved: 0, inTransit: 0, virtual: 0 };
    const figures = { total: 100, bookTotal: 100, sellable: 97, orderReserved: 3, ...zero };
    const expected = {
      sku: "SOCKS-3",
      identityHolds: true,
      network: figures,
      locations: [{ location: "WUHAN", kind: "WAREHOUSE", ...figures }],
    };
    const http = system.http("ledger", 0, ["warehouse"]);
    expect((await http.get("/v1/stock/SOCKS-3")).body).toEqual(expected);
    await until("the name of the listing", WITHIN_MS, async () => {
      const { body } = await http.get("/v1/stock?limit=500");
      return body.items.some((item: { sku: string; name: string }) => item.sku === "SOCKS-3" && item.name === "Socks");
    });
    expect((await http.get("/v1/stock/NOBODY-KNOWS-IT")).status).toBe(404);
  });

  test("answers why it is 47: every movement with its document, its actor and the balances after it", async () => {
    const streams = new Streams();
    const movements = [streams.receive("PHONE-1", 50), streams.reserve("PHONE-1", 3), streams.ship("PHONE-1", 3)];
    await move(...movements);
    await stockOf("PHONE-1", 47);

    const http = system.http("ledger", 0, ["sre"]);
    const first = (await http.get("/v1/stock/PHONE-1/movements?limit=2")).body;
    expect(first.items.map((m: { movementId: string }) => m.movementId)).toEqual([
      movements[2]!.movementId,
      movements[1]!.movementId,
    ]);
    expect(first.items[0]).toMatchObject({
      kind: "SHIP",
      sequence: 2,
      recordedBy: "warehouse",
      reference: { type: "order", id: "O-1", line: "1" },
      actor: "picker-7",
      occurredAt: new Date(movements[2]!.occurredAt).toISOString(),
      balances: [{ location: "WUHAN", kind: "WAREHOUSE", total: 47, bookTotal: 47, sellable: 47, orderReserved: 0 }],
    });
    const rest = (await http.get(`/v1/stock/PHONE-1/movements?limit=2&cursor=${first.nextCursor}`)).body;
    expect(rest.items.map((m: { movementId: string }) => m.movementId)).toEqual([movements[0]!.movementId]);
    expect(rest.nextCursor).toBeNull();
    const oldest = (await http.get("/v1/stock/PHONE-1/movements?order=asc&limit=1")).body;
    expect(oldest.items[0].movementId).toBe(movements[0]!.movementId);
    expect((await http.get("/v1/stock/PHONE-1/movements?cursor=nonsense")).status).toBe(400);
  });

  test.each([
    ["/v1/stock/%00", "a SKU that nobody can have"],
    ["/v1/stock/%00/movements", "a SKU that nobody can have"],
    ["/v1/stock/SOCKS-3?at=2026-01-01T00:00:00Z", "a question that would be answered with something else"],
    ["/v1/stock?skus=SOCKS-3", "a filter that would not filter"],
    [`/v1/stock?cursor=${cursorOf("\u0000")}`, "a cursor that no page gave"],
    [`/v1/stock/SOCKS-3/movements?cursor=${cursorOf("abc")}`, "a cursor of another listing"],
    [`/v1/stock/SOCKS-3/movements?cursor=${cursorOf(1.5)}`, "a cursor that no page gave"],
    [`/v1/stock/SOCKS-3/movements?cursor=${cursorOf(1e300)}`, "a cursor that no page gave"],
    ["/v1/stock/SOCKS-3/movements?limit=501", "a page too long"],
  ])("answers 400 to %s: %s", async (path) => {
    const { status, body } = await system.http("ledger", 0, ["operator"]).get(path);
    expect({ status, fields: body.errors?.length }).toEqual({ status: 400, fields: 1 });
  });

  test("puts an unbalanced movement and an undecodable message aside, and folds what stands around them", async () => {
    const streams = new Streams();
    const [before, after] = [streams.receive("BROKEN-1", 10), streams.receive("BROKEN-1", 5)];
    const halfOnly = { ...streams.receive("BROKEN-1", 7), legs: [{ location: "WUHAN", bucket: "total", delta: 7 }] };
    await move(before, halfOnly);
    await eventLog.publish([{ topic: MOVEMENTS, key: "BROKEN-1", value: Buffer.from("not Avro") }]);
    await move(after);
    expect((await stockOf("BROKEN-1", 15)).identityHolds).toBe(true);

    const letters = await until("two dead letters", WITHIN_MS, async () => {
      const found: string[] = [];
      await eventLog.read({
        topic: "ledger.dead-letters.v1",
        from: "earliest",
        visit(message) {
          const letter = deadLetterOf(message);
          if (letter?.key === "BROKEN-1") found.push(letter.error.code);
        },
      });
      return found.length === 2 ? found : undefined;
    });
    expect(letters).toEqual(["CONTRACT_VIOLATION", "NOT_AVRO"]);
  });

  test("raises an alert for a gap that stays and one for a fork, and clears the gap's when it is filled", async () => {
    const streams = new Streams();
    const [first, lost, third] = [1, 10, 100].map((quantity) => streams.receive("GAPPED-1", quantity));
    await move(first!, third!);
    await alerted("GAPPED-1", ["StockAlertRaised", "MOVEMENT_GAP"]);
    const http = system.http("ledger", 0, ["sre"]);
    const { body } = await http.get("/v1/audit");
    expect(body.gaps).toContainEqual(expect.objectContaining({ recordedBy: "warehouse", missing: [[2, 2]] }));

    await move(lost!);
    const cleared: [string, string][] = [
      ["StockAlertRaised", "MOVEMENT_GAP"],
      ["StockAlertCleared", "MOVEMENT_GAP"],
    ];
    await alerted("GAPPED-1", ...cleared);
    await move({ ...first!, eventId: randomUUID(), movementId: randomUUID() });
    await alerted("GAPPED-1", ...cleared, ["StockAlertRaised", "STREAM_FORKED"]);
    expect((await stockOf("GAPPED-1", 111)).network.total).toBe(111);
    await until("the fork is counted", WITHIN_MS, async () =>
      /septet_ledger_stream_forks_total\{[^}]*\} 1\b/.test((await http.get("/metrics")).body),
    );
  });

  test("compares with the services it is told of, with its token, and names what differs", async () => {
    const streams = new Streams();
    await move(streams.receive("AUDITED-1", 100), streams.ship("AUDITED-1", 2));
    await stockOf("AUDITED-1", 98);
    const figures = [{ location: "WUHAN", bucket: "total", quantity: 100 }];
    warehouse.balances.set("AUDITED-1", { figures, positions: { warehouse: { contiguous: 1, ahead: [] } } });
    const http = system.http("ledger", 0, ["operator"]);
    const lagging = (await http.get("/v1/audit")).body;
    expect(lagging).toMatchObject({ identityHolds: true, agrees: true, lagging: 0 });
    expect(lagging.services).toMatchObject([{ service: "warehouse", pending: 0, drifts: [] }]);
    expect(lagging.services[0].lagging).toBeGreaterThan(0);
    expect(warehouse.tokens.at(-1)).toBe("Bearer an-auditor");

    warehouse.balances.set("AUDITED-1", { figures, positions: { warehouse: { contiguous: 2, ahead: [] } } });
    const wrong = (await http.get("/v1/audit")).body;
    expect(wrong.agrees).toBe(false);
    expect(wrong.services[0].drifts).toMatchObject([{ sku: "AUDITED-1", service: 100, ledger: 98, difference: 2 }]);
    await alerted("AUDITED-1", ["StockAlertRaised", "BALANCE_DRIFT"]);
  });

  test("shows no number to those who buy or supply, nor to anybody without a token", async () => {
    for (const role of ["storefront", "upstream", "supplier"] as const)
      for (const path of ["/v1/stock", "/v1/stock/SOCKS-3", "/v1/stock/SOCKS-3/movements", "/v1/audit"])
        expect((await system.http("ledger", 0, [role]).get(path)).status).toBe(403);
    for (const path of ["/v1/stock/SOCKS-3/movements", "/v1/audit"])
      expect((await system.http("ledger", 0, ["warehouse"]).get(path)).status).toBe(403);
    const url = system.urls.ledger![0];
    expect((await fetch(`${url}/v1/stock/SOCKS-3`)).status).toBe(401);
  });

  test("goes on where it was after it was killed", async () => {
    const streams = new Streams();
    await move(...Array.from({ length: 300 }, () => streams.receive("KILLED-1", 1)));
    await system.kill("ledger");
    await move(...Array.from({ length: 300 }, () => streams.receive("KILLED-1", 1)));
    await system.restart("ledger");
    await stockOf("KILLED-1", 600);
    const [row] = await system.query<{ count: number }>(
      "ledger",
      "SELECT count(*)::int AS count FROM movement WHERE sku = 'KILLED-1'",
    );
    expect(row!.count).toBe(600);
  });
});

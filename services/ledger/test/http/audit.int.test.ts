import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { attachOrStartStack, type TestStack } from "@septet/local-stack";
import { transact } from "@septet/service-kit";
import { voidDraft } from "@septet/stock-contracts";
import { Auditor } from "../../src/http/auditor.js";
import { BalancesClient } from "../../src/http/balances-client.js";
import { COMPARISON_LIMITS } from "../../src/http/service-comparison.js";
import { publishFindings } from "../../src/messaging/audit-alerts.js";
import { type Books, openBooks } from "../support/books.js";
import { Streams } from "../support/streams.js";
import { type StubBalances, StubService } from "../support/stub-service.js";

const SOCKS = "SOCKS-3";

let stack: TestStack;
let books: Books;
let warehouse: StubService;
let streams: Streams;
/** Messages in the topic, and those of them that the ledger has read, as far as the auditor is told. */
let topic = { end: 0, read: 0 };
/** What happens in each pause of the auditor. */
let inPause: () => Promise<unknown>;

beforeAll(async () => {
  stack = await attachOrStartStack();
  books = await openBooks((await stack.createDatabase("ledger_audit")).url);
});

afterAll(async () => {
  await books.close();
  await stack.stop();
});

beforeEach(async () => {
  await books.db.query("TRUNCATE balance, movement, movement_location, stream_position, stream_fork, raised_alert");
  books.published.length = 0;
  warehouse = await StubService.start();
  streams = new Streams();
  topic = { end: 0, read: 0 };
  inPause = async () => undefined;
});

afterEach(() => warehouse.stop());

function auditor(limits: Partial<typeof COMPARISON_LIMITS> = {}): Auditor {
  const bounds = { ...COMPARISON_LIMITS, rereads: 3, rereadPauseMs: 1, ...limits };
  return new Auditor({
    session: books.db,
    clients: [new BalancesClient({ service: "warehouse", url: `${warehouse.url}/` }, async () => "a-token")],
    log: {
      end: async () => new Map([[0, topic.end]]),
      behind: async (end) => Math.max(0, end.get(0)! - topic.read),
    },
    wait: async () => {
      await inPause();
    },
    now: Date.now,
    publish: (...found) => transact(books.db, {}, (unit) => publishFindings(unit, ...found, bounds.maxNamed)),
    limits: bounds,
  });
}

/** The warehouse counts so many pieces after so many movements of its own and of order-reservation. */
function counted(total: number, own: number, reservations = 0, ahead: [number, number][] = []): StubBalances {
  return {
    figures: [{ location: "WUHAN", bucket: "total", quantity: total }],
    positions: {
      warehouse: { contiguous: own, ahead },
      "order-reservation": { contiguous: reservations, ahead: [] },
    },
  };
}

describe("The audit of a service", () => {
  test("agrees when its figures are the fold at its own positions, however far the ledger is ahead", async () => {
    const [received, reserved, shipped] = [
      streams.receive(SOCKS, 100),
      streams.reserve(SOCKS, 3),
      streams.ship(SOCKS, 3),
    ];
    await books.fold([received, reserved, shipped]);
    warehouse.balances.set(SOCKS, counted(97, 2, 1));
    warehouse.balances.set("LATE-1", counted(100, 1, 0));
    await books.fold([
      { ...received, sku: "LATE-1" },
      { ...reserved, sku: "LATE-1" },
      { ...shipped, sku: "LATE-1" },
    ]);

    const result = await auditor().audit();
    expect(result).toMatchObject({ agrees: true, gaps: [], forks: [], scan: { identityHolds: true, skus: 2 } });
    expect(result.services[0]).toMatchObject({ compared: 2, pending: 0, lagging: 2, driftCount: 0, error: null });
    expect(result.heads).toEqual([
      { recordedBy: "order-reservation", streams: 2, movements: 2 },
      { recordedBy: "warehouse", streams: 2, movements: 4 },
    ]);
    expect(warehouse.tokens).toEqual(["Bearer a-token"]);
  });

  test("folds exactly the movements within positions that have gaps", async () => {
    await books.fold([1, 10, 100, 1_000].map((quantity) => streams.receive(SOCKS, quantity)));
    warehouse.balances.set(SOCKS, counted(1_001, 1, 0, [[4, 4]]));
    const result = await auditor().audit();
    expect(result.services[0]).toMatchObject({ compared: 1, driftCount: 0 });
    expect(result.agrees).toBe(true);
  });

  test("names a wrong row with its difference and raises one alert, cleared when the row is right again", async () => {
    await books.fold([streams.receive(SOCKS, 100), streams.reserve(SOCKS, 3)]);
    warehouse.balances.set(SOCKS, counted(98, 1));
    const audits = auditor();
    const result = await audits.audit();
    expect(result.agrees).toBe(false);
    expect(result.services[0]!.drifts).toEqual([
      {
        sku: SOCKS,
        location: "WUHAN",
        bucket: "total",
        service: 98,
        ledger: 100,
        difference: -2,
        positions: counted(98, 1).positions,
      },
    ]);
    await audits.audit();
    expect(books.published.map(({ name, value }) => [name, value.code])).toEqual([
      ["StockAlertRaised", "BALANCE_DRIFT"],
    ]);

    warehouse.balances.set(SOCKS, counted(100, 1));
    expect((await audits.audit()).agrees).toBe(true);
    expect(books.published.map(({ name }) => name)).toEqual(["StockAlertRaised", "StockAlertCleared"]);
  });

  test("waits for movements that are on their way, and calls nothing a drift meanwhile", async () => {
    const [received, shipped] = [streams.receive(SOCKS, 100), streams.ship(SOCKS, 3)];
    await books.fold([received]);
    warehouse.balances.set(SOCKS, counted(97, 2));
    topic = { end: 1, read: 0 };
    const pending = await auditor().audit();
    expect(pending.services[0]).toMatchObject({ compared: 0, pending: 1, driftCount: 0, missingTailCount: 0 });
    expect(pending.lagging).toBe(1);

    inPause = () => books.fold([shipped]);
    expect((await auditor().audit()).services[0]).toMatchObject({ compared: 1, pending: 0, driftCount: 0 });
  });

  test("sees that the last movement of a stream was lost, and says so when it stays away", async () => {
    await books.fold([streams.receive(SOCKS, 100)]);
    warehouse.balances.set(SOCKS, counted(97, 2));
    const audits = auditor();
    const result = await audits.audit();
    expect(result.agrees).toBe(false);
    expect(result.services[0]!.missingTail).toEqual([{ recordedBy: "warehouse", sku: SOCKS, head: 2, seen: 1 }]);
    expect(books.published).toEqual([]);
    await audits.audit();
    expect(books.published.map(({ name, value }) => [name, value.code])).toEqual([
      ["StockAlertRaised", "MOVEMENT_GAP"],
    ]);
  });

  test("sees a lost last movement while trade goes on, when no moment is without a message under way", async () => {
    await books.fold([streams.receive(SOCKS, 100)]);
    warehouse.balances.set(SOCKS, counted(97, 2));
    topic = { end: 10, read: 9 };
    inPause = async () => {
      topic = { end: topic.end + 5, read: topic.end + 4 };
    };
    const result = await auditor().audit();
    expect(result.lagging).toBe(1);
    expect(result.services[0]).toMatchObject({ missingTailCount: 1, missingTail: [{ sku: SOCKS, head: 2, seen: 1 }] });
  });

  test("calls nothing lost that the ledger finds when it has read on", async () => {
    const [received, shipped] = [streams.receive(SOCKS, 100), streams.ship(SOCKS, 3)];
    await books.fold([received]);
    warehouse.balances.set(SOCKS, counted(97, 2));
    topic = { end: 10, read: 9 };
    let pauses = 0;
    inPause = async () => {
      if (++pauses <= 3) return;
      await books.fold([shipped]);
      topic.read = 10;
    };
    const result = await auditor({ rereads: 3 }).audit();
    expect(result.services[0]).toMatchObject({ compared: 1, pending: 0, missingTailCount: 0 });
    expect(result.agrees).toBe(true);
  });

  test("sees that a service has lost all that it knew of a SKU, but not that it was asked before it knew", async () => {
    await books.fold([streams.receive(SOCKS, 100), streams.receive("NEW-1", 7), streams.reserve("OTHERS-1", 1)]);
    warehouse.onRequest = async (before) => {
      if (before === 1) warehouse.balances.set("NEW-1", counted(7, 1));
    };
    const result = await auditor().audit();
    expect(result.agrees).toBe(false);
    expect(result.services[0]).toMatchObject({ compared: 2, driftCount: 1 });
    expect(result.services[0]!.drifts).toMatchObject([{ sku: SOCKS, bucket: "total", service: 0, ledger: 100 }]);
  });

  test("names the drift that a void leaves where no copy of the movement is left", async () => {
    await books.fold([streams.receive(SOCKS, 100)]);
    const reference = { type: "correction", id: "2026-11-22" } as const;
    await books.fold([streams.record("warehouse", voidDraft({ sku: SOCKS, reference }))]);
    warehouse.balances.set(SOCKS, counted(97, 2));
    const result = await auditor().audit();
    expect(result.gaps).toEqual([]);
    expect(result.services[0]!.drifts.map((d) => [d.service, d.ledger, d.difference])).toEqual([[97, 100, -3]]);
  });

  test("shows gaps and forks of the books themselves", async () => {
    const [first, , third] = [streams.receive(SOCKS, 1), streams.receive(SOCKS, 10), streams.receive(SOCKS, 100)];
    await books.fold([first!, third!, { ...first!, movementId: "another" }]);
    const result = await auditor().audit();
    expect(result.gaps).toMatchObject([{ recordedBy: "warehouse", sku: SOCKS, missing: [[2, 2]] }]);
    expect(result.forks).toMatchObject([{ refusedMovementId: "another", sequence: 1 }]);
    expect(result.forkCount).toBe(1);
  });

  test("reads all pages and bounds the drifts that it names, not those that it counts", async () => {
    for (let i = 0; i < 450; i++) warehouse.balances.set(`SKU-${i}`, counted(1, 0));
    const result = await auditor({ maxNamed: 10 }).audit();
    expect(warehouse.tokens).toHaveLength(3);
    expect(result.services[0]).toMatchObject({ compared: 450, driftCount: 450 });
    expect(result.services[0]!.drifts).toHaveLength(10);
  });

  test("does not agree with a service that does not answer, and says why", async () => {
    warehouse.status = 503;
    const result = await auditor().audit();
    expect(result.agrees).toBe(false);
    expect(result.services[0]!.error).toMatch(/^warehouse answered 503 to http/);
  });

  test("begins after the question: who asks while one runs gets the next, and shares it with others", async () => {
    await books.fold([streams.receive(SOCKS, 100)]);
    warehouse.balances.set(SOCKS, counted(99, 1));
    const audits = auditor();
    const asked: Promise<{ agrees: boolean }>[] = [];
    warehouse.onRequest = async (before) => {
      if (before === 0) asked.push(audits.audit(), audits.audit());
    };
    const first = await audits.audit();
    warehouse.balances.set(SOCKS, counted(100, 1));
    expect(first.agrees).toBe(false);
    expect((await Promise.all(asked)).map(({ agrees }) => agrees)).toEqual([true, true]);
    expect(warehouse.tokens).toHaveLength(2);
  });
});

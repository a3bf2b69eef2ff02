import { describe, expect, test } from "@jest/globals";
import { DatabaseRestoredError, QueueClosedError } from "@septet/messaging";
import { bytewise } from "@septet/stock-contracts";
import {
  countOutcome,
  createLogger,
  createMetrics,
  decodeCursor,
  encodeCursor,
  every,
  HealthChecks,
  isTransient,
  observeDrift,
  observeHoldAge,
  page,
  rememberStreams,
  TransientError,
  traceFrom,
  traceHeaders,
  traceHeadersOf,
  traceparentOf,
  withTrace,
} from "../src/index.js";
import { tableByTable } from "../src/locks.js";
import { eventually, latch } from "./waiting.js";

const PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

describe("what is transient", () => {
  const coded = (code: string, message = "x") => Object.assign(new Error(message), { code });
  test.each([
    ["the database refuses connections", coded("ECONNREFUSED")],
    ["every address of a host refuses", Object.assign(new AggregateError([coded("ECONNREFUSED")]), {})],
    ["the administrator ends the connection", coded("57P01")],
    ["the database starts up", coded("57P03")],
    ["too many connections", coded("53300")],
    ["a deadlock", coded("40P01")],
    ["a lock timeout", coded("55P03")],
    ["the transaction idled too long", coded("25P03")],
    ["a standby after a failover", coded("25006")],
    ["the connection broke", new Error("Connection terminated unexpectedly")],
    ["the pool gives none", new Error("timeout exceeded when trying to connect")],
    ["TypeORM wraps it", Object.assign(new Error("QueryFailedError"), { driverError: coded("57P01") })],
    ["it is the cause", new Error("outer", { cause: coded("ECONNRESET") })],
    ["it says so", new TransientError("the registry is away")],
    ["a queue that closed", new QueueClosedError("closed")],
    ["a broker's retriable error", Object.assign(new Error("no leader"), { retriable: true })],
  ])("%s", (_case, error) => expect(isTransient(error)).toBe(true));

  test.each([
    ["a constraint", coded("23514", "Connection terminated unexpectedly")],
    ["a duplicate", coded("23505")],
    ["bad data", coded("22P02")],
    ["a statement that is wrong", coded("42601")],
    [
      "TypeORM wraps a constraint",
      Object.assign(new Error("QueryFailedError"), { code: "23505", driverError: coded("23505") }),
    ],
    ["a bug", new TypeError("x is undefined")],
    ["a restored database, whatever its cause", new DatabaseRestoredError("the past")],
    ["nothing", undefined],
    ["text", "ECONNREFUSED"],
  ])("not %s", (_case, error) => expect(isTransient(error)).toBe(false));
});

describe("the order of locks", () => {
  test("rows of several tables are locked table by table in byte order, each table once", () => {
    const locks = [
      { table: "shipment", idColumn: "id", ids: ["b"] },
      { table: "fulfilment", idColumn: "id", ids: ["x", "a"] },
      { table: "shipment", idColumn: "id", ids: ["a", "b"] },
      { table: "empty", idColumn: "id", ids: [] },
    ];
    expect(tableByTable(locks)).toEqual([
      { table: "fulfilment", idColumn: "id", ids: ["x", "a"] },
      { table: "shipment", idColumn: "id", ids: ["b", "a"] },
    ]);
  });
  test("is that of bytes, not of JavaScript's code units", () => {
    expect(["a", "Z", "\u{1F600}", "\uFF01", "é"].sort(bytewise)).toEqual(["Z", "a", "é", "\uFF01", "\u{1F600}"]);
  });
});

describe("traces", () => {
  test("a given trace goes on with a span of its own", () => {
    const trace = traceFrom(PARENT);
    expect(trace.traceId).toBe("0af7651916cd43dd8448eb211c80319c");
    expect(trace.spanId).not.toBe("b7ad6b7169203331");
    expect(traceparentOf(trace)).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
  });
  test.each([undefined, "", "rubbish", `00-${"0".repeat(32)}-b7ad6b7169203331-01`, PARENT.replace("00-", "ff-")])(
    "%s begins a new one",
    (header) => expect(traceFrom(header).traceId).toMatch(/^(?!0af7|0{32})[0-9a-f]{32}$/),
  );
  test("what is published inside of a trace carries it, outside of one nothing", async () => {
    expect(traceHeaders()).toEqual({});
    await withTrace(traceFrom(PARENT), async () => {
      await Promise.resolve();
      expect(traceHeaders().traceparent).toContain("0af7651916cd43dd8448eb211c80319c");
    });
  });
  test("a message's trace is passed on", () => {
    expect(traceHeadersOf({ headers: { traceparent: PARENT } }).traceparent).toContain(
      "0af7651916cd43dd8448eb211c80319c",
    );
    expect(traceHeadersOf({ headers: {} })).toEqual({});
  });
});

describe("cursors", () => {
  test("a cursor comes back as it was, whatever the SKU", () => {
    expect(decodeCursor(encodeCursor(["库存/ü", 7]), ["text", "whole"])).toEqual(["库存/ü", 7]);
  });
  test.each(["", "rubbish", encodeCursor(["a", "b"]), Buffer.from('{"a":1}').toString("base64url")])(
    "%j is no cursor of one part",
    (cursor) => expect(() => decodeCursor(cursor)).toThrow("not valid"),
  );
  test.each([
    ["text", "NUL\u0000"],
    ["text", 7],
    ["whole", "7"],
    ["whole", 1.5],
    ["whole", -1],
    ["whole", 1e300],
  ] as const)("no query breaks on a cursor that somebody wrote himself: %s %j", (part, key) => {
    expect(() => decodeCursor(encodeCursor([key]), [part])).toThrow("not valid");
  });
  test("the last page has no cursor", () => {
    const keyOf = (n: number) => [n];
    expect(page([1, 2, 3], 2, keyOf)).toEqual({ items: [1, 2], nextCursor: encodeCursor([2]) });
    expect(page([1, 2], 2, keyOf)).toEqual({ items: [1, 2], nextCursor: null });
    expect(page([], 2, keyOf)).toEqual({ items: [], nextCursor: null });
  });
});

describe("jobs", () => {
  const logger = createLogger({ service: "warehouse", level: "silent" });
  test("one run never overlaps the next, a failure is counted and the next run comes, and stop waits", async () => {
    const metrics = createMetrics({ service: "warehouse", processMetrics: false });
    let running = 0;
    let most = 0;
    let runs = 0;
    const job = every(
      1,
      "sweep",
      async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        if (++runs === 2) throw new Error("the second fails");
      },
      { logger, metrics },
    );
    await eventually("it has run four times", () => runs >= 4);
    await job.stop();
    expect(running).toBe(0);
    expect(most).toBe(1);
    expect((await metrics.jobFailures.get()).values).toEqual([
      expect.objectContaining({ labels: { job: "sweep" }, value: 1 }),
    ]);
    const after = runs;
    await new Promise((resolve) => setImmediate(resolve));
    expect(runs).toBe(after);
  });
  test("a job that is stopped in its run does not begin another", async () => {
    const inside = latch();
    const goOn = latch();
    let runs = 0;
    const job = every(
      1,
      "sweep",
      async () => {
        runs++;
        inside.open();
        await goOn.opened;
      },
      { logger },
    );
    await inside.opened;
    const stopped = job.stop();
    goOn.open();
    await stopped;
    expect(runs).toBe(1);
  });
});

describe("health", () => {
  test("a check that throws, hangs or says no makes the service not ready, each with its reason", async () => {
    const health = new HealthChecks();
    health.register("good", () => ({ ok: true }));
    expect((await health.run()).ready).toBe(true);
    health.register("thrower", () => {
      throw new Error("away");
    });
    health.register("hanger", () => new Promise(() => undefined));
    const { ready, checks } = await health.run();
    expect(ready).toBe(false);
    expect(checks.good).toEqual({ ok: true });
    expect(checks.thrower).toEqual({ ok: false, reason: "away" });
    expect(checks.hanger?.reason).toMatch(/no answer within \d+ ms/);
  });

  test("whoever asks at once or soon after is told what the first was told: asking does not load the database", async () => {
    const health = new HealthChecks();
    const inside = latch();
    const goOn = latch();
    let asked = 0;
    health.register("database", async () => {
      asked++;
      inside.open();
      await goOn.opened;
      return { ok: true };
    });
    const [first, second] = [health.recent(), health.recent()];
    await inside.opened;
    goOn.open();
    expect(await first).toBe(await second);
    expect(await health.recent()).toBe(await first);
    expect(asked).toBe(1);
    await health.recent(0);
    expect(asked).toBe(2);
  });

  test("a check that was added since is asked at once", async () => {
    const health = new HealthChecks();
    expect((await health.recent()).ready).toBe(true);
    health.register("database", () => ({ ok: false }));
    expect((await health.recent()).ready).toBe(false);
    health.remove("database");
    expect((await health.recent()).ready).toBe(true);
  });
});

describe("logs and metrics", () => {
  test("secrets never reach a line", () => {
    const lines: string[] = [];
    const logger = createLogger({ service: "warehouse", instance: "2" }, { write: (line) => void lines.push(line) });
    logger.info({ headers: { authorization: "Bearer abc" }, config: { password: "hunter2" } }, "started");
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: "info", service: "warehouse", instance: "2", msg: "started" });
    expect(lines[0]).not.toMatch(/abc|hunter2/);
  });
  test("services say outcomes, hold age and drift in the same words", async () => {
    const metrics = createMetrics({ service: "order-reservation" });
    countOutcome(metrics, "rejected", "OUT_OF_STOCK", 3);
    countOutcome(metrics, "rejected", "OUT_OF_STOCK", 0);
    observeHoldAge(metrics, -1);
    observeDrift(metrics, "warehouse", 2);
    const text = await metrics.registry.metrics();
    expect(text).toContain(
      'septet_outcomes_total{outcome="rejected",reason="OUT_OF_STOCK",service="order-reservation"} 3',
    );
    expect(text).toContain('septet_overdue_hold_age_seconds{service="order-reservation"} 0');
    expect(text).toContain('septet_drift_balances{target="warehouse",service="order-reservation"} 2');
    expect(text).toContain("process_resident_memory_bytes");
  });
});

describe("streams remembered as there", () => {
  test("are bounded, the oldest forgotten first", () => {
    const known = new Set(["a", "b"]);
    rememberStreams(known, ["b", "c", "d"], 3);
    expect([...known]).toEqual(["b", "c", "d"]);
  });
});

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { attachOrStartStack, type TestDatabase, type TestStack } from "@septet/local-stack";
import pg from "pg";
import { STOP_WITHIN_MS } from "../src/lifecycle.js";
import { freePort, type ServiceProcess, startProcess } from "./service-process.js";
import { eventually } from "./waiting.js";

let stack: TestStack;
let database: TestDatabase;
let prefix: string;
const running: ServiceProcess[] = [];
beforeAll(async () => {
  stack = await attachOrStartStack();
  database = await stack.createDatabase("lifecycle");
  prefix = await stack.topicPrefix({ partitions: 2 });
});
afterAll(async () => {
  for (const service of running) if (service.child.exitCode === null) await service.end("SIGKILL");
  await stack.stop();
});

async function environment(over: Record<string, string> = {}): Promise<Record<string, string>> {
  return {
    PORT: String(await freePort()),
    DATABASE_URL: database.url,
    KAFKA_BROKERS: stack.kafkaBrokers,
    KAFKA_TOPIC_PREFIX: prefix,
    SCHEMA_REGISTRY_URL: stack.registryUrl,
    AUTH_ISSUER: stack.auth.issuer,
    AUTH_AUDIENCE: stack.auth.audience,
    AUTH_JWKS_FILE: stack.auth.jwksFile,
    ...over,
  };
}
function start(env: Record<string, string>): ServiceProcess {
  const service = startProcess(env);
  running.push(service);
  return service;
}
const untilReady = (service: ServiceProcess) =>
  eventually("the service is ready", async () => (await service.ready())?.status === 200, 120_000).catch(
    (error: Error) => {
      throw new Error(`${error.message}\n${service.output()}`);
    },
  );
async function sql<T extends pg.QueryResultRow>(text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}
async function call(service: ServiceProcess, method: string, path: string, json?: unknown) {
  const token = await stack.auth.issueToken({ subject: "ann", roles: ["warehouse", "operator", "sre"] });
  const headers = {
    authorization: `Bearer ${token}`,
    "idempotency-key": randomUUID(),
    "content-type": "application/json",
  };
  const response = await fetch(service.url + path, {
    method,
    headers,
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  // biome-ignore lint/suspicious/noExplicitAny: answers of any shape
  return { status: response.status, text, json: text.startsWith("{") ? (JSON.parse(text) as any) : undefined };
}

describe("a service's life", () => {
  test("it refuses to start on a bad configuration and names every wrong variable", async () => {
    const service = start({ PORT: "70000", AUTH_MODE: "none", HOST: "0.0.0.0", DATABASE_URL: "mysql://u:hunter2@h/d" });
    expect(await service.exited).toBe(1);
    for (const variable of ["PORT", "DATABASE_URL", "KAFKA_BROKERS", "SCHEMA_REGISTRY_URL", "AUTH_MODE"]) {
      expect(service.output()).toContain(`  ${variable}: `);
    }
    expect(service.output()).not.toContain("hunter2");
  });

  test("while the database is not up it is alive, not ready, says why, and still stops when asked", async () => {
    const port = await freePort();
    const service = start(await environment({ DATABASE_URL: `postgres://u:p@127.0.0.1:${port}/d` }));
    await eventually("readiness names the database", async () =>
      (await service.ready())?.checks.start?.reason?.includes("ECONNREFUSED"),
    );
    expect((await service.ready())?.checks.start?.reason).toContain("database");
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    expect((await call(service, "GET", "/v1/balances")).json.type).toContain("/not-ready");
    expect(await service.end("SIGTERM")).toBe(0);
  });

  test("while the registry is not up it waits for it", async () => {
    const port = await freePort();
    const service = start(await environment({ SCHEMA_REGISTRY_URL: `http://127.0.0.1:${port}/apis/ccompat/v7` }));
    await eventually("readiness names the registry", async () =>
      (await service.ready())?.checks.start?.reason?.startsWith("schema registry"),
    );
    expect(await service.end("SIGTERM")).toBe(0);
  });

  test("while the broker is not up it waits for it", async () => {
    const port = await freePort();
    const service = start(await environment({ KAFKA_BROKERS: `127.0.0.1:${port}` }));
    await eventually("readiness names kafka", async () =>
      (await service.ready())?.checks.start?.reason?.startsWith("kafka"),
    );
    expect(await service.end("SIGTERM")).toBe(0);
  });

  test("a movement goes out, comes back, and the service ends within ten seconds of the signal", async () => {
    const service = start(await environment());
    await untilReady(service);
    const receipt = { location: "wuhan", sku: "socks", quantity: 100 };
    expect((await call(service, "POST", "/v1/receipts", receipt)).json).toEqual({ sequence: 1 });
    await eventually(
      "its own movement has come back",
      async () => (await sql(`SELECT 1 FROM stream_position WHERE contiguous = 1`)).length === 1,
    );
    const balances = await call(service, "GET", "/v1/balances?sku=socks");
    expect(balances.json).toEqual({
      items: [{ sku: "socks", location: "wuhan", bucket: "total", quantity: 100 }],
      positions: { warehouse: { socks: { contiguous: 1, ahead: [] } } },
      nextCursor: null,
    });
    expect((await call(service, "GET", "/metrics")).text).toContain("septet_outbox_age_seconds");
    // It counts for itself: past its limit it ends with 1.
    expect(STOP_WITHIN_MS).toBeLessThanOrEqual(10_000);
    expect(await service.end("SIGTERM")).toBe(0);
    expect(await sql(`SELECT 1 FROM outbox WHERE published_at IS NULL`)).toEqual([]);
  });

  test("a database restored to an earlier point is noticed, and the runbook named", async () => {
    await sql(`UPDATE sku_stream SET sequence = 0`);
    await sql(`DELETE FROM consumed_offset`);
    const service = start(await environment());
    expect(await service.exited).toBe(1);
    expect(service.output()).toContain("docs/runbook.md");
  });
});

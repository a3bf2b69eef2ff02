import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { conflict, createAuthenticator, createLogger, Problem, route, TransientError } from "../src/index.js";
import { type Served, serve } from "./http-harness.js";

const lines = z.array(z.object({ sku: z.string().min(1), quantity: z.number().int().min(1).max(1_000_000) })).min(1);
const routes = [
  route({
    method: "POST",
    path: "/v1/receipts",
    roles: ["warehouse"],
    summary: "Receive goods",
    body: z.strictObject({ location: z.string().min(1), lines }),
    responses: { 201: "received", 400: "not valid" },
    bulk: true,
    handler: async ({ body, bulk, bodyHash, idempotencyKey }) =>
      bulk === undefined
        ? { status: 201, body: { pieces: body.lines[0]?.quantity, bodyHash, idempotencyKey } }
        : { status: 200, body: { type: bulk.contentType, read: (await text(bulk.stream)).length } },
  }),
  route({
    method: "POST",
    path: "/v1/long-documents",
    roles: ["warehouse"],
    summary: "Take a document of many lines",
    body: z.strictObject({ note: z.string() }),
    maxBodyBytes: 2_097_152,
    responses: { 200: "its length" },
    handler: ({ body }) => ({ status: 200, body: { chars: body.note.length } }),
  }),
  route({
    method: "GET",
    path: "/v1/fulfilments/{id}",
    roles: ["warehouse"],
    summary: "One fulfilment",
    query: z.object({ limit: z.coerce.number().int().min(1).max(10).default(5) }),
    responses: { 200: "it" },
    handler: ({ params, query, actor }) => ({
      status: 200,
      body: { id: params.id, limit: query.limit, actor: actor.subject },
    }),
  }),
  route({
    method: "GET",
    path: "/v1/failures/{kind}",
    roles: ["warehouse"],
    summary: "Fails",
    params: z.object({ kind: z.enum(["bug", "away", "conflict", "constraint"]) }),
    responses: { 200: "never" },
    handler: ({ params }) => {
      if (params.kind === "away") throw new TransientError("the database is away");
      if (params.kind === "conflict") throw conflict("not-on-hand", "Not on hand", { sku: "A" });
      if (params.kind === "constraint") throw Object.assign(new Error("secret table"), { code: "23514" });
      throw new Error("secret detail");
    },
  }),
  route({
    method: "GET",
    path: "/v1/export",
    roles: ["warehouse"],
    summary: "A stream",
    responses: { 200: "csv" },
    handler: () => ({ status: 200, body: Readable.from(["a,", "b\n"]), headers: { "content-type": "text/csv" } }),
  }),
];

let served: Served;
const logged: string[] = [];
beforeAll(async () => {
  const logger = createLogger({ service: "warehouse", level: "debug" }, { write: (line) => void logged.push(line) });
  served = await serve(routes, { auth: createAuthenticator({ mode: "none" }), logger });
});
afterAll(() => served.close());

const receipt = { location: "wuhan", lines: [{ sku: "socks", quantity: 3 }] };
function expectProblem(answer: Awaited<ReturnType<Served["call"]>>, status: number, slug: string) {
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toContain("application/problem+json");
  expect(answer.json).toMatchObject({ status, type: `https://septet.dev/problems/${slug}`, title: expect.any(String) });
  expect(answer.json.instance).toBe(`urn:septet:request:${answer.headers.get("x-request-id")}`);
}

describe("texts that cannot be stored", () => {
  test.each([
    ["a NUL in a field", { ...receipt, location: "wu\0han" }, "body.location"],
    ["half a surrogate pair", { location: "a", lines: [{ sku: "\ud83d", quantity: 1 }] }, "body.lines[0].sku"],
    ["a name with a NUL", { ...receipt, "a\0": 1 }, "body"],
  ])("%s is refused by name before anything is looked up", async (_what, json, field) => {
    const answer = await served.call("POST", "/v1/receipts", { json });
    expectProblem(answer, 400, "invalid-request");
    expect(answer.json.errors).toEqual([{ field, reason: "holds a NUL or half a surrogate pair" }]);
  });

  test("a NUL in the path or the query is refused too", async () => {
    expectProblem(await served.call("GET", "/v1/fulfilments/a%00b"), 400, "invalid-request");
    expectProblem(await served.call("GET", "/v1/fulfilments/a?cursor=%00"), 400, "invalid-request");
  });

  test("a body nested without end is the caller's mistake, not ours", async () => {
    const body = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    const headers = { "content-type": "application/json" };
    expectProblem(await served.call("POST", "/v1/receipts", { body, headers }), 400, "invalid-request");
  });
});

describe("good requests", () => {
  test("a receipt is taken and answered in JSON", async () => {
    const answer = await served.call("POST", "/v1/receipts", { json: receipt });
    expect(answer.status).toBe(201);
    expect(answer.json.pieces).toBe(3);
  });

  test("the order of a body's members does not make it another body", async () => {
    const one = await served.call("POST", "/v1/receipts", { json: receipt });
    const other = await served.call("POST", "/v1/receipts", {
      json: { lines: [{ quantity: 3, sku: "socks" }], location: "wuhan" },
    });
    const third = await served.call("POST", "/v1/receipts", { json: { ...receipt, location: "beijing" } });
    expect(other.json.bodyHash).toBe(one.json.bodyHash);
    expect(third.json.bodyHash).not.toBe(one.json.bodyHash);
  });

  test("an id with a slash travels URL-encoded", async () => {
    const answer = await served.call("GET", "/v1/fulfilments/order-1%2F2?limit=7");
    expect(answer.json).toEqual({ id: "order-1/2", limit: 7, actor: "anonymous" });
  });

  test("a bulk body of any length arrives as a stream", async () => {
    const body = "sku,quantity\n".repeat(200_000);
    const answer = await served.call("POST", "/v1/receipts", {
      body,
      headers: { "content-type": "text/csv; charset=utf-8" },
    });
    expect(answer.json).toEqual({ type: "text/csv", read: body.length });
  });

  test("a stream is passed on as it is", async () => {
    const answer = await served.call("GET", "/v1/export");
    expect(answer.headers.get("content-type")).toBe("text/csv");
    expect(answer.text).toBe("a,b\n");
  });
});

describe("bad requests are refused with a problem that says which field and why", () => {
  test.each([
    [{ location: "", lines: receipt.lines }, ["body.location"]],
    [{ lines: [] }, ["body.lines", "body.location"]],
    [{ location: "w", lines: [{ sku: "s", quantity: 0 }] }, ["body.lines[0].quantity"]],
    [{ location: "w", lines: [{ sku: "s", quantity: 1.5 }] }, ["body.lines[0].quantity"]],
    [{ location: "w", lines: [{ sku: "s", quantity: 1_000_001 }] }, ["body.lines[0].quantity"]],
    [{ location: "w", lines: [{ sku: "s", quantity: "3" }] }, ["body.lines[0].quantity"]],
    [{ ...receipt, colour: "red" }, ["body.colour"]],
    [null, ["body"]],
    [[], ["body"]],
  ])("%j", async (json, fields) => {
    const answer = await served.call("POST", "/v1/receipts", { json });
    expectProblem(answer, 400, "invalid-request");
    expect(answer.json.errors.map((e: { field: string }) => e.field).sort()).toEqual(fields);
    for (const error of answer.json.errors) expect(error.reason.length).toBeGreaterThan(3);
  });

  test("a POST without a body", async () => {
    expectProblem(await served.call("POST", "/v1/receipts"), 400, "invalid-request");
  });
  test("malformed JSON", async () => {
    const headers = { "content-type": "application/json" };
    expectProblem(await served.call("POST", "/v1/receipts", { body: '{"location":', headers }), 400, "malformed-json");
  });
  test("a JSON body above 1 MiB", async () => {
    const json = { location: "w".repeat(1_048_577), lines: receipt.lines };
    expectProblem(await served.call("POST", "/v1/receipts", { json }), 413, "body-too-large");
  });
  test("a JSON body above what a route for long documents takes", async () => {
    const send = (chars: number) => served.call("POST", "/v1/long-documents", { json: { note: "n".repeat(chars) } });
    expect((await send(2_000_000)).json).toEqual({ chars: 2_000_000 });
    const answer = await send(2_097_152);
    expectProblem(answer, 413, "body-too-large");
    expect(answer.json.title).toContain("2097152");
  });
  test("a content type that is not taken", async () => {
    const answer = await served.call("POST", "/v1/receipts", { body: "<a/>", headers: { "content-type": "text/xml" } });
    expectProblem(answer, 415, "unsupported-media-type");
    expect(answer.json.detail).toContain("text/csv");
  });
  test("an encoding that is not taken", async () => {
    const headers = { "content-type": "application/json", "content-encoding": "zstd" };
    expectProblem(await served.call("POST", "/v1/receipts", { body: "{}", headers }), 415, "unsupported-media-type");
  });
  test("a POST without an idempotency key", async () => {
    const answer = await served.call("POST", "/v1/receipts", { json: receipt, headers: { "idempotency-key": "" } });
    expectProblem(answer, 400, "idempotency-key-missing");
  });
  test("an idempotency key of 201 characters", async () => {
    const headers = { "idempotency-key": "k".repeat(201) };
    expectProblem(
      await served.call("POST", "/v1/receipts", { json: receipt, headers }),
      400,
      "idempotency-key-too-long",
    );
  });
  test("a query parameter out of range", async () => {
    const answer = await served.call("GET", "/v1/fulfilments/x?limit=11");
    expectProblem(answer, 400, "invalid-request");
    expect(answer.json.errors[0].field).toBe("query.limit");
  });
  test("a path parameter that is none", async () => {
    const answer = await served.call("GET", "/v1/failures/other");
    expectProblem(answer, 400, "invalid-request");
    expect(answer.json.errors[0].field).toBe("params.kind");
  });
  test("a path that cannot be decoded", async () => {
    expectProblem(await served.call("GET", "/v1/fulfilments/%E0%A4%A"), 400, "invalid-request");
  });
  test("an unknown path", async () => {
    expectProblem(await served.call("GET", "/v1/nothing"), 404, "not-found");
  });
  test("the wrong method, told which are right", async () => {
    const answer = await served.call("DELETE", "/v1/receipts");
    expectProblem(answer, 405, "method-not-allowed");
    expect(answer.headers.get("allow")).toBe("POST");
    expectProblem(await served.call("PUT", "/health/live", { json: {} }), 405, "method-not-allowed");
  });
});

describe("failures", () => {
  test("something away is 503 and worth another try", async () => {
    const answer = await served.call("GET", "/v1/failures/away");
    expectProblem(answer, 503, "unavailable");
    expect(answer.headers.get("retry-after")).toBe("1");
  });
  test.each(["bug", "constraint"])("a %s is 500 and tells nothing of the inside", async (kind) => {
    const answer = await served.call("GET", `/v1/failures/${kind}`);
    expectProblem(answer, 500, "internal-error");
    expect(answer.text).not.toContain("secret");
  });
  test("a refusal of the handler keeps its slug and members", async () => {
    const answer = await served.call("GET", "/v1/failures/conflict");
    expectProblem(answer, 409, "not-on-hand");
    expect(answer.json.sku).toBe("A");
  });
});

describe("around the routes", () => {
  test("a given request id and trace are passed on, also into the log", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const answer = await served.call("GET", "/v1/failures/bug", { headers: { "x-request-id": "till-7", traceparent } });
    expect(answer.headers.get("x-request-id")).toBe("till-7");
    expect(answer.headers.get("traceparent")).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    const line = logged.find((entry) => entry.includes("till-7") && entry.includes("request failed"));
    expect(JSON.parse(line!)).toMatchObject({
      requestId: "till-7",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      level: "error",
    });
  });

  test("a request id that is none is replaced", async () => {
    const answer = await served.call("GET", "/v1/export", { headers: { "x-request-id": "a b<c>" } });
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("readiness names what is not there, and the metric says the same", async () => {
    expect((await served.call("GET", "/health/ready")).status).toBe(200);
    served.health.register("database", () => Promise.reject(new Error("connect ECONNREFUSED")));
    const answer = await served.call("GET", "/health/ready");
    expect(answer.status).toBe(503);
    expect(answer.json.checks.database).toEqual({ ok: false, reason: "connect ECONNREFUSED" });
    expect(await served.metrics.registry.metrics()).toContain('septet_ready{service="warehouse"} 0');
    served.health.remove("database");
    expect((await served.call("GET", "/health/live")).json).toEqual({ status: "live" });
  });

  test("OpenAPI 3.1 is made from the route table", async () => {
    const { json } = await served.call("GET", "/openapi.json");
    expect(json.openapi).toBe("3.1.0");
    expect(Object.keys(json.paths)).toEqual(routes.map((r) => r.path));
    const post = json.paths["/v1/receipts"].post;
    expect(Object.keys(post.requestBody.content)).toEqual(["application/json", "text/csv", "application/x-ndjson"]);
    expect(
      post.requestBody.content["application/json"].schema.properties.lines.items.properties.quantity,
    ).toMatchObject({
      type: "integer",
      minimum: 1,
      maximum: 1_000_000,
    });
    expect(post.parameters).toContainEqual(
      expect.objectContaining({ name: "Idempotency-Key", in: "header", required: true }),
    );
    expect(json.paths["/v1/fulfilments/{id}"].get.parameters.map((p: { name: string }) => p.name)).toEqual([
      "id",
      "limit",
    ]);
    expect(post["x-roles"]).toEqual(["warehouse"]);
  });

  test("the documentation page shows without any other site", async () => {
    const answer = await served.call("GET", "/docs/");
    expect(answer.status).toBe(200);
    expect(answer.text).toContain("swagger-ui");
    expect(answer.text).not.toMatch(/(src|href)="https?:/);
  });

  test("latency is counted under the route, not under each path", async () => {
    await served.call("GET", "/v1/fulfilments/77");
    const text = await served.metrics.registry.metrics();
    expect(text).toMatch(/septet_http_request_seconds_count\{[^}]*route="\/v1\/fulfilments\/\{id\}"/);
    expect(text).not.toContain("fulfilments/77");
  });

  test("a problem is an error with the words of its answer", () => {
    const problem = new Problem({ status: 409, type: "not-on-hand", title: "Not on hand", detail: "3 asked" });
    expect(problem.message).toBe("Not on hand: 3 asked");
  });

  test("a route without a role is a mistake of whoever wrote it", () => {
    expect(() =>
      route({ method: "GET", path: "/x", roles: [], summary: "", responses: {}, handler: () => ({ status: 200 }) }),
    ).toThrow("names no role");
  });
});

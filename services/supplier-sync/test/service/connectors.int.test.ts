import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { until } from "@septet/local-stack";
import { aSku, problemOf, SupplierSystem, WITHIN_MS } from "./supplier-system.js";

let suppliers: SupplierSystem;
let server: Server;
/** What the suppliers' systems answer, by path. */
const answers = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>();
const asked: { path: string; headers: IncomingMessage["headers"] }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url!.split("?")[0]!;
    asked.push({ path, headers: request.headers });
    const answer = answers.get(path);
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  suppliers = await SupplierSystem.start(2, { PULL_ALLOWED_NETWORKS: "127.0.0.0/8" });
});

afterAll(async () => {
  await suppliers?.stop();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const urlOf = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
const JSON_FORM = { kind: "JSON", items: "$.items", fields: { code: "no", quantity: "free" } };

async function withCodes(...codes: string[]): Promise<{ supplierId: string; skuOf: Record<string, string> }> {
  const supplierId = await suppliers.supplier();
  const mappings = codes.map((code) => ({ code, sku: aSku() }));
  expect((await suppliers.operator().put(`/v1/suppliers/${supplierId}/mappings`, { mappings })).status).toBe(200);
  return { supplierId, skuOf: Object.fromEntries(mappings.map(({ code, sku }) => [code, sku])) };
}
const connect = (supplierId: string, body: object) =>
  suppliers.operator().put(`/v1/suppliers/${supplierId}/connectors/main`, { form: JSON_FORM, ...body });
const connectorOf = async (supplierId: string) =>
  (await suppliers.operator().get(`/v1/suppliers/${supplierId}/connectors`)).body.items[0];
const pulledAs = (supplierId: string, outcome: string) =>
  until(`the connector's last pull is ${outcome}`, WITHIN_MS, async () => {
    return (await connectorOf(supplierId)).lastOutcome === outcome;
  });
const pullNow = (supplierId: string) => suppliers.operator().post(`/v1/suppliers/${supplierId}/connectors/main/pull`);

test("a supplier's own system is pulled with its key, page by page, by one of several instances", async () => {
  const { supplierId, skuOf } = await withCodes("A", "B");
  const path = `/${supplierId}`;
  const pages = [
    [{ no: "A", free: 100 }],
    [
      { no: "B", free: "x" },
      { no: "C", free: 3 },
    ],
    [],
  ];
  answers.set(path, (request, response) => {
    const at = Number(new URL(request.url!, "http://x").searchParams.get("page"));
    response.end(JSON.stringify({ items: pages[at - 1] }));
  });
  const paging = { kind: "COUNTED", parameter: "page" };
  const answer = await connect(supplierId, { url: urlOf(path), paging, headers: { "X-Api-Key": "secret" } });
  expect(answer).toMatchObject({ status: 200, body: { headers: ["x-api-key"], tier: "MIDDLE", lastOutcome: null } });
  await pulledAs(supplierId, "PULLED");
  expect((await suppliers.offer(supplierId, skuOf.A!)).offered).toBe(80);
  const { items } = (await suppliers.operator().get(`/v1/suppliers/${supplierId}/reports`)).body;
  expect(items).toMatchObject([{ toldBy: "connector:main", lines: { CHANGED: 1, REJECTED: 1, QUARANTINED: 1 } }]);
  const seen = asked.filter((one) => one.path === path);
  expect(seen).toHaveLength(3);
  for (const { headers } of seen) expect(headers["x-api-key"]).toBe("secret");
  expect(JSON.stringify(await connectorOf(supplierId))).not.toContain("secret");
});

test("a feed without news is asked for news only and changes nothing", async () => {
  const { supplierId, skuOf } = await withCodes("A");
  const path = `/${supplierId}`;
  answers.set(path, (request, response) => {
    const known = request.headers["if-none-match"] === '"v1"';
    response.writeHead(known ? 304 : 200, { etag: '"v1"' });
    response.end(known ? "" : "code,quantity\nA,50\n");
  });
  await connect(supplierId, { url: urlOf(path), form: { kind: "CSV" } });
  await pulledAs(supplierId, "PULLED");
  expect((await pullNow(supplierId)).status).toBe(202);
  await pulledAs(supplierId, "UNCHANGED");
  expect((await suppliers.offer(supplierId, skuOf.A!)).report.quantity).toBe(50);
});

test("a feed that fails is tried again later and says why; once it works again it goes on", async () => {
  const { supplierId, skuOf } = await withCodes("A");
  const path = `/${supplierId}`;
  let works = false;
  answers.set(path, (_, response) => {
    if (works) response.end(JSON.stringify({ items: [{ no: "A", free: 7 }] }));
    else response.writeHead(503, { "retry-after": "600" }).end();
  });
  await connect(supplierId, { url: urlOf(path) });
  await pulledAs(supplierId, "FAILED");
  const { failures, lastFault, nextAt, pulledAt } = await connectorOf(supplierId);
  expect({ failures, lastFault }).toEqual({ failures: 1, lastFault: "answers 503" });
  expect(Date.parse(nextAt) - Date.parse(pulledAt)).toBeGreaterThan(500_000);
  works = true;
  await pullNow(supplierId);
  await pulledAs(supplierId, "PULLED");
  expect(await connectorOf(supplierId)).toMatchObject({ failures: 0, circuit: "CLOSED", lastFault: null });
  expect((await suppliers.offer(supplierId, skuOf.A!)).report.quantity).toBe(7);
});

test("addresses of the house are refused, at once or behind a redirect", async () => {
  const { supplierId } = await withCodes("A");
  const inside = await connect(supplierId, { url: "http://169.254.169.254/latest" });
  expect([inside.status, problemOf(inside)]).toEqual([400, "invalid-request"]);
  const path = `/${supplierId}`;
  answers.set(path, (_, response) => response.writeHead(302, { location: "http://10.0.0.1/" }).end());
  await connect(supplierId, { url: urlOf(path) });
  await pulledAs(supplierId, "FAILED");
  expect((await connectorOf(supplierId)).lastFault).toBe("leads to an address that connectors may not reach");
});

test("a connector is its operators' alone, and pulls no more once it is gone", async () => {
  const { supplierId } = await withCodes("A");
  const own = suppliers.of(supplierId);
  expect((await own.get(`/v1/suppliers/${supplierId}/connectors`)).status).toBe(403);
  await connect(supplierId, { url: urlOf("/gone"), enabled: false });
  const path = `/v1/suppliers/${supplierId}/connectors/main`;
  expect((await suppliers.operator().request("DELETE", path)).status).toBe(204);
  expect((await suppliers.operator().request("DELETE", path)).status).toBe(404);
  expect((await pullNow(supplierId)).status).toBe(404);
});

import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { until } from "@septet/local-stack";
import { aSku, problemOf, SupplierSystem, WITHIN_MS } from "./supplier-system.js";

let suppliers: SupplierSystem;
let server: Server;
const got: { path: string; headers: IncomingMessage["headers"]; body: string }[] = [];
/** What a group's bot answers to its next requests, by path; then it says that all is well. */
const answers = new Map<string, { status: number; body: string }[]>();

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const path = request.url!.split("?")[0]!;
    got.push({ path, headers: request.headers, body: await text(request) });
    const { status, body } = answers.get(path)?.shift() ?? { status: 200, body: '{"errcode":0,"code":0}' };
    response.writeHead(status).end(body);
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
const channel = (supplierId: string, channelId: string, body: object) =>
  suppliers.operator().put(`/v1/suppliers/${supplierId}/channels/${channelId}`, body);
const noticesOf = async (supplierId: string): Promise<Record<string, unknown>[]> =>
  (await suppliers.operator().get(`/v1/suppliers/${supplierId}/notices`)).body.items;
const reaches = (supplierId: string, channelId: string, state: string) =>
  until(`a notice to ${channelId} is ${state}`, WITHIN_MS, async () => {
    return (await noticesOf(supplierId)).some((one) => one.channelId === channelId && one.state === state);
  });

/** A supplier of one article, RED-1, which has been selling; its id. */
async function selling(): Promise<string> {
  const supplierId = await suppliers.supplier({ name: "红日商贸" });
  const mappings = [{ code: "RED-1", sku: aSku() }];
  await suppliers.operator().put(`/v1/suppliers/${supplierId}/mappings`, { mappings });
  await report(supplierId, 100);
  return supplierId;
}
const report = async (supplierId: string, quantity: number) => {
  const lines = [{ code: "RED-1", quantity }];
  expect((await suppliers.of(supplierId).post(`/v1/suppliers/${supplierId}/reports`, { lines })).status).toBe(200);
};
const sentTo = (path: string) => got.filter((one) => one.path === path);

test("a SKU runs low: each group is told once, in its language and its bot's words, and a bot that was away is told later", async () => {
  const supplierId = await selling();
  const [wecom, webhook] = [`/wecom/${supplierId}`, `/hook/${supplierId}`];
  answers.set(wecom, [{ status: 502, body: "" }]);
  const target = { kind: "WECOM", url: urlOf(`${wecom}?key=token`) };
  const shown = await channel(supplierId, "group", { target, language: "zh" });
  expect(shown).toMatchObject({ status: 200, body: { kind: "WECOM", language: "zh" } });
  expect(JSON.stringify(shown.body)).not.toContain("token");
  const secret = "a secret of theirs";
  await channel(supplierId, "erp", { target: { kind: "WEBHOOK", url: urlOf(webhook), secret } });
  await report(supplierId, 5);
  await reaches(supplierId, "group", "DELIVERED");
  await reaches(supplierId, "erp", "DELIVERED");
  const [, second] = sentTo(wecom);
  expect(JSON.parse(second!.body)).toEqual({
    msgtype: "text",
    text: { content: "红日商贸：RED-1 库存不足\n补货后请立即上报库存。" },
  });
  const [hook, ...more] = sentTo(webhook);
  expect(more).toEqual([]);
  const notices = await noticesOf(supplierId);
  expect(notices).toHaveLength(2);
  expect(notices.find((one) => one.channelId === "group")).toMatchObject({
    state: "DELIVERED",
    tries: 2,
    kind: "LOW_STOCK",
  });
  expect(hook!.headers["webhook-id"]).toBe(notices[0]!.noticeId);
  expect(hook!.headers["webhook-signature"]).toMatch(/^v1,/);
  expect(JSON.parse(hook!.body)).toMatchObject({ kind: "LOW_STOCK", title: "红日商贸: RED-1 is running low" });
});

test("a bot that refuses is not asked again until somebody sends it once more", async () => {
  const supplierId = await selling();
  const path = `/ding/${supplierId}`;
  answers.set(path, [{ status: 200, body: '{"errcode":310000,"errmsg":"sign not match"}' }]);
  await channel(supplierId, "ding", { target: { kind: "DINGTALK", url: urlOf(path), secret: "SECx" } });
  await report(supplierId, 5);
  await reaches(supplierId, "ding", "REFUSED");
  const [notice] = await noticesOf(supplierId);
  expect(notice).toMatchObject({ tries: 1, lastReason: "code 310000: sign not match" });
  const again = await suppliers
    .operator()
    .post(`/v1/suppliers/${supplierId}/channels/ding/resend`, { noticeId: notice!.noticeId });
  expect(again.status).toBe(202);
  await reaches(supplierId, "ding", "DELIVERED");
  expect(sentTo(path)).toHaveLength(2);
});

test("channels are their operators' alone, and lead to nothing inside", async () => {
  const supplierId = await selling();
  const inside = await channel(supplierId, "x", { target: { kind: "SLACK", url: "http://10.0.0.1/" } });
  expect([inside.status, problemOf(inside)]).toEqual([400, "invalid-request"]);
  expect((await suppliers.of(supplierId).get(`/v1/suppliers/${supplierId}/channels`)).status).toBe(403);
  await channel(supplierId, "x", { target: { kind: "SLACK", url: urlOf("/slack") } });
  const path = `/v1/suppliers/${supplierId}/channels/x`;
  expect((await suppliers.operator().request("DELETE", path)).status).toBe(204);
  expect((await suppliers.operator().request("DELETE", path)).status).toBe(404);
});

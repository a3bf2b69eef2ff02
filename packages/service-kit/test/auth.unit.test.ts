import { mkdtemp, rm } from "node:fs/promises";
import { createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { createAuthenticator, ROLES, type Role, route } from "../src/index.js";
import { type Served, serve } from "./http-harness.js";
import { AUDIENCE, createIssuer, ISSUER, type Issuer } from "./tokens.js";

const answered = () => ({ status: 200, body: {} });
const responses = { 200: "done" };
const table = [
  route({
    method: "POST",
    path: "/v1/reservations",
    roles: ["upstream", "storefront", "operator"],
    summary: "s",
    responses,
    handler: answered,
  }),
  route({
    method: "GET",
    path: "/v1/reservations/{orderId}",
    roles: ["upstream", "operator"],
    summary: "s",
    responses,
    handler: answered,
  }),
  route({ method: "POST", path: "/v1/receipts", roles: ["warehouse"], summary: "s", responses, handler: answered }),
  route({
    method: "PUT",
    path: "/v1/policies/{scope}",
    roles: ["operator"],
    summary: "s",
    responses,
    handler: answered,
  }),
  route({
    method: "GET",
    path: "/v1/suppliers/{supplierId}/orders",
    roles: ["supplier", "operator"],
    summary: "s",
    responses,
    handler: answered,
  }),
  route({
    method: "GET",
    path: "/v1/balances",
    roles: ["operator", "sre"],
    summary: "s",
    responses,
    handler: answered,
  }),
];
const kit = [
  { method: "GET", path: "/metrics", roles: ["sre"] as readonly Role[] },
  { method: "GET", path: "/openapi.json", roles: ROLES },
  { method: "GET", path: "/docs/", roles: ROLES },
];
const all = [...table, ...kit].map(({ method, path, roles }) => ({
  method,
  path: path.replace("{supplierId}", "acme").replace(/\{\w+\}/, "x"),
  roles,
}));

let folder: string;
let issuer: Issuer;
let served: Served;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "septet-keys-"));
  issuer = await createIssuer();
  const jwksFile = join(folder, "jwks.json");
  await issuer.writeKeys(jwksFile);
  served = await serve(table, {
    auth: createAuthenticator({ mode: "jwt", issuer: ISSUER, audience: AUDIENCE, jwksFile }),
  });
});
afterAll(async () => {
  await served.close();
  await rm(folder, { recursive: true });
});

describe.each(all)("$method $path", ({ method, path, roles }) => {
  test.each(ROLES)("as %s", async (role) => {
    const token = await issuer.token({ roles: [role], ...(role === "supplier" ? { supplier: "acme" } : {}) });
    const answer = await served.call(method, path, { token });
    expect(answer.status).toBe(roles.includes(role) ? 200 : 403);
  });

  test.each<[string, string, () => Promise<string | undefined>]>([
    ["no token", "token-missing", async () => undefined],
    [
      "an expired token",
      "token-expired",
      () => issuer.token({ roles: ROLES, supplier: "acme", expiresInSeconds: -120 }),
    ],
    ["another issuer's token", "token-invalid", () => issuer.token({ roles: ROLES, issuer: "https://elsewhere.test" })],
    ["a token for another audience", "token-invalid", () => issuer.token({ roles: ROLES, audience: "shop" })],
    ["a token of a forger", "token-invalid", async () => (await createIssuer()).token({ roles: ROLES })],
    ["something that is no token", "token-invalid", async () => "abc.def.ghi"],
  ])("with %s", async (_case, slug, make) => {
    const token = await make();
    const answer = await served.call(method, path, token === undefined ? {} : { token });
    expect(answer.status).toBe(401);
    expect(answer.json.type).toBe(`https://septet.dev/problems/${slug}`);
    expect(answer.headers.get("www-authenticate")).not.toBeNull();
  });
});

describe("who may do what", () => {
  test("a token without roles may read the documentation and nothing else", async () => {
    const token = await issuer.token({ roles: [] });
    for (const { method, path } of all.filter((r) => r.roles !== ROLES)) {
      expect((await served.call(method, path, { token })).status).toBe(403);
    }
  });

  test("without a token there is nothing but health, not even the knowledge of which paths exist", async () => {
    expect((await served.call("GET", "/health/live")).status).toBe(200);
    expect((await served.call("GET", "/health/ready")).status).toBe(200);
    expect((await served.call("GET", "/v1/nothing")).status).toBe(401);
    expect((await served.call("DELETE", "/v1/receipts")).status).toBe(401);
  });

  test("a supplier does not reach another supplier's data, nor do suppliers without a name", async () => {
    const other = await issuer.token({ roles: ["supplier"], supplier: "zenith" });
    const nameless = await issuer.token({ roles: ["supplier"] });
    for (const token of [other, nameless]) {
      const answer = await served.call("GET", "/v1/suppliers/acme/orders", { token });
      expect(answer.status).toBe(403);
      expect(answer.json.type).toContain("other-supplier");
    }
  });

  test("a token that expired within the clocks' tolerance still counts", async () => {
    const token = await issuer.token({ roles: ["sre"], expiresInSeconds: -5 });
    expect((await served.call("GET", "/v1/balances", { token })).status).toBe(200);
  });

  test("a browser reads the documentation with the token as its password, and only that", async () => {
    const token = await issuer.token({ roles: ["operator"] });
    const headers = { authorization: `Basic ${Buffer.from(`me:${token}`).toString("base64")}` };
    expect((await served.call("GET", "/openapi.json", { headers })).status).toBe(200);
    expect((await served.call("GET", "/v1/balances", { headers })).status).toBe(401);
  });
});

describe("without tokens", () => {
  const anybody = createAuthenticator({ mode: "none" });

  test.each(["127.0.0.1:7101", "localhost", "LOCALHOST:80", "[::1]:7101", "[::1]"])("%s is served", async (host) => {
    expect((await anybody.authenticate(undefined, host)).roles).toEqual(ROLES);
  });

  test.each([
    undefined,
    "",
    "evil.test",
    "evil.test:7101",
    "localhost.evil.test",
    "127.0.0.1.evil.test",
    "::1:80:9",
    "a@localhost",
  ])("a page of %s that was made to point at this machine is refused", async (host) => {
    await expect(anybody.authenticate(undefined, host)).rejects.toMatchObject({
      status: 403,
      type: expect.stringContaining("host-not-local"),
    });
  });

  test("the header of the request is what counts", async () => {
    const open = await serve(table, { auth: anybody });
    expect(await statusAs(open.server.port, "localhost")).toBe(200);
    expect(await statusAs(open.server.port, "evil.test")).toBe(403);
    await open.close();
  });

  function statusAs(port: number, host: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const asked = get({ port, host: "127.0.0.1", path: "/v1/balances", headers: { host } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asked.on("error", reject);
    });
  }
});

describe("the issuer's keys", () => {
  test("a key file is read again for a key it did not have, so that keys can be rotated", async () => {
    const jwksFile = join(folder, "rotated.json");
    await issuer.writeKeys(jwksFile);
    const auth = createAuthenticator({ mode: "jwt", issuer: ISSUER, audience: AUDIENCE, jwksFile, keysCooldownMs: 0 });
    await auth.authenticate(await issuer.token({ roles: ["sre"] }));
    const next = await createIssuer("key-2");
    await next.writeKeys(jwksFile);
    expect((await auth.authenticate(await next.token({ subject: "ann", roles: ["sre"] }))).subject).toBe("ann");
  });

  test("a key that was withdrawn from the file counts no longer once the keys are old", async () => {
    const jwksFile = join(folder, "withdrawn.json");
    await issuer.writeKeys(jwksFile);
    const options = { mode: "jwt", issuer: ISSUER, audience: AUDIENCE, jwksFile } as const;
    const auth = createAuthenticator({ ...options, keysMaxAgeMs: 0 });
    const token = await issuer.token({ roles: ["sre"] });
    await auth.authenticate(token);
    await (await createIssuer("key-2")).writeKeys(jwksFile);
    await expect(auth.authenticate(token)).rejects.toMatchObject({ status: 401 });
  });

  test("a token that was verified counts for a moment without its key, and no longer than the key itself may", async () => {
    const jwksFile = join(folder, "remembered.json");
    await issuer.writeKeys(jwksFile);
    const options = { mode: "jwt", issuer: ISSUER, audience: AUDIENCE, jwksFile } as const;
    const begin = performance.now();
    const clock = jest.spyOn(performance, "now").mockReturnValue(begin);
    try {
      const auth = createAuthenticator({ ...options, keysMaxAgeMs: 2_000 });
      const token = await issuer.token({ subject: "ann", roles: ["sre"] });
      const first = await auth.authenticate(token);
      await (await createIssuer("key-2")).writeKeys(jwksFile);
      clock.mockReturnValue(begin + 300);
      expect(await auth.authenticate(token)).toBe(first);
      // Verified once more with the key as it was read, shortly before that is read again.
      clock.mockReturnValue(begin + 1_500);
      expect(await auth.authenticate(token)).toEqual(first);
      clock.mockReturnValue(begin + 1_800);
      expect(await auth.authenticate(token)).toEqual(first);
      clock.mockReturnValue(begin + 2_000);
      await expect(auth.authenticate(token)).rejects.toMatchObject({ status: 401 });
    } finally {
      clock.mockRestore();
    }
  });

  test("a key file that is not there is the service's trouble, not the caller's", async () => {
    const auth = createAuthenticator({
      mode: "jwt",
      issuer: ISSUER,
      audience: AUDIENCE,
      jwksFile: join(folder, "none.json"),
    });
    await expect(auth.authenticate(await issuer.token({}))).rejects.toMatchObject({ status: 503 });
  });

  test("keys are fetched from a URL, and one that does not answer is the service's trouble", async () => {
    const server: Server = createServer((_request, response) => {
      response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [issuer.jwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
    const auth = createAuthenticator({ mode: "jwt", issuer: ISSUER, audience: AUDIENCE, jwksUrl });
    const actor = await auth.authenticate(await issuer.token({ subject: "bo", roles: ["supplier"], supplier: "acme" }));
    expect(actor).toEqual({ subject: "bo", roles: ["supplier"], supplierId: "acme" });
    await new Promise((resolve) => server.close(resolve));
    const cold = createAuthenticator({ mode: "jwt", issuer: ISSUER, audience: AUDIENCE, jwksUrl });
    await expect(cold.authenticate(await issuer.token({}))).rejects.toMatchObject({ status: 503 });
  });
});

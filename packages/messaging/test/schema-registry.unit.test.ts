import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { silentLogger } from "../src/index.js";
import { createRegistry } from "../src/schema-registry.js";

let server: Server;
let asked: string[] = [];
/** Status and body by method and path; 500 to everything else. */
let answers: Record<string, [status: number, body: object]> = {};
beforeAll(async () => {
  server = createServer((request, response) => {
    const question = `${request.method} ${request.url}`;
    asked.push(question);
    const [status, body] = answers[question] ?? [500, {}];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const registryAt = (registerWithinMs: number) => {
  asked = [];
  const registryUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createRegistry({ registryUrl, logger: silentLogger, registerWithinMs });
};

describe("schema ids", () => {
  test("one beyond what a registry can give out is unknown without asking, whatever the registry makes of it", async () => {
    const registry = registryAt(0);
    expect(await registry.schemaText(0xffffffff)).toBeUndefined();
    expect(asked).toEqual([]);
  });
});

describe("the compatibility rule of a subject", () => {
  const schema = JSON.stringify({ type: "record", name: "A", fields: [] });
  const taken = [409, { message: "A rule named 'COMPATIBILITY' already exists.", error_code: 0 }] as [number, object];

  test("is as good when another instance has just made it", async () => {
    answers = {
      "PUT /config/orders-A": taken,
      "GET /config/orders-A": [200, { compatibilityLevel: "FULL_TRANSITIVE" }],
      "POST /subjects/orders-A/versions": [200, { id: 7 }],
    };
    expect(await registryAt(0).register("orders-A", schema)).toBe(7);
  });

  test("is asked for again when what is there is another one, and nothing is registered under it", async () => {
    answers = {
      "PUT /config/orders-A": taken,
      "GET /config/orders-A": [200, { compatibilityLevel: "NONE" }],
      "POST /subjects/orders-A/versions": [200, { id: 7 }],
    };
    const refused = registryAt(150).register("orders-A", schema);
    await expect(refused).rejects.toThrow("answers 409 to the compatibility rule");
    expect(asked.filter((question) => question.startsWith("PUT")).length).toBeGreaterThan(1);
    expect(asked.filter((question) => question.startsWith("POST"))).toEqual([]);
  });
});

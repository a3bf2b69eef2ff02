import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { silentLogger } from "../src/index.js";
import { createRegistry } from "../src/schema-registry.js";

let server: Server;
let asked: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe("schema ids", () => {
  test("one beyond what a registry can give out is unknown without asking, whatever the registry makes of it", async () => {
    asked = [];
    const registryUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const registry = createRegistry({ registryUrl, logger: silentLogger });
    expect(await registry.schemaText(0xffffffff)).toBeUndefined();
    expect(asked).toEqual([]);
  });
});

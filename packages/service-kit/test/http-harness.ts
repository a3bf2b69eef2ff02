import { randomUUID } from "node:crypto";
import {
  createHttpServer,
  createLogger,
  createMetrics,
  HealthChecks,
  type HttpOptions,
  type Route,
} from "../src/index.js";

/** A server of the given routes on a free port, and a client for it. */
export async function serve(routes: readonly Route[], o: Pick<HttpOptions, "auth"> & Partial<HttpOptions>) {
  const health = o.health ?? new HealthChecks();
  const metrics = createMetrics({ service: "warehouse", processMetrics: false });
  const logger = o.logger ?? createLogger({ service: "warehouse", level: "silent" });
  const server = await createHttpServer({
    service: "warehouse",
    health,
    metrics,
    logger,
    ...o,
    routes,
    host: "127.0.0.1",
    port: 0,
  });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    health,
    metrics,
    server,
    close: () => server.close(1_000),
    async call(
      method: string,
      path: string,
      c: { token?: string; json?: unknown; body?: string; headers?: Record<string, string> } = {},
    ) {
      const headers: Record<string, string> = {
        ...(c.token === undefined ? {} : { authorization: `Bearer ${c.token}` }),
      };
      if (method === "POST") headers["idempotency-key"] = randomUUID();
      if (c.json !== undefined) headers["content-type"] = "application/json";
      const body = c.body ?? (c.json === undefined ? undefined : JSON.stringify(c.json));
      const init = { method, headers: { ...headers, ...c.headers }, ...(body === undefined ? {} : { body }) };
      for (const [name, value] of Object.entries(init.headers)) if (value === "") delete init.headers[name];
      const response = await fetch(url + path, init);
      const text = await response.text();
      // biome-ignore lint/suspicious/noExplicitAny: answers of any shape
      const json: any = (response.headers.get("content-type") ?? "").includes("json") ? JSON.parse(text) : undefined;
      return { status: response.status, headers: response.headers, text, json };
    },
  };
}
export type Served = Awaited<ReturnType<typeof serve>>;

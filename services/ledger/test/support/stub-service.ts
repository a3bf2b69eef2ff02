import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the stub says of one SKU. */
export interface StubBalances {
  readonly figures: readonly { location: string; bucket: string; quantity: number }[];
  readonly positions: Record<string, { contiguous: number; ahead: [number, number][] }>;
}

/** A service that answers GET /v1/balances over HTTP with what the test put into it. */
export class StubService {
  readonly balances = new Map<string, StubBalances>();
  readonly tokens: (string | undefined)[] = [];
  /** Called before each answer, with how many were given before. */
  onRequest: (before: number) => Promise<void> = async () => undefined;
  status = 200;
  /** Whether it says of any SKU it is asked for that it has recorded nothing yet. */
  hasStreamOfAll = false;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<StubService> {
    const server = createServer();
    const stub = new StubService(server);
    server.on("request", async (request, response) => {
      await stub.onRequest(stub.tokens.length);
      stub.tokens.push(request.headers.authorization);
      const query = new URL(request.url ?? "/", "http://stub").searchParams;
      response.writeHead(stub.status, { "content-type": "application/json" });
      const page = stub.#page(query.get("cursor") ?? "", Number(query.get("limit") ?? 100), query.get("sku"));
      response.end(JSON.stringify(page));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return stub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #page(after: string, limit: number, only: string | null) {
    const all = [...this.balances.keys()].sort().filter((sku) => sku > after);
    const skus = only === null ? all : all.filter((sku) => sku === only);
    if (only !== null && skus.length === 0 && this.hasStreamOfAll)
      return { items: [], positions: { warehouse: { [only]: { contiguous: 0, ahead: [] } } }, nextCursor: null };
    const shown = skus.slice(0, limit);
    const positions: Record<string, Record<string, unknown>> = {};
    for (const sku of shown)
      for (const [recordedBy, at] of Object.entries(this.balances.get(sku)!.positions))
        positions[recordedBy] = { ...positions[recordedBy], [sku]: at };
    const items = shown.flatMap((sku) => this.balances.get(sku)!.figures.map((figure) => ({ sku, ...figure })));
    return { items, positions, nextCursor: skus.length > limit ? shown.at(-1) : null };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

import pg from "pg";

/** Looks into the databases of a world without being part of it. */
export class Inspector {
  readonly #clients = new Map<string, pg.Client>();
  readonly #databases: ReadonlyMap<string, string>;

  constructor(databases: ReadonlyMap<string, string>) {
    this.#databases = databases;
  }

  get services(): string[] {
    return [...this.#databases.keys()];
  }

  async query<T extends pg.QueryResultRow>(service: string, sql: string): Promise<T[]> {
    let client = this.#clients.get(service);
    if (client === undefined) {
      client = new pg.Client({ connectionString: this.#databases.get(service)! });
      client.on("error", () => undefined);
      await client.connect();
      this.#clients.set(service, client);
    }
    return (await client.query<T>(sql)).rows;
  }

  /** Rows that no relay has sent yet, in all databases. */
  async unpublished(): Promise<number> {
    let rows = 0;
    for (const service of this.services) {
      const [row] = await this.query<{ n: number }>(
        service,
        "SELECT count(*)::int AS n FROM outbox WHERE published_at IS NULL",
      );
      rows += row!.n;
    }
    return rows;
  }

  async close(): Promise<void> {
    for (const client of this.#clients.values()) await client.end();
  }
}

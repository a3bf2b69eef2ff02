import type pg from "pg";
import type { StandingDatabase } from "./standing-database.js";

/** Looks into the databases of a world without being part of it. */
export class Inspector {
  readonly #databases: ReadonlyMap<string, StandingDatabase>;
  readonly #changesOf: (url: string) => number;
  readonly #unpublished = new Map<string, { readonly changes: number; readonly rows: number }>();

  /** @param changesOf how many transactions have ended in a database */
  constructor(databases: ReadonlyMap<string, StandingDatabase>, changesOf: (url: string) => number) {
    this.#databases = databases;
    this.#changesOf = changesOf;
  }

  get services(): string[] {
    return [...this.#databases.keys()];
  }

  query<T extends pg.QueryResultRow>(service: string, sql: string): Promise<T[]> {
    return this.#databases.get(service)!.look<T>(sql);
  }

  /** Rows that no relay has sent yet, in all databases; asked again only of those in which something has changed. */
  async unpublished(): Promise<number> {
    let sum = 0;
    for (const [service, { url }] of this.#databases) {
      const changes = this.#changesOf(url);
      let known = this.#unpublished.get(service);
      if (known?.changes !== changes) {
        const [row] = await this.query<{ n: number }>(
          service,
          "SELECT count(*)::int AS n FROM outbox WHERE published_at IS NULL",
        );
        known = { changes, rows: row!.n };
        this.#unpublished.set(service, known);
      }
      sum += known.rows;
    }
    return sum;
  }
}

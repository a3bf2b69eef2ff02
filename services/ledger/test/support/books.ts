import { messagingMigrations } from "@septet/messaging";
import { type Database, kitMigrations, openDatabase, transact } from "@septet/service-kit";
import type { StockMovement } from "@septet/stock-contracts";
import { type FoldOutcome, foldArrivals } from "../../src/messaging/fold-slice.js";
import { LedgerBooks1763800000100, LedgerSurroundings1763800000200 } from "../../src/store/migrations.js";

/** An event as the books would publish it. */
export interface Published {
  readonly name: string;
  readonly value: { readonly code?: string; readonly sku?: string | null; readonly message?: string | null };
}

/** The ledger's database without a broker: what it publishes is collected. */
export interface Books {
  readonly db: Database;
  readonly published: Published[];
  fold(movements: readonly StockMovement[]): Promise<FoldOutcome>;
  close(): Promise<void>;
}

/** Opens a migrated database of the ledger. */
export async function openBooks(url: string): Promise<Books> {
  const published: Published[] = [];
  const db = await openDatabase({
    url,
    poolSize: 4,
    migrations: [...messagingMigrations, ...kitMigrations, LedgerBooks1763800000100, LedgerSurroundings1763800000200],
    applicationName: "ledger-test",
    recorder: {
      service: "ledger",
      newId: () => crypto.randomUUID(),
      wake: () => undefined,
      encode(name, value) {
        published.push({ name, value: value as Published["value"] });
        return Buffer.from(name);
      },
    },
  });
  let offset = 0;
  return {
    db,
    published,
    fold: (movements) => {
      const skus = [...new Set(movements.map((movement) => movement.sku))];
      const arrivals = movements.map((movement) => ({ message: messageOf(movement, offset++), movement }));
      return transact(db, { skus }, (unit) => foldArrivals(unit, "ledger.movements", arrivals));
    },
    close: () => db.close(),
  };
}

function messageOf({ sku }: StockMovement, offset: number) {
  const at = { topic: "stock.movements.v1", partition: 0, offset, timestamp: 0 };
  return { ...at, key: sku, value: null, headers: {} };
}

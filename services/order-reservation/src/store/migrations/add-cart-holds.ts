import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What carts have of a SKU and what of it is held. A row changes under the lock of the SKU's stream alone. `pieces` repeats
 * the sum of `places`, so that holds are found without reading json.
 */
export class AddCartHolds1764400000000 implements MigrationInterface {
  readonly name = "AddCartHolds1764400000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE cart_hold (
       cart_id text COLLATE "C" NOT NULL,
       sku text COLLATE "C" NOT NULL,
       customer_id text,
       channel text,
       region text,
       wanted int NOT NULL,
       pieces int NOT NULL CHECK (pieces >= 0),
       places jsonb NOT NULL,
       started_at timestamptz NOT NULL,
       expires_at timestamptz NOT NULL,
       PRIMARY KEY (cart_id, sku)
     ) WITH (fillfactor = 80)`);
    await runner.query("CREATE INDEX cart_hold_expires_at ON cart_hold (expires_at)");
    await runner.query("CREATE INDEX cart_hold_by_sku ON cart_hold (sku, expires_at)");
    // The rules of single SKUs may be many, those of channels and regions are read whole in every slice.
    await runner.query("CREATE INDEX policy_of_sales ON policy (scope) WHERE scope NOT LIKE 'sku:%'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE cart_hold");
    await runner.query("DROP INDEX policy_of_sales");
  }
}

import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What bundles are made of: in the catalogue, in order lines as it was when they were placed, in carts as it was when they
 * were held; null where a SKU is no bundle. The index on `places` holds bundles alone: their holds are found by their parts.
 */
export class AddBundles1765300000000 implements MigrationInterface {
  readonly name = "AddBundles1765300000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX cart_hold_of_bundles");
    await runner.query("ALTER TABLE cart_hold DROP COLUMN parts");
    await runner.query("ALTER TABLE orders DROP COLUMN has_spares");
    await runner.query("ALTER TABLE order_line DROP COLUMN parts");
    await runner.query("ALTER TABLE sku_listing DROP COLUMN parts");
  }
}

const STATEMENTS = [
  "ALTER TABLE sku_listing ADD COLUMN parts jsonb",
  "ALTER TABLE order_line ADD COLUMN parts jsonb",
  "ALTER TABLE orders ADD COLUMN has_spares boolean NOT NULL DEFAULT false",
  "CREATE INDEX orders_with_spares ON orders (order_id) WHERE has_spares",
  "ALTER TABLE cart_hold ADD COLUMN parts jsonb",
  "CREATE INDEX cart_hold_of_bundles ON cart_hold USING gin (places jsonb_path_ops) WHERE parts IS NOT NULL AND pieces > 0",
];

import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Promotions and what is kept out of them. A row of `promotion_sku` changes under the lock of the SKU's stream alone; the
 * promotion's own row is what a schedule and an end that come at once meet at. Pieces sold stand with the orders themselves,
 * so nothing has to be kept in step; the index finds the orders that name a promotion.
 */
export class AddPromotions1765000000000 implements MigrationInterface {
  readonly name = "AddPromotions1765000000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE cart_hold DROP COLUMN filled_at");
    await runner.query("DROP INDEX orders_by_promotion");
    await runner.query("DROP TABLE promotion_sku, promotion");
  }
}

const STATEMENTS = [
  `CREATE TABLE promotion (
     promotion_id text COLLATE "C" PRIMARY KEY,
     starts_at timestamptz,
     ends_at timestamptz,
     ended_at timestamptz
   )`,
  `CREATE TABLE promotion_sku (
     promotion_id text COLLATE "C" NOT NULL,
     sku text COLLATE "C" NOT NULL,
     starts_at timestamptz NOT NULL,
     ends_at timestamptz NOT NULL,
     ended_at timestamptz,
     started boolean NOT NULL,
     opened boolean NOT NULL,
     sold_out_at timestamptz,
     alerted boolean NOT NULL,
     closed boolean NOT NULL,
     due_at timestamptz,
     locks jsonb NOT NULL,
     PRIMARY KEY (promotion_id, sku)
   ) WITH (fillfactor = 80)`,
  "CREATE INDEX promotion_sku_open ON promotion_sku (sku) WHERE NOT closed",
  "CREATE INDEX promotion_sku_due ON promotion_sku (due_at) WHERE due_at IS NOT NULL",
  "CREATE INDEX promotion_sku_by_sku ON promotion_sku (sku, promotion_id)",
  "CREATE INDEX orders_by_promotion ON orders ((details ->> 'promotionId')) WHERE details ? 'promotionId'",
  // Of which quota a cart's pieces are.
  "ALTER TABLE cart_hold ADD COLUMN filled_at timestamptz",
  "UPDATE cart_hold SET filled_at = started_at",
  "ALTER TABLE cart_hold ALTER COLUMN filled_at SET NOT NULL",
];

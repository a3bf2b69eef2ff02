import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Lines below which somebody wants to hear that a SKU runs low. `on_hand.low` remembers on which side a row is (null: it never
 * had a usable piece), so that a crossing is told once; rows of before are looked at with their next change.
 */
export class CreateAlertLines1764220000000 implements MigrationInterface {
  readonly name = "CreateAlertLines1764220000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE on_hand DROP COLUMN low");
    await runner.query("DROP TABLE alert_line");
  }
}

const STATEMENTS = [
  // location '' = at every location that has no line of its own; pieces null = the default line, -1 = none.
  `CREATE TABLE alert_line (
     sku text COLLATE "C" NOT NULL,
     location text COLLATE "C" NOT NULL,
     pieces int CHECK (pieces >= -1),
     buyer text COLLATE "C",
     changed_at timestamptz NOT NULL,
     changed_by text NOT NULL,
     PRIMARY KEY (sku, location)
   )`,
  "CREATE INDEX alert_line_by_buyer ON alert_line (buyer, sku, location) WHERE buyer IS NOT NULL",
  "ALTER TABLE on_hand ADD COLUMN low boolean",
  // Only a crossing touches it, so that updates of counts stay within their page.
  "CREATE INDEX on_hand_low ON on_hand (sku, location) WHERE low",
];

import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What orders were told to be short, until it is settled and afterwards. `due_at`, `escalate_at` and `is_open` repeat what
 * the order says (nothing is due of an unpaid one), so that what time brings about and what is open are found by index. A
 * row changes under the lock of its order. What the catalogue says of prices and groups is read from now on.
 */
export class AddShortages1764900000000 implements MigrationInterface {
  readonly name = "AddShortages1764900000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE shortage_notice, shortage");
    await runner.query("DROP INDEX sku_listing_by_group");
    await runner.query("ALTER TABLE order_line DROP COLUMN unit_price_minor, DROP COLUMN replaces");
    await runner.query(
      "ALTER TABLE sku_listing DROP COLUMN unit_price_minor, DROP COLUMN currency, DROP COLUMN substitution_group",
    );
  }
}

const STATEMENTS = [
  `ALTER TABLE sku_listing ADD COLUMN unit_price_minor bigint, ADD COLUMN currency text,
     ADD COLUMN substitution_group text COLLATE "C"`,
  `CREATE INDEX sku_listing_by_group ON sku_listing (substitution_group, currency, unit_price_minor, sku)
   WHERE substitution_group IS NOT NULL AND active`,
  `ALTER TABLE order_line ADD COLUMN unit_price_minor bigint, ADD COLUMN replaces text COLLATE "C"`,
  `CREATE TABLE shortage (
     order_id text COLLATE "C" NOT NULL,
     number int NOT NULL,
     group_leader_id text COLLATE "C",
     cause text NOT NULL,
     shorted_at timestamptz NOT NULL,
     decide_by timestamptz NOT NULL,
     told_to_escalate_at timestamptz,
     lines jsonb NOT NULL,
     is_open boolean NOT NULL,
     due_at timestamptz,
     escalate_at timestamptz,
     PRIMARY KEY (order_id, number)
   ) WITH (fillfactor = 80)`,
  "CREATE INDEX shortage_due_at ON shortage (due_at) WHERE due_at IS NOT NULL",
  "CREATE INDEX shortage_escalate_at ON shortage (escalate_at) WHERE escalate_at IS NOT NULL",
  "CREATE INDEX shortage_open ON shortage (order_id, number) WHERE is_open",
  "CREATE INDEX shortage_open_by_leader ON shortage (group_leader_id, order_id, number) WHERE is_open AND group_leader_id IS NOT NULL",
  // What leaders have not heard of yet: as short as a batch.
  `CREATE TABLE shortage_notice (
     group_leader_id text COLLATE "C" NOT NULL,
     order_id text COLLATE "C" NOT NULL,
     number int NOT NULL,
     told_at timestamptz NOT NULL,
     PRIMARY KEY (group_leader_id, order_id, number)
   )`,
];

import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Rows that are locked while limits are decided; what is counted stands with the orders themselves. Each of the two indexes
 * of customers holds only orders that name one.
 */
export class AddCounters1764500000000 implements MigrationInterface {
  readonly name = "AddCounters1764500000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE counter (
       id text COLLATE "C" PRIMARY KEY,
       used_at timestamptz NOT NULL DEFAULT septet_now()
     ) WITH (fillfactor = 70)`);
    await runner.query(
      "CREATE INDEX orders_by_customer ON orders (customer_id, placed_at) WHERE customer_id IS NOT NULL",
    );
    await runner.query(
      `CREATE INDEX orders_unpaid_by_customer ON orders (customer_id)
       WHERE customer_id IS NOT NULL AND NOT paid AND expires_at IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX orders_unpaid_by_customer, orders_by_customer");
    await runner.query("DROP TABLE counter");
  }
}

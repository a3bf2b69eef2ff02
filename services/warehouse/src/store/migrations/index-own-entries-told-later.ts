import type { MigrationInterface, QueryRunner } from "typeorm";

/** Own entries of what happened before it was booked: few, and looked for by their moment, whatever their sequence. */
export class IndexOwnEntriesToldLater1764420000000 implements MigrationInterface {
  readonly name = "IndexOwnEntriesToldLater1764420000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX physical_entry_own_told_later ON physical_entry (sku, location, occurred_at)
      WHERE recorded_by = 'warehouse' AND told_later`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX physical_entry_own_told_later");
  }
}

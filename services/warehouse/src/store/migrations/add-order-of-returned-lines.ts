import type { MigrationInterface, QueryRunner } from "typeorm";

/** A sheet of returns speaks of many orders, so that each of its lines names its own. */
export class AddOrderOfReturnedLines1764200000000 implements MigrationInterface {
  readonly name = "AddOrderOfReturnedLines1764200000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE document_line ADD COLUMN order_id text COLLATE "C"');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE document_line DROP COLUMN order_id");
  }
}

import type { MigrationInterface, QueryRunner } from "typeorm";

/** Who sees to a shortage, and since when: what is acknowledged escalates no longer. */
export class AddAcknowledgements1765200000000 implements MigrationInterface {
  readonly name = "AddAcknowledgements1765200000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE shortage ADD COLUMN acknowledged jsonb");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE shortage DROP COLUMN acknowledged");
  }
}

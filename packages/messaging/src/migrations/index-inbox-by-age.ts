import type { MigrationInterface, QueryRunner } from "typeorm";

/** Old claims are found by their age. BRIN, because claims are written in the order of time: it costs an insert nothing. */
export class IndexInboxByAge1763800000001 implements MigrationInterface {
  readonly name = "IndexInboxByAge1763800000001";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE INDEX inbox_received_at ON inbox USING brin (received_at)");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX inbox_received_at");
  }
}

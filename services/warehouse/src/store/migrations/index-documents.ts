import type { MigrationInterface, QueryRunner } from "typeorm";

/** For the lists of documents of a kind: all, those of a warehouse, those of a reference wherever they were booked. */
export class IndexDocuments1764440000000 implements MigrationInterface {
  readonly name = "IndexDocuments1764440000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE INDEX document_by_age ON document (kind, booked_at, document_id)");
    await runner.query("CREATE INDEX document_by_location ON document (location, kind, booked_at, document_id)");
    await runner.query("CREATE INDEX document_by_reference ON document (reference, kind, booked_at, document_id)");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX document_by_age, document_by_location, document_by_reference");
  }
}

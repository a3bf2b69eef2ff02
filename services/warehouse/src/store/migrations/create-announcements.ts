import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Goods that somebody announced. What of them has arrived is no figure of its own: it is the sum of the receipts' lines that
 * name the announcement, so that neither part deliveries nor receipts that come before it can be counted wrongly.
 */
export class CreateAnnouncements1764230000000 implements MigrationInterface {
  readonly name = "CreateAnnouncements1764230000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE document_line DROP COLUMN inbound, DROP COLUMN reversed_unsellable");
    await runner.query("DROP TABLE announcement_line, announcement");
  }
}

const STATEMENTS = [
  `CREATE TABLE announcement (
     reference text COLLATE "C" PRIMARY KEY,
     location text COLLATE "C" NOT NULL,
     supplier text COLLATE "C",
     expected_at timestamptz,
     announced_at timestamptz NOT NULL,
     announced_by text NOT NULL,
     closed_at timestamptz,
     closed_by text,
     close_reason text
   )`,
  "CREATE INDEX announcement_by_age ON announcement (announced_at, reference)",
  "CREATE INDEX announcement_open ON announcement (expected_at) WHERE closed_at IS NULL",
  "CREATE INDEX announcement_by_supplier ON announcement (supplier, announced_at, reference) WHERE supplier IS NOT NULL",
  "CREATE INDEX announcement_by_location ON announcement (location, announced_at, reference)",
  `CREATE TABLE announcement_line (
     reference text COLLATE "C" NOT NULL,
     sku text COLLATE "C" NOT NULL,
     quantity int NOT NULL CHECK (quantity > 0),
     PRIMARY KEY (reference, sku)
   )`,
  "CREATE INDEX announcement_line_by_sku ON announcement_line (sku, reference)",
  // Of the pieces that were taken back, those that had come in unsellable.
  `ALTER TABLE document_line ADD COLUMN inbound text COLLATE "C", ADD COLUMN reversed_unsellable int NOT NULL DEFAULT 0`,
  "CREATE INDEX document_line_by_inbound ON document_line (inbound, sku) WHERE inbound IS NOT NULL",
];

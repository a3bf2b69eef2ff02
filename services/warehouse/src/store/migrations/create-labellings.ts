import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * How warehouses label unsellable stock, and which codes are listed SKUs. A line keeps what it was told as beside what it was
 * booked as (null: the same), so that it is known again whatever its warehouse's labels mean by then.
 */
export class CreateLabellings1764210000000 implements MigrationInterface {
  readonly name = "CreateLabellings1764210000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE document_line DROP COLUMN told_sku, DROP COLUMN told_unsellable, DROP COLUMN area");
    await runner.query("DROP TABLE warehouse_labelling, listed_sku");
  }
}

const STATEMENTS = [
  `CREATE TABLE warehouse_labelling (
     code text COLLATE "C" PRIMARY KEY,
     unsellable_suffix text COLLATE "C",
     areas jsonb NOT NULL,
     changed_at timestamptz NOT NULL,
     changed_by text NOT NULL
   )`,
  `CREATE TABLE listed_sku (sku text COLLATE "C" PRIMARY KEY)`,
  `ALTER TABLE document_line ADD COLUMN told_sku text COLLATE "C", ADD COLUMN told_unsellable int,
     ADD COLUMN area text COLLATE "C"`,
  `CREATE INDEX document_line_by_told_sku ON document_line (told_sku, document_id, line) WHERE told_sku IS NOT NULL`,
];

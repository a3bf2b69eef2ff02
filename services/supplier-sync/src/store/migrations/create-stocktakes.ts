import type { MigrationInterface, QueryRunner } from "typeorm";

/** What suppliers count, against what is recorded. */
export class CreateStocktakes1764400000600 implements MigrationInterface {
  readonly name = "CreateStocktakes1764400000600";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE stocktake_line, stocktake");
  }
}

const TABLES = [
  `CREATE TABLE stocktake (
     supplier_id text COLLATE "C" NOT NULL,
     stocktake_id text COLLATE "C" NOT NULL,
     state text NOT NULL,
     content text NOT NULL,
     opened_at timestamptz NOT NULL,
     opened_by text NOT NULL,
     closed_at timestamptz,
     closed_by text,
     PRIMARY KEY (supplier_id, stocktake_id)
   )`,
  "CREATE INDEX stocktake_by_opening ON stocktake (supplier_id, opened_at, stocktake_id)",
  "CREATE INDEX stocktake_by_approval ON stocktake (supplier_id, closed_at) WHERE state = 'APPROVED'",
  `CREATE TABLE stocktake_line (
     supplier_id text COLLATE "C" NOT NULL,
     stocktake_id text COLLATE "C" NOT NULL,
     sku text COLLATE "C" NOT NULL,
     counted bigint NOT NULL CHECK (counted >= 0),
     recorded bigint NOT NULL CHECK (recorded >= 0),
     cause text,
     owner text,
     due_on text COLLATE "C",
     note text,
     done boolean NOT NULL DEFAULT false,
     PRIMARY KEY (supplier_id, stocktake_id, sku)
   )`,
];

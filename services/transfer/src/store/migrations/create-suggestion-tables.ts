import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What suggestions rest on: copies folded from the movements of all services, and where covers were last found apart.
 * Copies have no lower bound: movements arrive in any order, and nothing is decided on them.
 */
export class CreateSuggestionTables1764300000100 implements MigrationInterface {
  readonly name = "CreateSuggestionTables1764300000100";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX transfer_line_open");
    await runner.query("DROP TABLE suggestion_run, suggestion, daily_sale, stock_copy");
  }
}

const TABLES = [
  `CREATE TABLE stock_copy (
     sku text COLLATE "C" NOT NULL,
     location text COLLATE "C" NOT NULL,
     sellable bigint NOT NULL,
     PRIMARY KEY (sku, location)
   ) WITH (fillfactor = 70)`,
  // day: UTC days since 1970-01-01; a row of today is rewritten all day and stays on its page.
  `CREATE TABLE daily_sale (
     sku text COLLATE "C" NOT NULL,
     location text COLLATE "C" NOT NULL,
     day int NOT NULL,
     pieces bigint NOT NULL,
     PRIMARY KEY (sku, location, day)
   ) WITH (fillfactor = 70)`,
  "CREATE INDEX daily_sale_by_day ON daily_sale (day)",
  // Where covers were apart when all SKUs were last gone through; the figures themselves are always read afresh.
  `CREATE TABLE suggestion (
     sku text COLLATE "C" NOT NULL,
     source text COLLATE "C" NOT NULL,
     destination text COLLATE "C" NOT NULL,
     apart_millidays bigint NOT NULL CHECK (apart_millidays >= 0),
     PRIMARY KEY (sku, destination)
   )`,
  "CREATE INDEX suggestion_by_difference ON suggestion ((-apart_millidays), sku, destination)",
  `CREATE TABLE suggestion_run (
     id boolean PRIMARY KEY DEFAULT true CHECK (id),
     began_at timestamptz
   )`,
  "INSERT INTO suggestion_run (began_at) VALUES (NULL)",
  // Closed lines gather for ever; figures are of the open ones.
  `CREATE INDEX transfer_line_open ON transfer_line (sku)
     WHERE requested - rejected - withdrawn - cancelled - short - damaged_before - received - lost > 0`,
];

import type { MigrationInterface, QueryRunner } from "typeorm";

/** Stocktakes, their lines and counts, and adjustments of the book by line. */
export class CreateStocktakes1764410000000 implements MigrationInterface {
  readonly name = "CreateStocktakes1764410000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...STOCKTAKES, ...ADJUSTMENTS, REVERSED]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE recorded_movement DROP COLUMN sequence");
    await runner.query("DROP INDEX on_hand_by_location");
    await runner.query("DROP TABLE adjustment_line, stocktake_count, stocktake_line, stocktake");
  }
}

const STOCKTAKES = [
  `CREATE TABLE stocktake (
     stocktake_id text COLLATE "C" PRIMARY KEY,
     location text COLLATE "C" NOT NULL,
     scope text NOT NULL,
     blind boolean NOT NULL,
     created_at timestamptz NOT NULL,
     created_by text
   )`,
  "CREATE INDEX stocktake_by_age ON stocktake (created_at, stocktake_id)",
  "CREATE INDEX stocktake_by_location ON stocktake (location, created_at, stocktake_id)",
  // What a count and an approval consist of is null before there is one.
  `CREATE TABLE stocktake_line (
     stocktake_id text COLLATE "C" NOT NULL,
     sku text COLLATE "C" NOT NULL,
     location text COLLATE "C" NOT NULL,
     state text NOT NULL,
     why text,
     attempts int NOT NULL,
     shelf int CHECK (shelf >= 0),
     picked int CHECK (picked >= 0),
     unsellable int CHECK (unsellable >= 0 AND unsellable <= shelf),
     counted_at timestamptz,
     counted_sequence bigint,
     counted_by text,
     variance bigint,
     unsellable_variance bigint,
     cause text,
     note text,
     adjusted_total bigint,
     adjusted_unsellable bigint,
     approved_at timestamptz,
     approved_by text,
     standing boolean NOT NULL,
     PRIMARY KEY (stocktake_id, sku)
   ) WITH (fillfactor = 70)`,
  // At most one line of a SKU at a location stands; not unique, because the one before steps down in the same statement.
  "CREATE INDEX stocktake_line_standing ON stocktake_line (sku, location) WHERE standing",
  `CREATE INDEX stocktake_line_unfinished ON stocktake_line (stocktake_id)
     WHERE state IN ('OPEN', 'COUNTED', 'RECOUNT_NEEDED', 'REOPENED')`,
  `CREATE TABLE stocktake_count (
     stocktake_id text COLLATE "C" NOT NULL,
     sku text COLLATE "C" NOT NULL,
     attempt int NOT NULL,
     shelf int NOT NULL,
     picked int NOT NULL,
     unsellable int,
     counted_at timestamptz NOT NULL,
     counted_sequence bigint NOT NULL,
     counted_by text,
     variance bigint NOT NULL,
     unsellable_variance bigint,
     PRIMARY KEY (stocktake_id, sku, attempt)
   )`,
  // For a stocktake of everything. Its columns never change, so no update of a row touches it.
  "CREATE INDEX on_hand_by_location ON on_hand (location, sku)",
];

const ADJUSTMENTS = [
  // The head is a row of document, of the kind ADJUSTMENT.
  `CREATE TABLE adjustment_line (
     document_id text COLLATE "C" NOT NULL,
     line text COLLATE "C" NOT NULL,
     sku text COLLATE "C" NOT NULL,
     bucket text NOT NULL,
     delta int,
     expected bigint,
     quantity int,
     change bigint NOT NULL,
     PRIMARY KEY (document_id, line),
     CHECK ((delta IS NULL) = (expected IS NOT NULL) AND (delta IS NULL) = (quantity IS NOT NULL))
   )`,
];

// Whether a reversal undoes what a count has seen is a matter of the sequence of what it undoes; 0 is before every count.
const REVERSED = "ALTER TABLE recorded_movement ADD COLUMN sequence bigint NOT NULL DEFAULT 0";

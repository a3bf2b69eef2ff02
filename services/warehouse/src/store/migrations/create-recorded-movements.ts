import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * The warehouse's own movements by their id, so that a wrong one can be taken back, and what became of what was taken back.
 * What was recorded before this table cannot be.
 */
export class CreateRecordedMovements1764400000000 implements MigrationInterface {
  readonly name = "CreateRecordedMovements1764400000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE document_line DROP COLUMN reversed");
    await runner.query("ALTER TABLE fulfilment_line DROP COLUMN reversed");
    await runner.query("DROP TABLE recorded_movement");
  }
}

const STATEMENTS = [
  `CREATE TABLE recorded_movement (
     movement_id text COLLATE "C" PRIMARY KEY,
     sku text COLLATE "C" NOT NULL,
     location text COLLATE "C" NOT NULL,
     kind text NOT NULL,
     variant text NOT NULL,
     quantity int NOT NULL CHECK (quantity > 0),
     reference_type text NOT NULL,
     reference_id text COLLATE "C" NOT NULL,
     reference_line text COLLATE "C",
     fulfilment_id text COLLATE "C",
     reverses text COLLATE "C",
     reversed_by text COLLATE "C",
     decided text,
     recorded_at timestamptz NOT NULL
   )`,
  "CREATE INDEX recorded_movement_by_reference ON recorded_movement (reference_id, recorded_at, movement_id)",
  `CREATE INDEX recorded_movement_losses ON recorded_movement (reference_id)
     WHERE kind IN ('PICK_SHORT', 'PICK_DAMAGE')`,
  // A movement is taken back once, whatever else may be wrong.
  "CREATE UNIQUE INDEX recorded_movement_reversals ON recorded_movement (reverses) WHERE reverses IS NOT NULL",
  "CREATE INDEX recorded_movement_by_age ON recorded_movement USING brin (recorded_at)",
  `ALTER TABLE fulfilment_line ADD COLUMN reversed int NOT NULL DEFAULT 0 CHECK (reversed >= 0),
     ADD CHECK (shipped + short + damaged + cancelled + reversed <= quantity)`,
  "ALTER TABLE document_line ADD COLUMN reversed int NOT NULL DEFAULT 0 CHECK (reversed BETWEEN 0 AND quantity)",
];

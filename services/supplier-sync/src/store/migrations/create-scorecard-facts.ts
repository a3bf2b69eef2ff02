import type { MigrationInterface, QueryRunner } from "typeorm";

/** What scorecards rest on: what became of the pieces of lines and when, and every deadline that was judged. */
export class CreateScorecardFacts1764400000500 implements MigrationInterface {
  readonly name = "CreateScorecardFacts1764400000500";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX supplier_order_by_due, supplier_order_by_sending");
    await runner.query("DROP TABLE line_event");
    await runner.query("DELETE FROM judged_report WHERE received_at IS NOT NULL");
    await runner.query("ALTER TABLE judged_report DROP COLUMN received_at");
    await runner.query("ALTER TABLE judged_report RENAME TO missed_report");
  }
}

const STATEMENTS = [
  "ALTER TABLE missed_report RENAME TO judged_report",
  // Null: no report since the deadline before had come by then.
  "ALTER TABLE judged_report ADD COLUMN received_at timestamptz",
  `CREATE TABLE line_event (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     fulfilment_id text COLLATE "C" NOT NULL,
     line_id text COLLATE "C" NOT NULL,
     sku text COLLATE "C" NOT NULL,
     at timestamptz NOT NULL,
     kind text NOT NULL,
     pieces int NOT NULL CHECK (pieces > 0),
     kept_pieces int NOT NULL DEFAULT 0 CHECK (kept_pieces BETWEEN 0 AND pieces)
   )`,
  "CREATE INDEX line_event_by_fulfilment ON line_event (fulfilment_id)",
  "CREATE INDEX supplier_order_by_sending ON supplier_order (supplier_id, sent_at) WHERE sent_at IS NOT NULL",
  "CREATE INDEX supplier_order_by_due ON supplier_order (supplier_id, confirmation_due_at) WHERE sent_at IS NOT NULL",
];

import type { MigrationInterface, QueryRunner } from "typeorm";

/** Stopping with what was ordered, offers whose reports are too old, and reports that did not come in time. */
export class CreateClocks1764400000300 implements MigrationInterface {
  readonly name = "CreateClocks1764400000300";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE missed_report, report_clock");
    await runner.query("DROP INDEX report_by_arrival, offer_worthless");
    await runner.query("ALTER TABLE supplier DROP COLUMN settling");
  }
}

const STATEMENTS = [
  "ALTER TABLE supplier ADD COLUMN settling boolean NOT NULL DEFAULT false",
  // An offer that rests on a report and has nothing left to fade: too old, or not offered at all.
  "CREATE INDEX offer_worthless ON offer (supplier_id) WHERE reported IS NOT NULL AND due_at IS NULL AND stopped IS NULL",
  "CREATE INDEX report_by_arrival ON report (supplier_id, received_at)",
  // Up to when the deadlines of a supplier's reports were looked at.
  `CREATE TABLE report_clock (
     supplier_id text COLLATE "C" PRIMARY KEY,
     checked_until timestamptz NOT NULL
   )`,
  `CREATE TABLE missed_report (
     supplier_id text COLLATE "C" NOT NULL,
     due_at timestamptz NOT NULL,
     day text COLLATE "C" NOT NULL,
     time text COLLATE "C" NOT NULL,
     PRIMARY KEY (supplier_id, due_at)
   )`,
];

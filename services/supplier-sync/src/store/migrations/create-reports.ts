import type { MigrationInterface, QueryRunner } from "typeorm";

/** Terms, the reports of suppliers, codes that nobody knows, and what an offer rests on. */
export class CreateReports1764400000100 implements MigrationInterface {
  readonly name = "CreateReports1764400000100";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...SUPPLIERS, ...REPORTS, ...OFFERS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE big_change, quarantined_line, report, feed, supplier_terms");
    await runner.query("ALTER TABLE supplier DROP COLUMN stopped, DROP COLUMN revision");
    const columns = ["reported", "kept", "as_of", "ordinal", "report_id", "stopped", "revision", "due_at", "low"];
    await runner.query(`ALTER TABLE offer ${columns.map((column) => `DROP COLUMN ${column}`).join(", ")}`);
  }
}

const SUPPLIERS = [
  `ALTER TABLE supplier ADD COLUMN stopped text, ADD COLUMN revision bigint NOT NULL DEFAULT 1`,
  // effective_from: a day of the supplier's calendar, yyyy-mm-dd.
  `CREATE TABLE supplier_terms (
     supplier_id text COLLATE "C" NOT NULL,
     version int NOT NULL CHECK (version > 0),
     effective_from text COLLATE "C" NOT NULL,
     terms jsonb NOT NULL,
     agreed_at timestamptz NOT NULL,
     agreed_by text NOT NULL,
     PRIMARY KEY (supplier_id, version)
   )`,
];

const REPORTS = [
  // One row per supplier is the order of its reports: whoever takes one in holds it.
  `CREATE TABLE feed (
     supplier_id text COLLATE "C" PRIMARY KEY,
     ordinal bigint NOT NULL CHECK (ordinal >= 0),
     sequence bigint,
     as_of timestamptz,
     broken_since timestamptz
   )`,
  `CREATE TABLE report (
     supplier_id text COLLATE "C" NOT NULL,
     ordinal bigint NOT NULL,
     report_id text COLLATE "C" NOT NULL,
     content text NOT NULL,
     kind text NOT NULL,
     source text NOT NULL,
     sequence bigint,
     as_of timestamptz NOT NULL,
     states_as_of boolean NOT NULL,
     scheduled boolean NOT NULL,
     received_at timestamptz NOT NULL,
     told_by text NOT NULL,
     done_at timestamptz,
     lines jsonb,
     PRIMARY KEY (supplier_id, ordinal),
     UNIQUE (supplier_id, report_id)
   )`,
  `CREATE TABLE quarantined_line (
     supplier_id text COLLATE "C" NOT NULL,
     code text COLLATE "C" NOT NULL,
     ordinal bigint NOT NULL,
     kind text NOT NULL,
     quantity bigint NOT NULL,
     kept bigint,
     first_seen_at timestamptz NOT NULL,
     seen_at timestamptz NOT NULL,
     times bigint NOT NULL CHECK (times > 0),
     PRIMARY KEY (supplier_id, code)
   )`,
  `CREATE TABLE big_change (
     supplier_id text COLLATE "C" NOT NULL,
     ordinal bigint NOT NULL,
     sku text COLLATE "C" NOT NULL,
     mark text NOT NULL,
     before bigint NOT NULL,
     after bigint NOT NULL,
     PRIMARY KEY (supplier_id, ordinal, sku)
   )`,
];

const OFFERS = [
  `ALTER TABLE offer ADD COLUMN reported bigint CHECK (reported >= 0), ADD COLUMN kept bigint CHECK (kept >= 0),
     ADD COLUMN as_of timestamptz, ADD COLUMN ordinal bigint NOT NULL DEFAULT 0, ADD COLUMN report_id text,
     ADD COLUMN stopped text, ADD COLUMN revision bigint NOT NULL DEFAULT 0, ADD COLUMN due_at timestamptz,
     ADD COLUMN low boolean`,
  "CREATE INDEX offer_due ON offer (due_at) WHERE due_at IS NOT NULL",
  "CREATE INDEX offer_by_supplier ON offer (supplier_id, sku)",
  "CREATE INDEX offer_by_revision ON offer (supplier_id, revision, sku)",
];

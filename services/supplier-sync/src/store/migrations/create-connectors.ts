import type { MigrationInterface, QueryRunner } from "typeorm";

/** What is pulled from suppliers' own systems, and how it went. */
export class CreateConnectors1764400000450 implements MigrationInterface {
  readonly name = "CreateConnectors1764400000450";

  async up(runner: QueryRunner): Promise<void> {
    // headers: what the supplier's system knows us by; never shown. claim: who pulls it now, until when nobody else does.
    await runner.query(`CREATE TABLE connector (
       supplier_id text COLLATE "C" NOT NULL,
       connector_id text COLLATE "C" NOT NULL,
       source jsonb NOT NULL,
       headers jsonb NOT NULL,
       tier text NOT NULL,
       is_full boolean NOT NULL,
       enabled boolean NOT NULL,
       next_at timestamptz NOT NULL,
       failures int NOT NULL DEFAULT 0 CHECK (failures >= 0),
       circuit jsonb NOT NULL,
       claim text,
       claimed_until timestamptz,
       etag text,
       last_modified text,
       read_at timestamptz,
       pulled_at timestamptz,
       last_outcome text,
       last_fault text,
       PRIMARY KEY (supplier_id, connector_id)
     )`);
    await runner.query("CREATE INDEX connector_due ON connector (next_at) WHERE enabled");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE connector");
  }
}

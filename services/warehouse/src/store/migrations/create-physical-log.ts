import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What each movement did to what lies at a location, for counts made while trading goes on. Written with every movement,
 * so it has its primary key and, for the end of old entries, an index of a few pages only.
 */
export class CreatePhysicalLog1764300000000 implements MigrationInterface {
  readonly name = "CreatePhysicalLog1764300000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE physical_entry (
       sku text COLLATE "C" NOT NULL,
       location text COLLATE "C" NOT NULL,
       recorded_by text COLLATE "C" NOT NULL,
       sequence bigint NOT NULL,
       movement_id text COLLATE "C" NOT NULL,
       kind text NOT NULL,
       total bigint NOT NULL,
       unsellable bigint NOT NULL,
       occurred_at timestamptz NOT NULL,
       told_later boolean NOT NULL,
       corrects_book boolean NOT NULL,
       reverses text COLLATE "C",
       PRIMARY KEY (sku, location, recorded_by, sequence)
     )`);
    await runner.query("CREATE INDEX physical_entry_by_age ON physical_entry USING brin (occurred_at)");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE physical_entry");
  }
}

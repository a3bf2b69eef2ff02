import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Where unpaid orders came from: hashes under keys that rotate with the window, never a device or an address. Nothing of it
 * outlives the window but what operators let through, which is hashed under a key of its own.
 */
export class AddVelocity1764600000000 implements MigrationInterface {
  readonly name = "AddVelocity1764600000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE velocity_allowed, velocity_refusal, velocity_sighting, velocity_key");
  }
}

const TABLES = [
  `CREATE TABLE velocity_key (
     id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     lasting boolean NOT NULL,
     secret bytea NOT NULL,
     created_at timestamptz NOT NULL
   )`,
  `CREATE TABLE velocity_sighting (
     order_id text COLLATE "C" NOT NULL,
     source text COLLATE "C" NOT NULL,
     seen_at timestamptz NOT NULL,
     PRIMARY KEY (order_id, source)
   )`,
  "CREATE INDEX velocity_sighting_by_source ON velocity_sighting (source, seen_at)",
  "CREATE INDEX velocity_sighting_seen_at ON velocity_sighting (seen_at)",
  `CREATE TABLE velocity_refusal (
     source text COLLATE "C" PRIMARY KEY,
     sources text[] COLLATE "C" NOT NULL,
     orders int NOT NULL,
     first_at timestamptz NOT NULL,
     last_at timestamptz NOT NULL
   )`,
  `CREATE TABLE velocity_allowed (
     source text COLLATE "C" PRIMARY KEY,
     note text NOT NULL,
     until timestamptz NOT NULL,
     allowed_by text NOT NULL
   )`,
];

import type { MigrationInterface, QueryRunner } from "typeorm";

/** The clock every decision runs on: the database's, with a shift that tests set (milliseconds). */
export class ServiceClock1764000000000 implements MigrationInterface {
  readonly name = "ServiceClock1764000000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE clock_shift (
      only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
      shift_ms bigint NOT NULL DEFAULT 0
    )`);
    await runner.query(`INSERT INTO clock_shift DEFAULT VALUES`);
    // VOLATILE, because clock_timestamp() moves inside a transaction: now() would be the time before the locks.
    await runner.query(`CREATE FUNCTION septet_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS
      $$ SELECT clock_timestamp() + (SELECT shift_ms FROM clock_shift) * interval '1 millisecond' $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION septet_now()`);
    await runner.query(`DROP TABLE clock_shift`);
  }
}

/** Idempotency keys and the answers stored with them. */
export class IdempotencyKeys1764000000001 implements MigrationInterface {
  readonly name = "IdempotencyKeys1764000000001";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE idempotency_key (
      id text COLLATE "C" PRIMARY KEY,
      caller text NOT NULL,
      method text NOT NULL,
      path text NOT NULL,
      key text NOT NULL,
      body_hash text NOT NULL,
      status int,
      -- json and not jsonb: the same answer means the same text.
      answer json,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`);
    await runner.query(`CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE idempotency_key`);
  }
}

/** The tables every service has from this package. */
export const kitMigrations = [ServiceClock1764000000000, IdempotencyKeys1764000000001];

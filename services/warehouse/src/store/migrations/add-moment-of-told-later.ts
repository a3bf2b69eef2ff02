import type { MigrationInterface, QueryRunner } from "typeorm";

/** When own movements happened that were booked later: taken back, what they brought may have been seen by a count. */
export class AddMomentOfToldLater1764430000000 implements MigrationInterface {
  readonly name = "AddMomentOfToldLater1764430000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE recorded_movement ADD COLUMN happened_at timestamptz");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE recorded_movement DROP COLUMN happened_at");
  }
}

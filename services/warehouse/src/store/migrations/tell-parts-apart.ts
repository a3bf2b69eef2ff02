import type { MigrationInterface, QueryRunner } from "typeorm";

/** A line of a fulfilment that is a bundle has a row for each of its parts. */
export class TellPartsApart1764450000000 implements MigrationInterface {
  readonly name = "TellPartsApart1764450000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE fulfilment_line DROP CONSTRAINT fulfilment_line_pkey,
      ADD PRIMARY KEY (fulfilment_id, line_id, sku)`);
  }

  /** Fails where a bundle has been asked for: its parts cannot be told apart without this. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE fulfilment_line DROP CONSTRAINT fulfilment_line_pkey,
      ADD PRIMARY KEY (fulfilment_id, line_id)`);
  }
}

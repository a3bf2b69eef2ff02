import type { MigrationInterface, QueryRunner } from "typeorm";

/** Which warehouses are open: nothing is suggested to be brought to a closed one. Decides nothing. */
export class CreateWarehouseCopy1764300000200 implements MigrationInterface {
  readonly name = "CreateWarehouseCopy1764300000200";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE warehouse_copy (
       location text COLLATE "C" PRIMARY KEY,
       active boolean NOT NULL,
       version bigint NOT NULL
     )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE warehouse_copy");
  }
}

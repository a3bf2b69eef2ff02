import type { MigrationInterface, QueryRunner } from "typeorm";

/** Suppliers, what they call our SKUs, and what is offered of each: the owner's row of the bucket `virtual`. */
export class CreateSupplierTables1764400000000 implements MigrationInterface {
  readonly name = "CreateSupplierTables1764400000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE offer, mapping, supplier");
  }
}

const TABLES = [
  `CREATE TABLE supplier (
     supplier_id text COLLATE "C" PRIMARY KEY,
     name text NOT NULL,
     time_zone text NOT NULL,
     state text NOT NULL,
     attached_to text COLLATE "C",
     contacts jsonb NOT NULL,
     version bigint NOT NULL CHECK (version > 0)
   )`,
  `CREATE TABLE mapping (
     supplier_id text COLLATE "C" NOT NULL,
     code text COLLATE "C" NOT NULL,
     sku text COLLATE "C" NOT NULL,
     PRIMARY KEY (supplier_id, code),
     UNIQUE (supplier_id, sku)
   )`,
  // SKU first: balances are read by it. reserved is a copy and may be below 0 while movements are under way.
  `CREATE TABLE offer (
     sku text COLLATE "C" NOT NULL,
     supplier_id text COLLATE "C" NOT NULL,
     virtual bigint NOT NULL DEFAULT 0 CHECK (virtual >= 0),
     reserved bigint NOT NULL DEFAULT 0,
     PRIMARY KEY (sku, supplier_id)
   ) WITH (fillfactor = 70)`,
];

import type { MigrationInterface, QueryRunner } from "typeorm";

/** Suppliers' goods that were brought into our warehouses. */
export class CreateInbounds1764400000400 implements MigrationInterface {
  readonly name = "CreateInbounds1764400000400";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE inbound_line, inbound");
  }
}

const TABLES = [
  `CREATE TABLE inbound (
     supplier_id text COLLATE "C" NOT NULL,
     inbound_id text COLLATE "C" NOT NULL,
     warehouse text COLLATE "C" NOT NULL,
     content text NOT NULL,
     brought_at timestamptz NOT NULL,
     told_by text NOT NULL,
     PRIMARY KEY (supplier_id, inbound_id)
   )`,
  "CREATE INDEX inbound_by_time ON inbound (supplier_id, brought_at, inbound_id)",
  `CREATE TABLE inbound_line (
     supplier_id text COLLATE "C" NOT NULL,
     inbound_id text COLLATE "C" NOT NULL,
     sku text COLLATE "C" NOT NULL,
     quantity int NOT NULL CHECK (quantity > 0),
     PRIMARY KEY (supplier_id, inbound_id, sku)
   )`,
];

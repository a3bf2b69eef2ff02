import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What order-reservation owns. No foreign keys: all of it is hot, and a key check is a lock. Texts that are locked or
 * paged are COLLATE "C", so that the order of the locks is the order of the index.
 */
export class CreateReservationTables1764100000000 implements MigrationInterface {
  readonly name = "CreateReservationTables1764100000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...STOCK, ...ORDERS, ...RULES]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      "DROP TABLE payments_read, policy, location, sku_listing, allocation, order_line, orders, stock",
    );
  }
}

/**
 * `sellable` may be below 0 when physical facts overtake promises; what is promised may not. No index but the key: one
 * on sellable, even a partial one, would keep every update of a hot SKU from being heap-only; the sweeper's look for
 * rows below 0 scans, twice a minute.
 */
const STOCK = [
  `CREATE TABLE stock (
     sku text COLLATE "C" NOT NULL,
     location text COLLATE "C" NOT NULL,
     sellable bigint NOT NULL,
     order_reserved bigint NOT NULL CHECK (order_reserved >= 0),
     locked bigint NOT NULL CHECK (locked >= 0),
     PRIMARY KEY (sku, location)
   ) WITH (fillfactor = 70)`,
];

/**
 * `expires_at` is set exactly while there is a hold to give back: an EXPIRED order keeps it until its last line is back.
 * `skus` stands in the row, because a fact that knows only the orderId must learn which streams to lock in one read.
 */
const ORDERS = [
  `CREATE TABLE orders (
     order_id text COLLATE "C" PRIMARY KEY,
     state text NOT NULL,
     paid boolean NOT NULL,
     cancel_asked boolean NOT NULL,
     placed_at timestamptz,
     expires_at timestamptz,
     customer_id text,
     group_leader_id text,
     channel text,
     region text,
     allow_partial boolean NOT NULL,
     deliver_by timestamptz,
     skus text[] COLLATE "C" NOT NULL,
     details jsonb,
     fulfilments int NOT NULL,
     shortages int NOT NULL,
     created_at timestamptz NOT NULL DEFAULT clock_timestamp()
   ) WITH (fillfactor = 80)`,
  "CREATE INDEX orders_expires_at ON orders (expires_at) WHERE expires_at IS NOT NULL",
  "CREATE INDEX orders_by_state ON orders (state, order_id)",
  `CREATE TABLE order_line (
     order_id text COLLATE "C" NOT NULL,
     ordinal int NOT NULL,
     line_id text COLLATE "C" NOT NULL,
     sku text COLLATE "C" NOT NULL,
     quantity int NOT NULL CHECK (quantity > 0),
     cancelled int NOT NULL CHECK (cancelled >= 0),
     shorted int NOT NULL CHECK (shorted >= 0),
     PRIMARY KEY (order_id, ordinal)
   ) WITH (fillfactor = 90)`,
  "CREATE INDEX order_line_by_sku ON order_line (sku, order_id)",
  `CREATE TABLE allocation (
     order_id text COLLATE "C" NOT NULL,
     ordinal int NOT NULL,
     line_id text COLLATE "C" NOT NULL,
     sku text COLLATE "C" NOT NULL,
     location text COLLATE "C" NOT NULL,
     open int NOT NULL CHECK (open >= 0),
     shipped int NOT NULL CHECK (shipped >= 0),
     fulfilment_id text,
     asked int NOT NULL CHECK (asked >= 0),
     asks jsonb,
     too_late boolean NOT NULL,
     PRIMARY KEY (order_id, ordinal)
   ) WITH (fillfactor = 80)`,
  "CREATE INDEX allocation_open ON allocation (sku, location) WHERE open > 0",
];

const RULES = [
  `CREATE TABLE sku_listing (
     sku text COLLATE "C" PRIMARY KEY,
     active boolean NOT NULL
   )`,
  `CREATE TABLE location (
     location text COLLATE "C" PRIMARY KEY,
     kind text NOT NULL,
     active boolean NOT NULL,
     version bigint NOT NULL
   )`,
  `CREATE TABLE policy (
     scope text COLLATE "C" PRIMARY KEY,
     rules jsonb NOT NULL,
     version bigint NOT NULL,
     changed_at timestamptz NOT NULL,
     changed_by text NOT NULL
   )`,
  // Up to when every payment has been read, for all instances.
  `CREATE TABLE payments_read (
     only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
     read_up_to timestamptz NOT NULL
   )`,
];

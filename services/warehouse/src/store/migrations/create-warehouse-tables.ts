import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * The warehouse's tables. No foreign keys: all but `warehouse` are hot, and every writer holds the SKU streams anyway.
 *
 * `on_hand.total` has no lower bound: what left is gone, even when the movement that brought it is still under way.
 */
export class CreateWarehouseTables1764100000000 implements MigrationInterface {
  readonly name = "CreateWarehouseTables1764100000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...PLACES, ...DOCUMENTS, ...FULFILMENTS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      "DROP TABLE waiting_cancellation, fulfilment_line, fulfilment, document_line, document, on_hand, warehouse",
    );
  }
}

const PLACES = [
  `CREATE TABLE warehouse (
     code text COLLATE "C" PRIMARY KEY,
     name text NOT NULL,
     region text,
     active boolean NOT NULL,
     version bigint NOT NULL CHECK (version > 0)
   )`,
  `CREATE TABLE on_hand (
     sku text COLLATE "C" NOT NULL,
     location text COLLATE "C" NOT NULL,
     total bigint NOT NULL,
     unsellable bigint NOT NULL CHECK (unsellable >= 0),
     PRIMARY KEY (sku, location)
   ) WITH (fillfactor = 70)`,
];

const DOCUMENTS = [
  // document_id is <kind>/<location>/<reference>, so that its primary key is the promise "once, for ever".
  `CREATE TABLE document (
     document_id text COLLATE "C" PRIMARY KEY,
     kind text NOT NULL,
     location text COLLATE "C" NOT NULL,
     reference text COLLATE "C" NOT NULL,
     order_id text COLLATE "C",
     reason text,
     actor text,
     booked_at timestamptz NOT NULL
   )`,
  `CREATE TABLE document_line (
     document_id text COLLATE "C" NOT NULL,
     line text COLLATE "C" NOT NULL,
     sku text COLLATE "C" NOT NULL,
     quantity int NOT NULL CHECK (quantity > 0),
     unsellable int NOT NULL CHECK (unsellable >= 0),
     missing int NOT NULL CHECK (missing >= 0),
     line_id text COLLATE "C",
     PRIMARY KEY (document_id, line),
     CHECK (unsellable + missing <= quantity)
   )`,
];

const FULFILMENTS = [
  `CREATE TABLE fulfilment (
     fulfilment_id text COLLATE "C" PRIMARY KEY,
     order_id text COLLATE "C" NOT NULL,
     location text COLLATE "C" NOT NULL,
     state text NOT NULL,
     deliver_by timestamptz,
     requested_at timestamptz NOT NULL,
     picked_at timestamptz,
     closed_at timestamptz,
     tracking text
   ) WITH (fillfactor = 70)`,
  "CREATE INDEX fulfilment_by_state ON fulfilment (state, requested_at, fulfilment_id)",
  "CREATE INDEX fulfilment_by_order ON fulfilment (order_id)",
  "CREATE INDEX fulfilment_by_location ON fulfilment (location, requested_at, fulfilment_id)",
  "CREATE INDEX fulfilment_by_age ON fulfilment (requested_at, fulfilment_id)",
  `CREATE TABLE fulfilment_line (
     fulfilment_id text COLLATE "C" NOT NULL,
     line_id text COLLATE "C" NOT NULL,
     position int NOT NULL,
     sku text COLLATE "C" NOT NULL,
     quantity int NOT NULL CHECK (quantity > 0),
     shipped int NOT NULL DEFAULT 0 CHECK (shipped >= 0),
     short int NOT NULL DEFAULT 0 CHECK (short >= 0),
     damaged int NOT NULL DEFAULT 0 CHECK (damaged >= 0),
     cancelled int NOT NULL DEFAULT 0 CHECK (cancelled >= 0),
     PRIMARY KEY (fulfilment_id, line_id),
     CHECK (shipped + short + damaged + cancelled <= quantity)
   ) WITH (fillfactor = 70)`,
  "CREATE INDEX fulfilment_line_by_sku ON fulfilment_line (sku, fulfilment_id)",
  // Cancel requests that overtook their fulfilment; a row goes with its answer.
  `CREATE TABLE waiting_cancellation (
     request_id text COLLATE "C" PRIMARY KEY,
     fulfilment_id text COLLATE "C" NOT NULL,
     command jsonb NOT NULL,
     received_at timestamptz NOT NULL DEFAULT clock_timestamp()
   )`,
  "CREATE INDEX waiting_cancellation_by_fulfilment ON waiting_cancellation (fulfilment_id)",
];

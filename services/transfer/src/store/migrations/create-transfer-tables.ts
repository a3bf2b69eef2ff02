import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * The tables of transfers. No foreign keys: all are hot, and every writer holds the row of the transfer.
 *
 * The accounts of a transfer are the sums of those of its lines, so that one line can be changed without reading the
 * others. `open` of shipments and their lines is what is still under way.
 */
export class CreateTransferTables1764300000000 implements MigrationInterface {
  readonly name = "CreateTransferTables1764300000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...BALANCES, ...DOCUMENTS, ...SHIPMENTS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      "DROP TABLE arrival_line, arrival, shipment_line, shipment, transfer_line, transfer, transfer_balance",
    );
  }
}

const BALANCES = [
  `CREATE TABLE transfer_balance (
     sku text COLLATE "C" NOT NULL,
     location text COLLATE "C" NOT NULL,
     transfer_reserved bigint NOT NULL CHECK (transfer_reserved >= 0),
     in_transit bigint NOT NULL CHECK (in_transit >= 0),
     PRIMARY KEY (sku, location)
   ) WITH (fillfactor = 70)`,
];

const ACCOUNTS = (type: string) => `
     requested ${type} NOT NULL CHECK (requested > 0),
     reserved ${type} NOT NULL DEFAULT 0 CHECK (reserved >= 0),
     rejected ${type} NOT NULL DEFAULT 0 CHECK (rejected >= 0),
     withdrawn ${type} NOT NULL DEFAULT 0 CHECK (withdrawn >= 0),
     cancelled ${type} NOT NULL DEFAULT 0 CHECK (cancelled >= 0),
     short ${type} NOT NULL DEFAULT 0 CHECK (short >= 0),
     damaged_before ${type} NOT NULL DEFAULT 0 CHECK (damaged_before >= 0),
     dispatched ${type} NOT NULL DEFAULT 0 CHECK (dispatched >= 0),
     received ${type} NOT NULL DEFAULT 0 CHECK (received >= 0),
     damaged ${type} NOT NULL DEFAULT 0 CHECK (damaged >= 0 AND damaged <= received),
     returned ${type} NOT NULL DEFAULT 0 CHECK (returned >= 0 AND returned <= received),
     lost ${type} NOT NULL DEFAULT 0 CHECK (lost >= 0),
     surplus bigint NOT NULL DEFAULT 0 CHECK (surplus >= 0),
     CHECK (reserved + rejected + withdrawn <= requested),
     CHECK (cancelled + short + damaged_before + dispatched <= reserved),
     CHECK (received + lost <= dispatched)`;

const DOCUMENTS = [
  `CREATE TABLE transfer (
     transfer_id text COLLATE "C" PRIMARY KEY,
     source text COLLATE "C" NOT NULL,
     destination text COLLATE "C" NOT NULL,
     state text NOT NULL,
     draft boolean NOT NULL,
     called_back boolean NOT NULL,
     allow_partial boolean NOT NULL,
     reason text,
     created_by text,
     created_at timestamptz NOT NULL,
     requested_at timestamptz,
     closed_at timestamptz,
     expected_at timestamptz,
     content text NOT NULL,
     line_count int NOT NULL CHECK (line_count > 0),
     version bigint NOT NULL CHECK (version > 0),${ACCOUNTS("bigint")}
   ) WITH (fillfactor = 70)`,
  "CREATE INDEX transfer_by_state ON transfer (state, created_at, transfer_id)",
  "CREATE INDEX transfer_by_source ON transfer (source, created_at, transfer_id)",
  "CREATE INDEX transfer_by_destination ON transfer (destination, created_at, transfer_id)",
  "CREATE INDEX transfer_by_age ON transfer (created_at, transfer_id)",
  `CREATE TABLE transfer_line (
     transfer_id text COLLATE "C" NOT NULL,
     line_id text COLLATE "C" NOT NULL,
     position int NOT NULL,
     sku text COLLATE "C" NOT NULL,
     version bigint NOT NULL CHECK (version > 0),${ACCOUNTS("int")},
     PRIMARY KEY (transfer_id, line_id)
   ) WITH (fillfactor = 70)`,
  "CREATE INDEX transfer_line_by_sku ON transfer_line (sku, transfer_id)",
];

const SHIPMENTS = [
  // The primary keys of shipment and arrival are the promise "once, for ever", under whichever keys they are told.
  `CREATE TABLE shipment (
     transfer_id text COLLATE "C" NOT NULL,
     shipment_id text COLLATE "C" NOT NULL,
     content text NOT NULL,
     shipped_at timestamptz NOT NULL,
     expected_at timestamptz,
     tracking text,
     actor text,
     open bigint NOT NULL CHECK (open >= 0),
     overdue_since timestamptz,
     PRIMARY KEY (transfer_id, shipment_id)
   ) WITH (fillfactor = 70)`,
  `CREATE INDEX shipment_to_alert ON shipment (expected_at, transfer_id, shipment_id)
     WHERE open > 0 AND overdue_since IS NULL AND expected_at IS NOT NULL`,
  "CREATE INDEX shipment_overdue ON shipment (overdue_since) WHERE overdue_since IS NOT NULL",
  // Source, destination and time are the transfer's and the shipment's: beside the pieces, each listing has one index.
  `CREATE TABLE shipment_line (
     transfer_id text COLLATE "C" NOT NULL,
     shipment_id text COLLATE "C" NOT NULL,
     line_id text COLLATE "C" NOT NULL,
     sku text COLLATE "C" NOT NULL,
     source text COLLATE "C" NOT NULL,
     destination text COLLATE "C" NOT NULL,
     shipped_at timestamptz NOT NULL,
     quantity int NOT NULL CHECK (quantity > 0),
     open int NOT NULL CHECK (open >= 0 AND open <= quantity),
     PRIMARY KEY (transfer_id, line_id, shipment_id)
   ) WITH (fillfactor = 70)`,
  `CREATE INDEX in_transit_by_age ON shipment_line (shipped_at, transfer_id, shipment_id, line_id) WHERE open > 0`,
  `CREATE INDEX in_transit_by_sku ON shipment_line (sku, shipped_at, transfer_id, shipment_id, line_id) WHERE open > 0`,
  `CREATE INDEX in_transit_by_source ON shipment_line (source, shipped_at, transfer_id, shipment_id, line_id)
     WHERE open > 0`,
  `CREATE INDEX in_transit_by_destination
     ON shipment_line (destination, shipped_at, transfer_id, shipment_id, line_id) WHERE open > 0`,
  `CREATE TABLE arrival (
     transfer_id text COLLATE "C" NOT NULL,
     arrival_id text COLLATE "C" NOT NULL,
     content text NOT NULL,
     location text COLLATE "C" NOT NULL,
     arrived_at timestamptz NOT NULL,
     actor text,
     PRIMARY KEY (transfer_id, arrival_id)
   )`,
  `CREATE TABLE arrival_line (
     transfer_id text COLLATE "C" NOT NULL,
     arrival_id text COLLATE "C" NOT NULL,
     line_id text COLLATE "C" NOT NULL,
     sellable int NOT NULL CHECK (sellable >= 0),
     damaged int NOT NULL CHECK (damaged >= 0),
     lost int NOT NULL CHECK (lost >= 0),
     surplus int NOT NULL CHECK (surplus >= 0),
     PRIMARY KEY (transfer_id, arrival_id, line_id)
   )`,
];

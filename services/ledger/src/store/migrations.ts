import type { MigrationInterface, QueryRunner } from "typeorm";

const ACCOUNT_COLUMNS = `
  total bigint NOT NULL DEFAULT 0,
  sellable bigint NOT NULL DEFAULT 0,
  order_reserved bigint NOT NULL DEFAULT 0,
  unsellable bigint NOT NULL DEFAULT 0,
  locked bigint NOT NULL DEFAULT 0,
  transfer_reserved bigint NOT NULL DEFAULT 0,
  in_transit bigint NOT NULL DEFAULT 0,
  virtual bigint NOT NULL DEFAULT 0`;

const IDENTITY = `CHECK (total = sellable + order_reserved + unsellable + locked + transfer_reserved - in_transit - virtual)`;

/**
 * The books. `total` has legs of its own, so that the identity is a statement about the movements and not about a
 * subtraction; no account is held above 0 here, because a fact may overtake a promise on its way.
 */
export class LedgerBooks1763800000100 implements MigrationInterface {
  readonly name = "LedgerBooks1763800000100";

  async up(runner: QueryRunner): Promise<void> {
    // Half-filled pages: a balance row is rewritten for ever, and stays on its page without touching the index.
    await runner.query(`
      CREATE TABLE balance (
        sku text COLLATE "C" NOT NULL,
        location text COLLATE "C" NOT NULL,
        ${ACCOUNT_COLUMNS},
        recorded_at timestamptz NOT NULL,
        PRIMARY KEY (sku, location),
        CONSTRAINT balance_identity ${IDENTITY}
      ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05)`);
    // A slice draws one block; gaps between slices mean nothing.
    await runner.query(`CREATE SEQUENCE ledger_block INCREMENT BY 1000 MINVALUE 1000`);
    await runner.query(`
      CREATE TABLE movement (
        ledger_seq bigint NOT NULL,
        movement_id text NOT NULL,
        sku text COLLATE "C" NOT NULL,
        kind text NOT NULL,
        sequence bigint NOT NULL,
        recorded_by text COLLATE "C" NOT NULL,
        reference_type text NOT NULL,
        reference_id text NOT NULL,
        reference_line text,
        reverses text,
        reason text,
        actor text,
        occurred_at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL,
        legs jsonb NOT NULL,
        PRIMARY KEY (sku, recorded_by, sequence)
      )`);
    await runner.query(`CREATE UNIQUE INDEX movement_history ON movement (sku, ledger_seq)`);
    // Ordered by instant and movement at once: the balance at either is one index lookup.
    await runner.query(`
      CREATE TABLE movement_location (
        sku text COLLATE "C" NOT NULL,
        location text COLLATE "C" NOT NULL,
        recorded_at timestamptz NOT NULL,
        ledger_seq bigint NOT NULL,
        ${ACCOUNT_COLUMNS},
        PRIMARY KEY (sku, location, recorded_at, ledger_seq),
        CONSTRAINT movement_location_identity ${IDENTITY}
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE movement_location, movement, balance`);
    await runner.query(`DROP SEQUENCE ledger_block`);
  }
}

/** What the ledger knows of places and goods, and what it has complained about. */
export class LedgerSurroundings1763800000200 implements MigrationInterface {
  readonly name = "LedgerSurroundings1763800000200";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE location (
        location text COLLATE "C" PRIMARY KEY,
        kind text NOT NULL,
        name text NOT NULL,
        active boolean NOT NULL,
        version bigint NOT NULL
      )`);
    // The topic is compacted and carries no version: the later offset of a SKU's partition wins.
    await runner.query(`
      CREATE TABLE sku_listing (
        sku text COLLATE "C" PRIMARY KEY,
        name text NOT NULL,
        active boolean NOT NULL,
        source_offset bigint NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE stream_fork (
        sku text COLLATE "C" NOT NULL,
        recorded_by text COLLATE "C" NOT NULL,
        sequence bigint NOT NULL,
        kept_movement_id text NOT NULL,
        refused_movement_id text NOT NULL,
        seen_at timestamptz NOT NULL,
        refused jsonb NOT NULL,
        PRIMARY KEY (sku, recorded_by, sequence, refused_movement_id)
      )`);
    await runner.query(`
      CREATE TABLE raised_alert (
        code text NOT NULL,
        subject text COLLATE "C" NOT NULL,
        sku text,
        location text,
        raised_at timestamptz NOT NULL,
        PRIMARY KEY (code, subject)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE location, sku_listing, stream_fork, raised_alert`);
  }
}

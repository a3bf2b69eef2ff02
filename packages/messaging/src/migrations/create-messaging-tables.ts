import type { MigrationInterface, QueryRunner } from "typeorm";
import { ensureOutboxPartitions } from "../outbox-partitions.js";

/**
 * The tables that every service has. No foreign keys: all of them are hot.
 *
 * `outbox` has no index but the partial one on what is unpublished, so that a row costs one index entry when it is written
 * and none when it is marked; looking for a movement by sequence (republish, a rare act of an engineer) scans instead. An
 * index on (sku, sequence) would cost every movement for that. Marking leaves dead entries at the index's left end, which
 * scans skip only after they were killed or vacuumed: hence autovacuum by count, without pauses.
 */
export class CreateMessagingTables1763800000000 implements MigrationInterface {
  readonly name = "CreateMessagingTables1763800000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...OUTBOX, ...POSITIONS]) await runner.query(statement);
    await ensureOutboxPartitions(runner, Date.now());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE sku_stream, consumed_offset, inbox, stream_position, outbox");
    await runner.query("DROP SEQUENCE outbox_id_seq");
  }
}

const OUTBOX = [
  "CREATE SEQUENCE outbox_id_seq AS bigint",
  `CREATE TABLE outbox (
     id bigint NOT NULL DEFAULT nextval('outbox_id_seq'),
     topic text NOT NULL,
     key text COLLATE "C" NOT NULL,
     payload bytea,
     headers jsonb,
     event_id text,
     sku text COLLATE "C",
     sequence bigint,
     created_at timestamptz NOT NULL DEFAULT now(),
     published_at timestamptz
   ) PARTITION BY RANGE (created_at)`,
  "ALTER SEQUENCE outbox_id_seq OWNED BY outbox.id",
  "CREATE INDEX outbox_unpublished ON outbox (id) WHERE published_at IS NULL",
  `CREATE TABLE outbox_default PARTITION OF outbox DEFAULT
     WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0)`,
];

const POSITIONS = [
  `CREATE TABLE stream_position (
     recorded_by text COLLATE "C" NOT NULL,
     sku text COLLATE "C" NOT NULL,
     contiguous bigint NOT NULL,
     ahead jsonb NOT NULL DEFAULT '[]',
     gap_since timestamptz,
     PRIMARY KEY (recorded_by, sku)
   ) WITH (fillfactor = 70)`,
  "CREATE INDEX stream_position_gaps ON stream_position (gap_since) WHERE gap_since IS NOT NULL",
  `CREATE TABLE inbox (
     consumer text COLLATE "C" NOT NULL,
     event_id text COLLATE "C" NOT NULL,
     received_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (consumer, event_id)
   )`,
  `CREATE TABLE consumed_offset (
     group_id text COLLATE "C" NOT NULL,
     topic text COLLATE "C" NOT NULL,
     partition int NOT NULL,
     next_offset bigint NOT NULL,
     PRIMARY KEY (group_id, topic, partition)
   ) WITH (fillfactor = 50)`,
  `CREATE TABLE sku_stream (
     sku text COLLATE "C" PRIMARY KEY,
     sequence bigint NOT NULL DEFAULT 0 CHECK (sequence >= 0)
   ) WITH (fillfactor = 70)`,
];

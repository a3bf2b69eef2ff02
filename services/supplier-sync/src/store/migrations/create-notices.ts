import type { MigrationInterface, QueryRunner } from "typeorm";

/** Whom to tell, what was to be told, and what became of it. */
export class CreateNotices1764400000700 implements MigrationInterface {
  readonly name = "CreateNotices1764400000700";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE notice_delivery, notice_channel");
  }
}

const TABLES = [
  // target: kind, address and secret; the address of a bot is as secret as the secret, and neither is ever shown.
  `CREATE TABLE notice_channel (
     supplier_id text COLLATE "C" NOT NULL,
     channel_id text COLLATE "C" NOT NULL,
     target jsonb NOT NULL,
     language text NOT NULL,
     quiet jsonb,
     enabled boolean NOT NULL,
     PRIMARY KEY (supplier_id, channel_id)
   )`,
  `CREATE TABLE notice_delivery (
     supplier_id text COLLATE "C" NOT NULL,
     channel_id text COLLATE "C" NOT NULL,
     notice_id text COLLATE "C" NOT NULL,
     notice jsonb NOT NULL,
     noted_at timestamptz NOT NULL DEFAULT septet_now(),
     state text NOT NULL DEFAULT 'WAITING',
     tries int NOT NULL DEFAULT 0 CHECK (tries >= 0),
     next_at timestamptz NOT NULL DEFAULT septet_now(),
     claimed_until timestamptz,
     last_reason text,
     done_at timestamptz,
     PRIMARY KEY (supplier_id, channel_id, notice_id)
   )`,
  "CREATE INDEX notice_delivery_due ON notice_delivery (next_at) WHERE state = 'WAITING'",
  "CREATE INDEX notice_delivery_by_age ON notice_delivery (noted_at)",
  "CREATE INDEX notice_delivery_by_time ON notice_delivery (supplier_id, noted_at, notice_id, channel_id)",
];

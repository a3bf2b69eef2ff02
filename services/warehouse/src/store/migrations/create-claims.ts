import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Claims on unsellable goods. `claim_line.held` are the pieces that lie here under the claim, `on_hand.claimed` their sum by
 * place, kept so that goods are neither claimed twice nor scrapped under a claim without looking at claims.
 */
export class CreateClaims1764240000000 implements MigrationInterface {
  readonly name = "CreateClaims1764240000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE document_line DROP COLUMN claim");
    await runner.query("ALTER TABLE on_hand DROP COLUMN claimed");
    await runner.query("DROP TABLE claim_event, claim_evidence, claim_line, claim");
  }
}

const STATEMENTS = [
  `CREATE TABLE claim (
     claim_id text COLLATE "C" PRIMARY KEY,
     against text NOT NULL,
     party text COLLATE "C" NOT NULL,
     reference text COLLATE "C",
     note text,
     state text NOT NULL,
     outcome text,
     currency text,
     lines int NOT NULL,
     pieces bigint NOT NULL,
     claimed_minor bigint NOT NULL,
     credited_minor bigint NOT NULL DEFAULT 0,
     opened_at timestamptz NOT NULL,
     opened_by text NOT NULL,
     sent_at timestamptz,
     closed_at timestamptz
   )`,
  "CREATE INDEX claim_by_age ON claim (opened_at, claim_id)",
  "CREATE INDEX claim_by_state ON claim (state, opened_at, claim_id)",
  "CREATE INDEX claim_by_party ON claim (against, party, opened_at, claim_id)",
  `CREATE TABLE claim_line (
     claim_id text COLLATE "C" NOT NULL,
     line text COLLATE "C" NOT NULL,
     position int NOT NULL,
     sku text COLLATE "C" NOT NULL,
     location text COLLATE "C" NOT NULL,
     quantity int NOT NULL CHECK (quantity > 0),
     reason text,
     claimed_minor bigint,
     held int NOT NULL CHECK (held >= 0),
     sent_back int NOT NULL DEFAULT 0 CHECK (sent_back >= 0),
     missing int NOT NULL DEFAULT 0 CHECK (missing >= 0),
     outcome text,
     credited_minor bigint,
     PRIMARY KEY (claim_id, line),
     UNIQUE (claim_id, sku, location),
     CHECK (held + sent_back + missing <= quantity)
   )`,
  "CREATE INDEX claim_line_by_sku ON claim_line (sku, claim_id)",
  "CREATE INDEX claim_line_by_location ON claim_line (location, claim_id)",
  "CREATE INDEX claim_line_held ON claim_line (sku, location) WHERE held > 0",
  `CREATE TABLE claim_evidence (
     claim_id text COLLATE "C" NOT NULL,
     position int NOT NULL,
     url text NOT NULL,
     note text,
     added_at timestamptz NOT NULL,
     added_by text NOT NULL,
     PRIMARY KEY (claim_id, position)
   )`,
  `CREATE TABLE claim_event (
     claim_id text COLLATE "C" NOT NULL,
     event_id bigint GENERATED ALWAYS AS IDENTITY,
     what text NOT NULL,
     detail text,
     at timestamptz NOT NULL,
     actor text,
     PRIMARY KEY (claim_id, event_id)
   )`,
  "ALTER TABLE on_hand ADD COLUMN claimed bigint NOT NULL DEFAULT 0 CHECK (claimed >= 0)",
  `ALTER TABLE document_line ADD COLUMN claim text COLLATE "C"`,
  "CREATE INDEX document_line_by_claim ON document_line (claim) WHERE claim IS NOT NULL",
];

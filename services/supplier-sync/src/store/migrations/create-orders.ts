import type { MigrationInterface, QueryRunner } from "typeorm";

/** Orders that suppliers ship, and what offers have to know of them. No foreign keys: every writer holds the order's row. */
export class CreateOrders1764400000200 implements MigrationInterface {
  readonly name = "CreateOrders1764400000200";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      "DROP TABLE standing_alert, daily_sale, departure, cancel_ask, confirmation, supplier_order_line, supplier_order",
    );
  }
}

const TABLES = [
  `CREATE TABLE supplier_order (
     fulfilment_id text COLLATE "C" PRIMARY KEY,
     order_id text COLLATE "C" NOT NULL,
     supplier_id text COLLATE "C" NOT NULL,
     state text NOT NULL,
     deliver_by timestamptz,
     requested_at timestamptz NOT NULL,
     batch_day text COLLATE "C" NOT NULL,
     send_at timestamptz NOT NULL,
     sent_at timestamptz,
     confirmation_due_at timestamptz NOT NULL,
     overdue_since timestamptz,
     closed_at timestamptz,
     tracking text
   ) WITH (fillfactor = 70)`,
  "CREATE INDEX supplier_order_by_supplier ON supplier_order (supplier_id, requested_at, fulfilment_id)",
  "CREATE INDEX supplier_order_by_state ON supplier_order (supplier_id, state, requested_at, fulfilment_id)",
  "CREATE INDEX supplier_order_to_send ON supplier_order (send_at) WHERE state = 'REQUESTED'",
  "CREATE INDEX supplier_order_unanswered ON supplier_order (confirmation_due_at) WHERE state = 'SENT'",
  `CREATE TABLE supplier_order_line (
     fulfilment_id text COLLATE "C" NOT NULL,
     line_id text COLLATE "C" NOT NULL,
     sku text COLLATE "C" NOT NULL,
     position int NOT NULL,
     supplier_id text COLLATE "C" NOT NULL,
     quantity int NOT NULL CHECK (quantity > 0),
     shipped int NOT NULL DEFAULT 0 CHECK (shipped >= 0),
     short int NOT NULL DEFAULT 0 CHECK (short >= 0),
     cancelled int NOT NULL DEFAULT 0 CHECK (cancelled >= 0),
     answered_at timestamptz,
     CHECK (shipped + short + cancelled <= quantity),
     PRIMARY KEY (fulfilment_id, line_id, sku)
   ) WITH (fillfactor = 70)`,
  // Closed lines gather for ever; offers follow from the open ones.
  `CREATE INDEX supplier_order_line_open ON supplier_order_line (sku, supplier_id)
     WHERE quantity - shipped - short - cancelled > 0`,
  // Open pieces that were confirmed at one moment: what is shipped, short or cancelled leaves it, and its row with it.
  `CREATE TABLE confirmation (
     fulfilment_id text COLLATE "C" NOT NULL,
     line_id text COLLATE "C" NOT NULL,
     sku text COLLATE "C" NOT NULL,
     at timestamptz NOT NULL,
     supplier_id text COLLATE "C" NOT NULL,
     pieces int NOT NULL CHECK (pieces > 0),
     PRIMARY KEY (fulfilment_id, line_id, sku, at)
   )`,
  "CREATE INDEX confirmation_by_sku ON confirmation (sku, supplier_id)",
  // Cancel requests that wait for their order, or for the supplier's answer.
  `CREATE TABLE cancel_ask (
     request_id text COLLATE "C" PRIMARY KEY,
     fulfilment_id text COLLATE "C" NOT NULL,
     asked jsonb NOT NULL,
     received_at timestamptz NOT NULL DEFAULT septet_now()
   )`,
  "CREATE INDEX cancel_ask_by_fulfilment ON cancel_ask (fulfilment_id)",
  // What left since the last report: a report that is as of later contains it.
  `CREATE TABLE departure (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     supplier_id text COLLATE "C" NOT NULL,
     sku text COLLATE "C" NOT NULL,
     at timestamptz NOT NULL,
     counted_at timestamptz,
     pieces int NOT NULL CHECK (pieces > 0)
   )`,
  "CREATE INDEX departure_by_sku ON departure (sku, supplier_id)",
  // day: UTC days since 1970-01-01.
  `CREATE TABLE daily_sale (
     sku text COLLATE "C" NOT NULL,
     supplier_id text COLLATE "C" NOT NULL,
     day int NOT NULL,
     pieces bigint NOT NULL,
     PRIMARY KEY (sku, supplier_id, day)
   ) WITH (fillfactor = 70)`,
  "CREATE INDEX daily_sale_by_day ON daily_sale (day)",
  // Alerts of the clocks that stand: each is raised once, however many instances look.
  `CREATE TABLE standing_alert (
     alert_id text COLLATE "C" PRIMARY KEY,
     code text NOT NULL,
     supplier_id text COLLATE "C" NOT NULL,
     batch_day text COLLATE "C"
   )`,
];

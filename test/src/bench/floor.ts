import pg from "pg";

/** Rate of the floor: reservations a second. */
export interface FloorRate {
  readonly perSecond: number;
  readonly orders: number;
}

export interface FloorOptions {
  /** A database of its own on the Postgres that the services use. */
  readonly databaseUrl: string;
  readonly clients: number;
  readonly skus: number;
  readonly seconds: number;
}

const WARM_UP_SHARE = 0.2;
const STOCK = 1_000_000_000;

const TABLES = `
  DROP TABLE IF EXISTS floor_inbox, floor_stock, floor_reservation, floor_outbox;
  CREATE TABLE floor_inbox (event_id uuid PRIMARY KEY, received_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE floor_stock (sku text COLLATE "C" PRIMARY KEY, sellable bigint NOT NULL, order_reserved bigint NOT NULL);
  CREATE TABLE floor_reservation (order_id text PRIMARY KEY, sku text NOT NULL, quantity int NOT NULL, expires_at timestamptz NOT NULL);
  CREATE TABLE floor_outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topic text NOT NULL, key text NOT NULL, payload bytea NOT NULL);
`;

const INBOX = "INSERT INTO floor_inbox (event_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING event_id";
const GUARDED_UPDATE =
  "UPDATE floor_stock SET sellable = sellable - $2, order_reserved = order_reserved + $2 WHERE sku = $1 AND sellable >= $2";
const RESERVATION =
  "INSERT INTO floor_reservation (order_id, sku, quantity, expires_at) VALUES ($1, $2, $3, now() + interval '30 minutes')";
const OUTBOX = "INSERT INTO floor_outbox (topic, key, payload) VALUES ($1, $2, $3)";

/** What an outcome weighs on the wire, about. */
const PAYLOAD = Buffer.alloc(120, 1);

/**
 * The usual way: one transaction of four statements for each order, no Kafka, no HTTP, no Avro. It is what the platform has
 * to beat although it does more.
 */
export async function measureFloor(options: FloorOptions): Promise<FloorRate> {
  const pool = new pg.Pool({ connectionString: options.databaseUrl, max: options.clients });
  try {
    await pool.query(TABLES);
    await pool.query("INSERT INTO floor_stock SELECT 'SKU-' || n, $2, 0 FROM generate_series(0, $1 - 1) n", [
      options.skus,
      STOCK,
    ]);
    await drive(pool, options, options.seconds * WARM_UP_SHARE, "warm");
    const begin = performance.now();
    const orders = await drive(pool, options, options.seconds, "run");
    return { orders, perSecond: orders / ((performance.now() - begin) / 1_000) };
  } finally {
    await pool.query("DROP TABLE IF EXISTS floor_inbox, floor_stock, floor_reservation, floor_outbox");
    await pool.end();
  }
}

/** Lets every client reserve one order after another until the time is over; returns the orders done. */
async function drive(pool: pg.Pool, options: FloorOptions, seconds: number, round: string): Promise<number> {
  const end = performance.now() + seconds * 1_000;
  const client = async (n: number): Promise<number> => {
    const connection = await pool.connect();
    let orders = 0;
    try {
      while (performance.now() < end) {
        const sku = `SKU-${Math.floor(Math.random() * options.skus)}`;
        await reserve(connection, `${round}-${n}-${orders}`, sku);
        orders += 1;
      }
    } finally {
      connection.release();
    }
    return orders;
  };
  const counts = await Promise.all(Array.from({ length: options.clients }, (_, n) => client(n)));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function reserve(connection: pg.PoolClient, orderId: string, sku: string): Promise<void> {
  await connection.query("BEGIN");
  const fresh = await connection.query({ name: "inbox", text: INBOX, values: [crypto.randomUUID()] });
  const update = await connection.query({ name: "update", text: GUARDED_UPDATE, values: [sku, 1] });
  if (fresh.rowCount !== 1 || update.rowCount !== 1) throw new Error(`the floor could not reserve ${orderId}`);
  await connection.query({ name: "reservation", text: RESERVATION, values: [orderId, sku, 1] });
  await connection.query({ name: "outbox", text: OUTBOX, values: ["stock.reservations.v1", orderId, PAYLOAD] });
  await connection.query("COMMIT");
}

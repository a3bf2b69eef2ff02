import { attachOrStartStack, type TestDatabase, type TestStack } from "@septet/local-stack";
import { RECORDS, type StockMovement } from "@septet/stock-contracts";
import pg from "pg";
import { DataSource } from "typeorm";
import {
  type Codec,
  createCodec,
  createKafkaEventLog,
  type EventLog,
  messagingMigrations,
  OutboxRelay,
  type OutboxRow,
  type Session,
  silentLogger,
} from "../../src/index.js";

/** A database with messaging's tables, and what a test wants of it. */
export interface Database extends Session {
  readonly url: string;
  transact<R>(work: (session: Session) => Promise<R>): Promise<R>;
  close(): Promise<void>;
}

/** A session on one connection of `pg`. */
export function sessionOf(client: pg.ClientBase): Session {
  return { query: async (sql, params) => (await client.query(sql, params)).rows };
}

async function openDatabase(made: TestDatabase): Promise<Database> {
  const source = new DataSource({ type: "postgres", url: made.url, migrations: messagingMigrations });
  await source.initialize();
  await source.runMigrations();
  await source.destroy();
  const pool = new pg.Pool({ connectionString: made.url, max: 8 });
  return {
    url: made.url,
    query: async (sql, params) => (await pool.query(sql, params)).rows,
    transact: async (work) => {
      const client = await pool.connect();
      try {
        await client.query("BEGIN");
        const result = await work(sessionOf(client));
        await client.query("COMMIT");
        return result;
      } catch (error) {
        await client.query("ROLLBACK");
        throw error;
      } finally {
        client.release();
      }
    },
    close: async () => {
      await pool.end();
      await made.drop();
    },
  };
}

/** Kafka, registry and databases for one test file; everything made through it is closed with it. */
export class Platform {
  readonly stack: TestStack;
  readonly #closers: (() => Promise<void>)[] = [];

  private constructor(stack: TestStack) {
    this.stack = stack;
  }

  static async open(): Promise<Platform> {
    return new Platform(await attachOrStartStack());
  }

  async database(): Promise<Database> {
    const database = await openDatabase(await this.stack.createDatabase("messaging"));
    this.#closers.push(() => database.close());
    return database;
  }

  eventLog(topicPrefix: string): EventLog {
    const brokers = this.stack.kafkaBrokers.split(",");
    const log = createKafkaEventLog({ brokers, clientId: "test", topicPrefix, logger: silentLogger });
    this.#closers.push(() => log.close());
    return log;
  }

  relay(database: Database, eventLog: EventLog): OutboxRelay {
    const relay = new OutboxRelay({ connectionString: database.url, eventLog, logger: silentLogger });
    relay.start();
    this.#closers.push(() => relay.stop());
    return relay;
  }

  codec(): Codec {
    return createCodec({ registryUrl: this.stack.registryUrl, logger: silentLogger });
  }

  onClose(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.#closers.reverse()) await close();
    await this.stack.stop();
  }
}

export const MOVEMENTS = RECORDS.StockMovement.topic;

export function movementOf(sku: string, sequence: number, recordedBy = "warehouse"): StockMovement {
  return {
    eventId: `${recordedBy}-${sku}-${sequence}`,
    occurredAt: 1_764_000_000_000,
    movementId: `${recordedBy}-${sku}-${sequence}`,
    sku,
    kind: "RECEIPT",
    sequence,
    recordedBy,
    reference: { type: "receipt", id: `r-${sequence}`, line: null },
    reverses: null,
    reason: null,
    actor: null,
    legs: [
      { location: "hangzhou", bucket: "total", delta: 1 },
      { location: "hangzhou", bucket: "sellable", delta: 1 },
    ],
  };
}

/** A row for a topic whose content does not matter to the test. */
export function rowOf(key: string, text: string): OutboxRow {
  return { topic: "upstream.orders.v1", key, value: Buffer.from(text) };
}

import { attachOrStartStack, type TestDatabase, type TestStack } from "@septet/local-stack";
import { messagingMigrations } from "@septet/messaging";
import { RECORDS, type RecordName } from "@septet/stock-contracts";
import {
  createMetrics,
  type Database,
  type KitMetrics,
  kitMigrations,
  type MigrationClass,
  newId,
  openDatabase,
  type Recorder,
} from "../src/index.js";

/** A published record as the outbox holds it in these tests: JSON instead of Avro, which needs a registry. */
export interface OutboxEntry {
  topic: string;
  key: string;
  // biome-ignore lint/suspicious/noExplicitAny: records of any shape
  value: any;
  headers: Record<string, string> | null;
  sku: string | null;
  sequence: number | null;
}

export interface KitDatabase {
  db: Database;
  metrics: KitMetrics;
  recorder: Recorder;
  url: string;
  wakes(): number;
  outbox(): Promise<OutboxEntry[]>;
  /** A second pool on the same database: another instance of the service. */
  another(): Promise<Database>;
  stop(): Promise<void>;
}

let stack: TestStack | undefined;

/** A fresh database with the tables of messaging and of this package. */
export async function openKitDatabase(migrations: readonly MigrationClass[] = [], poolSize = 10): Promise<KitDatabase> {
  stack ??= await attachOrStartStack();
  const shared = stack;
  const test: TestDatabase = await shared.createDatabase("kit");
  const metrics = createMetrics({ service: "warehouse", processMetrics: false });
  let wakes = 0;
  const recorder: Recorder = {
    service: "warehouse",
    encode: (name: RecordName, value: unknown) =>
      Buffer.from(JSON.stringify({ record: RECORDS[name].name, ...(value as object) })),
    newId,
    wake: () => void wakes++,
    metrics,
  };
  // Tests hold transactions open until they have seen somebody wait; a machine that stalls meanwhile must not end them.
  const url = `${test.url}?idle_in_transaction_session_timeout=60000`;
  const open = () =>
    openDatabase({
      url,
      poolSize,
      migrations: [...messagingMigrations, ...kitMigrations, ...migrations],
      applicationName: "kit-test",
      recorder,
    });
  const pools = [await open()];
  return {
    db: pools[0]!,
    metrics,
    recorder,
    url: test.url,
    wakes: () => wakes,
    async outbox() {
      const rows = await pools[0]!.query(`SELECT topic, key, payload, headers, sku, sequence FROM outbox ORDER BY id`);
      return rows.map((row) => ({
        ...row,
        value: JSON.parse(row.payload.toString("utf8")),
        sequence: row.sequence === null ? null : Number(row.sequence),
      }));
    },
    async another() {
      const pool = await open();
      pools.push(pool);
      return pool;
    },
    async stop() {
      for (const pool of pools) await pool.close();
      await test.drop();
    },
  };
}

/** Ends the stack this file started; call after the last database. */
export async function closeStack(): Promise<void> {
  await stack?.stop();
  stack = undefined;
}

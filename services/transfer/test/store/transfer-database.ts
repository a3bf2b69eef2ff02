import type { TestStack } from "@septet/local-stack";
import { messagingMigrations } from "@septet/messaging";
import { type Database, kitMigrations, openDatabase } from "@septet/service-kit";
import { transferMigrations } from "../../src/store/migrations/index.js";

/** A migrated database of its own, whose movements and events are recorded and sent by nobody. */
export async function transferDatabase(stack: TestStack, name: string): Promise<Database> {
  const { url } = await stack.createDatabase(name);
  const migrations = [...messagingMigrations, ...kitMigrations, ...transferMigrations];
  const recorder = {
    service: "transfer",
    newId: () => crypto.randomUUID(),
    wake: () => undefined,
    encode: () => Buffer.alloc(0),
  } as const;
  return openDatabase({ url, poolSize: 2, migrations, applicationName: "transfer-test", recorder });
}

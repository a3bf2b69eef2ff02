import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { attachOrStartStack, type TestStack } from "@septet/local-stack";
import { type Database, transact } from "@septet/service-kit";
import type { Command } from "../../src/domain/commands.js";
import { planOf, scopeOf, settleHeld } from "../../src/settle.js";
import { cancel, create, ID, promise } from "../domain/transfer-book.js";
import { transferDatabase } from "./transfer-database.js";

let stack: TestStack;
let db: Database;

beforeAll(async () => {
  stack = await attachOrStartStack();
  db = await transferDatabase(stack, "created-meanwhile");
});

afterAll(async () => {
  await db?.close();
  await stack?.stop();
});

/** Settles a command; what happens between its plan and its locks is done once. Answers how often it was begun. */
async function settled(command: Command, betweenPlanAndLocks?: () => Promise<void>): Promise<number> {
  const scope = scopeOf([command]);
  let begun = 0;
  await transact(
    db,
    async (session) => {
      const plan = await planOf(session, scope);
      if (begun++ === 0) await betweenPlanAndLocks?.();
      return plan;
    },
    (unit) => settleHeld(unit, scope, [command]),
  );
  return begun;
}

test("a transfer that was created and reserved since its step was planned is planned anew, with the streams of its SKUs", async () => {
  const begun = await settled(cancel(), async () => {
    await settled(create([5]));
    await settled(promise(5));
  });
  expect(begun).toBe(2);
  const [transfer] = await db.query<{ state: string }>("SELECT state FROM transfer WHERE transfer_id = $1", [ID]);
  expect(transfer?.state).toBe("CANCELLED");
  const [balance] = await db.query<{ reserved: number }>(
    "SELECT transfer_reserved::int AS reserved FROM transfer_balance",
  );
  expect(balance?.reserved).toBe(0);
});

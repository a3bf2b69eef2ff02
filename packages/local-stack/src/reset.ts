import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { tryLock } from "./owner-lock.js";
import { endLeftovers } from "./process-keeper.js";

/** Everything a stack ever writes into its home; fetched jars stay. */
const OURS =
  /^(auth|logs|run|tmp|postgres(\.new|\.password|\.secret(\.new)?)?|kafka-[\d.]+|kafka\.properties|demonstration\.json)$/;

/**
 * Clears the data of a home, and nothing that is not a stack's. Answers what was removed.
 * @throws when a stack runs there
 */
export async function resetHome(home: string): Promise<string[]> {
  const folder = resolve(home);
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder).filter((name) => OURS.test(name));
  const attempt = tryLock(join(folder, "run", "stack.lock"));
  if (!attempt.ok) throw new Error(`A stack runs in ${folder} (process ${attempt.owner.pid}). Stop it first.`);
  await endLeftovers(join(folder, "run"));
  // The lock lies in `run`, which goes last and is there by now in any case.
  for (const name of [...found, "run"]) rmSync(join(folder, name), { recursive: true, force: true });
  return found;
}

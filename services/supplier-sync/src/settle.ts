import { type Database, transact, type UnitOfWork } from "@septet/service-kit";
import type { Command } from "./domain/commands.js";
import { decide } from "./domain/decide.js";
import type { Decision } from "./domain/decision.js";
import { type CommandScope, scopeOf } from "./store/command-scope.js";
import { loadWorld } from "./store/load-world.js";
import { writeDecision } from "./store/write-decision.js";

/** Settles commands in a transaction of their own: lock, load, decide, write. */
export function settle(db: Database, commands: readonly Command[]): Promise<Decision> {
  const scope = scopeOf(commands);
  return transact(db, { skus: [...scope.skus] }, (unit) => settleHeld(unit, scope, commands));
}

/** Loads, decides and writes; the streams of the scope's SKUs are held. */
export async function settleHeld(
  unit: UnitOfWork,
  scope: CommandScope,
  commands: readonly Command[],
): Promise<Decision> {
  const decision = decide(await loadWorld(unit, scope, unit.now), commands);
  await writeDecision(unit, decision);
  return decision;
}

export { scopeOf };

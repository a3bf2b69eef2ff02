import type { Session } from "@septet/messaging";
import { type LockPlan, StartOver, type UnitOfWork } from "@septet/service-kit";
import type { Command } from "./domain/commands.js";
import { decide } from "./domain/decide.js";
import type { Decision } from "./domain/decision.js";
import { type CommandScope, scopeOf } from "./store/command-scope.js";
import { loadWorld } from "./store/load-world.js";
import { skusOfTransfers } from "./store/transfer-rows.js";
import { writeDecision } from "./store/write-decision.js";

/** The locks of a slice of commands. The lines of a transfer never change, so their SKUs can be read before they are held. */
export async function planOf(session: Session, scope: CommandScope): Promise<LockPlan> {
  const { moved, whole, lines } = scope;
  const ofTransfers = await skusOfTransfers(
    session,
    [...whole].filter((transferId) => moved.has(transferId)),
    lines.filter(({ transferId }) => moved.has(transferId) && !whole.has(transferId)),
  );
  return {
    skus: [...new Set([...scope.skus, ...ofTransfers])],
    documents: [{ table: "transfer", idColumn: "transfer_id", ids: [...scope.transfers] }],
  };
}

/**
 * Loads, decides and writes under the locks of `planOf`.
 * @throws StartOver when a transfer was created after the locks were planned
 */
export async function settleHeld(
  unit: UnitOfWork,
  scope: CommandScope,
  commands: readonly Command[],
): Promise<Decision> {
  const world = await loadWorld(unit, scope, unit.now);
  if (world.transfers.size > (unit.lockedRows.get("transfer") ?? 0)) {
    throw new StartOver("a transfer was created meanwhile");
  }
  const decision = decide(world, commands);
  await writeDecision(unit, world, decision);
  return decision;
}

export { scopeOf };

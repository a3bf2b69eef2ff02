import type { Session } from "@septet/messaging";
import { type LockPlan, StartOver, type UnitOfWork } from "@septet/service-kit";
import type { Command } from "./domain/commands.js";
import { decide } from "./domain/decide.js";
import type { Decision } from "./domain/decision.js";
import type { World } from "./domain/world.js";
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
 * @throws StartOver when a transfer was created after the locks were planned or taken
 */
export async function settleHeld(
  unit: UnitOfWork,
  scope: CommandScope,
  commands: readonly Command[],
): Promise<Decision> {
  const world = await loadWorld(unit, scope, unit.now);
  assertHeld(unit, scope, world);
  const decision = decide(world, commands);
  await writeDecision(unit, world, decision);
  return decision;
}

/** A transfer created between plan and locks has SKUs whose streams are not held; one created after them is not held itself. */
function assertHeld(unit: UnitOfWork, { moved }: CommandScope, { transfers }: World): void {
  if (transfers.size > (unit.lockedRows.get("transfer") ?? 0)) {
    throw new StartOver("a transfer was created meanwhile");
  }
  for (const transferId of moved) {
    for (const { sku } of transfers.get(transferId)?.lines.values() ?? []) {
      if (unit.sequenceOf(sku) === undefined) throw new StartOver(`transfer ${transferId} was created meanwhile`);
    }
  }
}

export { scopeOf };

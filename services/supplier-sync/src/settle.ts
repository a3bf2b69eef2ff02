import type { Session } from "@septet/messaging";
import { type Database, type LockPlan, StartOver, transact, type UnitOfWork } from "@septet/service-kit";
import type { Command } from "./domain/commands.js";
import { decide } from "./domain/decide.js";
import type { Decision } from "./domain/decision.js";
import type { World } from "./domain/world.js";
import { type CommandScope, scopeOf, skusIn, withOffers } from "./store/command-scope.js";
import { loadWorld } from "./store/load-world.js";
import { offersOfOrders } from "./store/order-rows.js";
import { writeDecision } from "./store/write-decision.js";

/** Settles commands in a transaction of their own: lock, load, decide, write. */
export function settle(db: Database, commands: readonly Command[]): Promise<Decision> {
  const scope = scopeOf(commands);
  return transact(
    db,
    (session) => planOf(session, scope),
    (unit) => settleHeld(unit, scope, commands),
  );
}

/** The locks of a slice of commands. The lines of an order never change, so their SKUs can be read before they are held. */
export async function planOf(session: Session, scope: CommandScope): Promise<LockPlan> {
  const whole = withOffers(scope, await offersOfOrders(session, [...scope.orders]));
  return {
    skus: skusIn(whole),
    documents: [{ table: "supplier_order", idColumn: "fulfilment_id", ids: [...scope.orders] }],
  };
}

/**
 * Loads, decides and writes under the locks of `planOf`.
 * @throws StartOver when an order was requested after the locks were planned or taken
 */
export async function settleHeld(
  unit: UnitOfWork,
  scope: CommandScope,
  commands: readonly Command[],
): Promise<Decision> {
  const whole = withOffers(scope, await offersOfOrders(unit, [...scope.orders]));
  const world = await loadWorld(unit, whole, unit.now);
  assertHeld(unit, whole, world);
  const decision = decide(world, commands);
  await writeDecision(unit, decision);
  return decision;
}

function assertHeld(unit: UnitOfWork, scope: CommandScope, { orders }: World): void {
  if (orders.size > (unit.lockedRows.get("supplier_order") ?? 0))
    throw new StartOver("an order was requested meanwhile");
  for (const sku of skusIn(scope)) {
    if (unit.sequenceOf(sku) === undefined) throw new StartOver(`the stream of ${sku} is not held`);
  }
}

export { scopeOf };

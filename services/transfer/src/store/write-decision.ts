import { StartOver, sqlState, type UnitOfWork } from "@septet/service-kit";
import type { Decision } from "../domain/decision.js";
import type { World } from "../domain/world.js";
import { createArrivals } from "./arrival-rows.js";
import { addToBalances } from "./balance-rows.js";
import { foldCopies } from "./fold-copies.js";
import { createShipments, updateShipments } from "./shipment-rows.js";
import { createTransfers, updateTransfers } from "./transfer-rows.js";

const UNIQUE_VIOLATION = "23505";

/**
 * Writes a decision, one statement per table and kind of write; movements and events go to the outbox at commit.
 * @throws StartOver when a transfer of the same name was created by somebody else meanwhile.
 */
export async function writeDecision(unit: UnitOfWork, world: World, decision: Decision): Promise<void> {
  try {
    await createTransfers(unit, decision.newTransfers, decision.newLines);
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new StartOver("the transfer was created meanwhile");
    throw error;
  }
  await updateTransfers(unit, decision.changedTransfers, decision.changedLines);
  const head = (transferId: string) => world.transfers.get(transferId)!.head;
  await createShipments(unit, decision.newShipments, decision.newShipmentLines, head);
  await updateShipments(unit, decision.changedShipments, decision.changedShipmentLines);
  await createArrivals(unit, decision.newArrivals);
  await addToBalances(unit, decision.balances);
  const recorded = decision.movements.map((movement) => unit.record(movement));
  await foldCopies(unit, recorded, unit.now);
  for (const { name, value } of decision.events) unit.publish(name, value);
}

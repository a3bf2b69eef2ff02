import { StartOver, sqlState, type UnitOfWork } from "@septet/service-kit";
import type { Decision } from "../domain/decision.js";
import type { World } from "../domain/world.js";
import { createDocuments } from "./document-rows.js";
import { createFulfilments, updateFulfilments } from "./fulfilment-rows.js";
import { addToOnHand } from "./on-hand-rows.js";
import { keepWaitingCancellations } from "./waiting-cancellation-rows.js";

const UNIQUE_VIOLATION = "23505";

/**
 * Writes a decision, one statement per table and kind of write; movements and events go to the outbox at commit.
 * @throws StartOver when a document or fulfilment of the same name was written by somebody else meanwhile.
 */
export async function writeDecision(unit: UnitOfWork, world: World, decision: Decision): Promise<void> {
  try {
    await createDocuments(unit, decision.newDocuments, decision.newDocumentLines, world.now);
    await createFulfilments(unit, decision.newFulfilments);
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new StartOver("a document was created meanwhile");
    throw error;
  }
  await updateFulfilments(unit, decision.changedFulfilments);
  await keepWaitingCancellations(unit, decision.newWaitingCancellations, decision.answeredCancellations);
  await addToOnHand(unit, decision.onHand, world.onHand);
  for (const movement of decision.movements) unit.record(movement);
  for (const { name, value } of decision.events) unit.publish(name, value);
}

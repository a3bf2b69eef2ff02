import { StartOver, sqlState, type UnitOfWork } from "@septet/service-kit";
import type { Decision, RecordedDraft } from "../domain/decision.js";
import { type PhysicalEntry, physicalEntries } from "../domain/physical-log.js";
import type { World } from "../domain/world.js";
import { createDocuments } from "./document-rows.js";
import { createFulfilments, updateFulfilments } from "./fulfilment-rows.js";
import { addToOnHand } from "./on-hand-rows.js";
import { notePhysical } from "./physical-log.js";
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
  await addToOnHand(unit, decision.onHand, world.onHand, decision.low);
  await notePhysical(unit, [
    ...decision.movements.flatMap((draft) => recorded(unit, draft)),
    ...decision.applied.flatMap((movement) => physicalEntries(movement, true)),
  ]);
  for (const { name, value } of decision.events) unit.publish(name, value);
}

/** Gives a movement of ours its sequence; what it did to what lies here is noted by it. */
function recorded(unit: UnitOfWork, { toldLater, ...draft }: RecordedDraft): PhysicalEntry[] {
  const movement = unit.record(draft);
  if (toldLater === undefined) return physicalEntries(movement, false);
  return physicalEntries({ ...movement, occurredAt: toldLater }, true);
}

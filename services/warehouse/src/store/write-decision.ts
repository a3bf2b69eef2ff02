import { StartOver, sqlState, type UnitOfWork } from "@septet/service-kit";
import { COMPLETE } from "../domain/announcement.js";
import type { Decision, RecordedDraft } from "../domain/decision.js";
import { onHandKey } from "../domain/on-hand.js";
import { type PhysicalEntry, physicalEntries } from "../domain/physical-log.js";
import { outlineOf, type RecordedMovement } from "../domain/recorded-movement.js";
import type { World } from "../domain/world.js";
import { createAdjustments } from "./adjustment-rows.js";
import { announcementsOf, closeComplete, reopenIncomplete } from "./announcement-rows.js";
import { addClaimed, noteSentBack } from "./claim-rows.js";
import { missFromClaims, type Place, unsendFromClaims } from "./claims-short.js";
import { createDocuments, reverseDocumentLines } from "./document-rows.js";
import { createFulfilments, updateFulfilments } from "./fulfilment-rows.js";
import { addToOnHand } from "./on-hand-rows.js";
import { notePhysical } from "./physical-log.js";
import { keepRecorded, noteSettledLines } from "./recorded-movements.js";
import { keepLines } from "./stocktake-rows.js";
import { keepWaitingCancellations } from "./waiting-cancellation-rows.js";

/** Who closes an announcement of which everything has arrived. */
const SERVICE = "warehouse";
const UNIQUE_VIOLATION = "23505";

/**
 * Writes a decision, one statement per table and kind of write; movements and events go to the outbox at commit.
 * Answers the movements in the order of the decision, with the ids they got.
 * @throws StartOver when a document or fulfilment of the same name was written by somebody else meanwhile.
 */
export async function writeDecision(unit: UnitOfWork, world: World, decision: Decision): Promise<RecordedMovement[]> {
  try {
    await createDocuments(unit, decision.newDocuments, decision.newDocumentLines, world.now);
    await createAdjustments(unit, decision.newAdjustments, decision.newAdjustmentLines, world.now);
    await createFulfilments(unit, decision.newFulfilments);
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new StartOver("a document was created meanwhile");
    throw error;
  }
  const by = { now: world.now, actor: SERVICE, reason: COMPLETE };
  await closeComplete(unit, announcementsOf(decision.newDocumentLines), by);
  await updateFulfilments(unit, decision.changedFulfilments);
  await keepLines(unit, decision.stocktakeLines, decision.counts);
  await keepWaitingCancellations(unit, decision.newWaitingCancellations, decision.answeredCancellations);
  await noteSentBack(unit, decision.sentBack, world.now);
  await addClaimed(unit, decision.claimed);
  await addToOnHand(unit, decision.onHand, world.onHand, decision.low);
  const recorded = decision.movements.map((draft) => record(unit, draft));
  await notePhysical(unit, [
    ...recorded.flatMap(({ physical }) => physical),
    ...decision.applied.flatMap((movement) => physicalEntries(movement, true)),
  ]);
  // Those of before: what is recorded now knows by itself.
  await noteSettledLines(unit, decision.settledLines);
  await keepRecorded(
    unit,
    recorded.map(({ movement }) => movement),
    world.now,
  );
  await reverseDocumentLines(unit, decision.reversedLines);
  await reopenIncomplete(unit, decision.reversedLines);
  await unsendFromClaims(unit, decision.reversedLines, world.now);
  await missFromClaims(unit, placesToWatch(world, decision), world.now);
  for (const { name, value } of decision.events) unit.publish(name, value);
  return recorded.map(({ movement }) => movement);
}

/** Where unsellable goods changed under a claim; a disposal that is taken back may bring pieces under one again. */
function placesToWatch(world: World, { onHand, reversedLines }: Decision): readonly Place[] {
  return onHand.filter(({ sku, location, unsellable }) => {
    if (unsellable === 0) return false;
    return reversedLines.length > 0 || (world.onHand.get(onHandKey(sku, location))?.claimed ?? 0) > 0;
  });
}

/** Gives a movement of ours its sequence; what it did to what lies here is noted by it. */
function record(
  unit: UnitOfWork,
  { toldLater, fulfilmentId, decided, ...draft }: RecordedDraft,
): { movement: RecordedMovement; physical: PhysicalEntry[] } {
  const told = unit.record(draft);
  const { movementId, sku, sequence, kind, reverses } = told;
  const movement = {
    ...{
      movementId,
      sku,
      sequence,
      kind,
      reference: draft.reference,
      reverses,
      reversedBy: null,
      decided: decided ?? null,
      toldLater: toldLater ?? null,
    },
    ...outlineOf(draft),
    fulfilmentId: fulfilmentId ?? null,
  };
  if (toldLater === undefined) return { movement, physical: physicalEntries(told, false) };
  return { movement, physical: physicalEntries({ ...told, occurredAt: toldLater }, true) };
}

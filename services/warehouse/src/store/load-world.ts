import type { Session } from "@septet/messaging";
import type { World } from "../domain/world.js";
import { type CommandScope, codesWithSuffix } from "./command-scope.js";
import { loadDocuments } from "./document-rows.js";
import { loadFulfilments } from "./fulfilment-rows.js";
import { listedAmong, loadLabellings } from "./labelling-rows.js";
import { loadOnHand } from "./on-hand-rows.js";
import { loadWaitingCancellations } from "./waiting-cancellation-rows.js";
import { definedWarehouses } from "./warehouse-rows.js";

/**
 * Reads everything that the commands are decided on, under their locks, one statement per table (documents two).
 * @param counted the SKUs whose count may change; their streams are held
 */
export async function loadWorld(
  session: Session,
  scope: CommandScope,
  counted: readonly string[],
  now: number,
): Promise<World> {
  const labellings = await loadLabellings(session, [...scope.labelled.keys()]);
  return {
    now,
    warehouses: await definedWarehouses(session, [...scope.locations]),
    labellings,
    listed: await listedAmong(session, codesWithSuffix(scope.labelled, labellings)),
    onHand: await loadOnHand(session, counted),
    fulfilments: await loadFulfilments(session, [...scope.fulfilments]),
    waitingCancellations: await loadWaitingCancellations(session, [...scope.requested]),
    documents: await loadDocuments(session, scope.documentLines, [...scope.wholeDocuments]),
  };
}

import type { Session } from "@septet/messaging";
import type { World } from "../domain/world.js";
import type { CommandScope } from "./command-scope.js";
import { loadDocuments } from "./document-rows.js";
import { loadFulfilments } from "./fulfilment-rows.js";
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
  return {
    now,
    warehouses: await definedWarehouses(session, [...scope.locations]),
    onHand: await loadOnHand(session, counted),
    fulfilments: await loadFulfilments(session, [...scope.fulfilments]),
    waitingCancellations: await loadWaitingCancellations(session, [...scope.requested]),
    documents: await loadDocuments(session, scope.documentLines, [...scope.wholeDocuments]),
  };
}

import type { Session } from "@septet/messaging";
import type { World } from "../domain/world.js";
import { loadOnHandAndLines } from "./alert-line-rows.js";
import { type CommandScope, codesWithSuffix } from "./command-scope.js";
import { loadDocuments } from "./document-rows.js";
import { loadFulfilments } from "./fulfilment-rows.js";
import { listedAmong, loadLabellings } from "./labelling-rows.js";
import { loadRecorded } from "./recorded-movements.js";
import { loadWaitingCancellations } from "./waiting-cancellation-rows.js";
import { definedWarehouses } from "./warehouse-rows.js";

/** What the configuration says. */
export interface Settings {
  /** The alert line of SKUs that have none, pieces, or `LINE_OFF`. */
  readonly alertLinePieces: number;
}

/**
 * Reads everything that the commands are decided on, under their locks, one statement per table (documents two).
 * @param fulfilments the ids of those that are locked, if they exist
 * @param counted the SKUs whose count may change; their streams are held
 */
export async function loadWorld(
  session: Session,
  scope: CommandScope,
  fulfilments: readonly string[],
  counted: readonly string[],
  now: number,
  settings: Settings,
): Promise<World> {
  const labellings = await loadLabellings(session, [...scope.labelled.keys()]);
  const { onHand, lines } = await loadOnHandAndLines(session, counted);
  return {
    now,
    warehouses: await definedWarehouses(session, [...scope.locations]),
    labellings,
    listed: await listedAmong(session, codesWithSuffix(scope.labelled, labellings)),
    onHand,
    alertLines: { lines, defaultPieces: settings.alertLinePieces },
    fulfilments: await loadFulfilments(session, fulfilments),
    waitingCancellations: await loadWaitingCancellations(session, [...scope.requested]),
    documents: await loadDocuments(session, scope.documentLines, [...scope.wholeDocuments]),
    recorded: await loadRecorded(session, [...scope.reversed]),
  };
}

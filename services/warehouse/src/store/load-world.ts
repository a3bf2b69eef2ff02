import type { Session } from "@septet/messaging";
import type { UnitOfWork } from "@septet/service-kit";
import type { World } from "../domain/world.js";
import { loadAdjustments } from "./adjustment-rows.js";
import { loadOnHandAndLines } from "./alert-line-rows.js";
import { loadClaims } from "./claim-rows.js";
import { type CommandScope, codesWithSuffix } from "./command-scope.js";
import type { CountingScope } from "./counting-scope.js";
import { loadDocuments } from "./document-rows.js";
import { loadFulfilments } from "./fulfilment-rows.js";
import { listedAmong, loadLabellings } from "./labelling-rows.js";
import { codesFoundBeside, loadStocktaking } from "./load-stocktaking.js";
import { loadRecorded } from "./recorded-movements.js";
import { loadWaitingCancellations } from "./waiting-cancellation-rows.js";
import { definedWarehouses } from "./warehouse-rows.js";

/** What commands are about, and what is locked for them. */
export interface HeldScope {
  readonly scope: CommandScope;
  readonly counting: CountingScope;
  readonly counted: readonly string[];
  readonly fulfilments: readonly string[];
}

/** What the configuration says. */
export interface Settings {
  /** The alert line of SKUs that have none, pieces, or `LINE_OFF`. */
  readonly alertLinePieces: number;
}

/**
 * Reads everything that the commands are decided on, under their locks, one statement per table (documents two).
 * @param held what is locked for them: streams of the SKUs whose count may change, fulfilments if they exist
 */
export async function loadWorld(
  unit: UnitOfWork,
  { scope, counting, counted, fulfilments }: HeldScope,
  settings: Settings,
): Promise<World> {
  const { now } = unit;
  const session: Session = unit;
  const stocktaking = await loadStocktaking(session, counting, now);
  const beside = codesFoundBeside(counting, stocktaking);
  const labellings = await loadLabellings(session, [...new Set([...scope.labelled.keys(), ...beside.keys()])]);
  const suffixed = [...codesWithSuffix(scope.labelled, labellings), ...codesWithSuffix(beside, labellings)];
  const { onHand, lines } = await loadOnHandAndLines(session, counted);
  return {
    now,
    sequences: new Map(counted.map((sku) => [sku, unit.sequenceOf(sku) ?? 0])),
    adjustments: await loadAdjustments(session, counting.adjustmentLines, [...counting.wholeAdjustments]),
    stocktaking,
    warehouses: await definedWarehouses(session, [...scope.locations]),
    labellings,
    listed: await listedAmong(session, suffixed),
    onHand,
    claims: await loadClaims(session, [...scope.claims]),
    alertLines: { lines, defaultPieces: settings.alertLinePieces },
    fulfilments: await loadFulfilments(session, fulfilments),
    waitingCancellations: await loadWaitingCancellations(session, [...scope.requested]),
    documents: await loadDocuments(session, scope.documentLines, [...scope.wholeDocuments]),
    recorded: await loadRecorded(session, [...scope.reversed]),
  };
}

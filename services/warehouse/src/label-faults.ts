import type { Session } from "@septet/messaging";
import { labelFault, suffixedSku } from "./domain/labelling.js";
import { listedAmong, loadLabellings } from "./store/labelling-rows.js";

/** Why a code cannot stand for a SKU of its own at a warehouse; undefined when it can. */
export type LabelFaults = (location: string, code: string) => string | undefined;

/** Reads the labels of the warehouses, and which of the codes that end with their suffix the catalogue lists. */
export async function labelFaults(
  session: Session,
  told: readonly { readonly location: string; readonly sku: string }[],
): Promise<LabelFaults> {
  const labellings = await loadLabellings(session, [...new Set(told.map(({ location }) => location))]);
  const suffixOf = (location: string) => labellings.get(location)?.unsellableSuffix ?? null;
  const suffixed = told.filter(({ sku, location }) => suffixedSku(sku, suffixOf(location)) !== undefined);
  const listed = await listedAmong(session, [...new Set(suffixed.map(({ sku }) => sku))]);
  return (location, code) => labelFault(code, labellings.get(location), (one) => listed.has(one));
}

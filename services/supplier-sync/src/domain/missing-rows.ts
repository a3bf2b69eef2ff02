import { bytewise } from "@septet/stock-contracts";
import type { MissingRowRule } from "./terms.js";

/** What the SKUs that a full sheet leaves out come to. */
export interface MissingRows {
  /** Left out, and recorded with more than 0 pieces; sorted. Always told to whoever sent the sheet. */
  readonly listed: readonly string[];
  /** Those of them that are reported as 0 thereby. */
  readonly zeroed: readonly string[];
}

/**
 * Rows that a full sheet lacks mean 0 only where the contract says so; else what is recorded stays. A row that is there and
 * was refused is not missing: nobody knows what it said. A sheet of which not one row could be read says nothing of any.
 * @param recorded pieces by SKU, of all SKUs that the supplier has mapped.
 * @param good SKUs whose rows were taken.
 * @param refused SKUs whose rows were refused, as far as they could be told.
 */
export function missingRows(
  rule: MissingRowRule,
  recorded: ReadonlyMap<string, number>,
  good: ReadonlySet<string>,
  refused: ReadonlySet<string>,
): MissingRows {
  if (good.size === 0) return { listed: [], zeroed: [] };
  const listed = [...recorded]
    .filter(([sku, pieces]) => pieces > 0 && !good.has(sku) && !refused.has(sku))
    .map(([sku]) => sku)
    .sort(bytewise);
  return { listed, zeroed: rule === "ZERO" ? listed : [] };
}

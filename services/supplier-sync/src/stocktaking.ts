import type { Session } from "@septet/messaging";
import { StartOver, sqlState, type UnitOfWork } from "@septet/service-kit";
import { offerKey } from "./domain/offer-row.js";
import {
  approve,
  cancel,
  openReconciliation,
  type ReconciledLine,
  type Reconciliation,
  type Refused,
} from "./domain/reconciliation.js";
import { type Refusal, type RefusedField, refuse } from "./domain/refusal.js";
import { Workbench } from "./domain/workbench.js";
import { unknownSupplier } from "./reporting.js";
import { scopeOf, settleHeld } from "./settle.js";
import { loadWorld } from "./store/load-world.js";
import { mappingsNaming } from "./store/mapping-rows.js";
import {
  addStocktake,
  closeStocktake,
  keepStocktakeLines,
  loadStocktake,
  type Stocktake,
} from "./store/stocktake-rows.js";
import { loadSupplier } from "./store/supplier-rows.js";

const UNIQUE_VIOLATION = "23505";

/** A SKU that a supplier counted, named by its code or by our SKU. */
export interface CountedLine {
  readonly code?: string | undefined;
  readonly sku?: string | undefined;
  /** Pieces that lie there, confirmed ones that have not left among them. */
  readonly counted: number;
}

/** What a stocktake is told as. */
export interface ToldStocktake {
  readonly supplierId: string;
  readonly stocktakeId: string;
  readonly content: string;
  readonly toldBy: string;
  readonly lines: readonly CountedLine[];
}

/** The SKUs of counted lines, by the supplier's mappings; null for one that the supplier has no code for. */
export async function skusCounted(session: Session, supplierId: string, lines: readonly CountedLine[]) {
  const codes = lines.flatMap(({ code }) => (code === undefined ? [] : [code]));
  const skus = lines.flatMap(({ sku }) => (sku === undefined ? [] : [sku]));
  const mappings = await mappingsNaming(session, supplierId, codes, skus);
  const skuOf = new Map(mappings.map(({ code, sku }) => [code, sku]));
  const mapped = new Set(mappings.map(({ sku }) => sku));
  return lines.map(({ code, sku }) =>
    code === undefined ? (mapped.has(sku!) ? sku! : null) : (skuOf.get(code) ?? null),
  );
}

/**
 * Opens a stocktake under the streams of its SKUs. Recorded is what the last report, what was confirmed before it and what left
 * after it say must lie there: reported + C − H, the very terms of the offer.
 * @returns the stocktake as it stands, and whether it is new
 */
export async function openStocktake(
  unit: UnitOfWork,
  told: ToldStocktake,
): Promise<{ readonly outcome: "OPENED" | "STANDS"; readonly stocktake: Stocktake } | Refusal> {
  const { supplierId, stocktakeId, content } = told;
  if ((await loadSupplier(unit, supplierId)) === undefined) return unknownSupplier();
  const known = await loadStocktake(unit, supplierId, stocktakeId);
  if (known !== undefined) {
    if (known.content === content) return { outcome: "STANDS", stocktake: known };
    return refuse("STOCKTAKE_CONFLICT", "the stocktakeId stands for another count: choose another, or none");
  }
  const skus = await skusCounted(unit, supplierId, told.lines);
  const refused = faultsOf(skus);
  if (refused.length > 0)
    return refuse("UNKNOWN_SKU", "a line names no article of this supplier's, or one twice", refused);
  const recorded = await recordedOf(unit, supplierId, skus as string[]);
  const { lines } = openReconciliation(
    told.lines.map(({ counted }, index) => ({ sku: skus[index]!, counted, recorded: recorded[index]! })),
  );
  const times = { openedAt: unit.now, openedBy: told.toldBy, closedAt: null, closedBy: null };
  const stocktake: Stocktake = { supplierId, stocktakeId, state: "OPEN", content, ...times, lines };
  try {
    await addStocktake(unit, stocktake);
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new StartOver("it was told meanwhile");
    throw error;
  }
  return { outcome: "OPENED", stocktake };
}

function faultsOf(skus: readonly (string | null)[]): RefusedField[] {
  return skus.flatMap((sku, index): RefusedField[] => {
    const field = `lines[${index}]`;
    if (sku === null) return [{ field, reason: "is no article that the supplier has a code for" }];
    return skus.indexOf(sku) < index ? [{ field, reason: "is counted in an earlier line" }] : [];
  });
}

async function recordedOf(unit: UnitOfWork, supplierId: string, skus: readonly string[]): Promise<number[]> {
  const keys = skus.map((sku) => ({ supplierId, sku }));
  const scope = { offers: new Map(keys.map((key) => [offerKey(key), key])), orders: new Set<string>() };
  const bench = new Workbench(await loadWorld(unit, scope, unit.now));
  return keys.map((key) => {
    const { reported, counted, gone } = bench.explained(key);
    return Math.max(0, reported + counted - gone);
  });
}

/** The stocktake with the change of a step; the caller holds its row. */
export async function changeStocktake(
  unit: UnitOfWork,
  before: Stocktake,
  after: Reconciliation | Refused,
): Promise<Stocktake | Refusal> {
  if ("outcome" in after) return refusalOf(after, before);
  await keepStocktakeLines(unit, before, after.lines);
  return { ...before, lines: after.lines };
}

/** Approves a stocktake and corrects what is recorded, in one transaction; the caller holds its row and its SKUs. */
export async function approveStocktake(
  unit: UnitOfWork,
  stocktake: Stocktake,
  by: string,
): Promise<Stocktake | Refusal> {
  const done = approve(stocktake);
  if ("outcome" in done) return refusalOf(done, stocktake);
  const { supplierId } = stocktake;
  if (done.adjustments.length > 0) {
    const command = { type: "ADJUST_REPORTED", supplierId, lines: done.adjustments, actor: by } as const;
    await settleHeld(unit, scopeOf([command]), [command]);
  }
  await closeStocktake(unit, stocktake, "APPROVED", by);
  return { ...stocktake, state: "APPROVED", closedAt: unit.now, closedBy: by };
}

/** Gives a stocktake up; the caller holds its row. */
export async function cancelStocktake(
  unit: UnitOfWork,
  stocktake: Stocktake,
  by: string,
): Promise<Stocktake | Refusal> {
  const done = cancel(stocktake);
  if ("outcome" in done) return refusalOf(done, stocktake);
  await closeStocktake(unit, stocktake, "CANCELLED", by);
  return { ...stocktake, state: "CANCELLED", closedAt: unit.now, closedBy: by };
}

/** The SKUs whose streams an approval needs. */
export const skusToAdjust = ({ lines }: Pick<Stocktake, "lines">): string[] =>
  lines.map(({ sku }: ReconciledLine) => sku);

function refusalOf({ code, skus }: Refused, { state }: Stocktake): Refusal {
  const fields = skus.map((sku) => ({ field: sku, reason: REASONS[code] }));
  const detail = code === "NOT_OPEN" ? `the stocktake is ${state}` : `${REASONS[code]}: see the lines named`;
  return refuse(code === "NOT_OPEN" ? "STOCKTAKE_STATE" : code, detail, fields);
}

const REASONS: { readonly [C in Refused["code"]]: string } = {
  NOT_OPEN: "is closed",
  UNKNOWN_LINE: "is not counted in it, or has no follow-up",
  NO_DIFFERENCE: "was counted as it is recorded",
  NOT_EXPLAINED: "needs a cause and somebody who sees to it",
};

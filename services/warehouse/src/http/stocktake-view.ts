import type { Actor } from "@septet/service-kit";
import type { Stocktake, StocktakeLine } from "../domain/stocktake.js";
import type { BookedPieces } from "../store/stocktake-list.js";

const iso = (ms: number): string => new Date(ms).toISOString();

/** A stocktake without its lines, times in ISO 8601 UTC. */
export function stocktakeView({ stocktakeId, location, scope, blind, createdAt, createdBy }: Stocktake) {
  return { stocktakeId, location, scope, blind, createdAt: iso(createdAt), createdBy };
}

/** A line as its counter or whoever approves sees it; quantities in pieces, times in ISO 8601 UTC. */
export function lineView(stocktake: Stocktake, line: StocktakeLine, actor: Actor, book?: BookedPieces) {
  const { sku, state, why, attempts } = line;
  if (isHidden(stocktake, line, actor)) return { sku, state, why, attempts };
  return {
    sku,
    state,
    why,
    attempts,
    count: countView(line),
    approval: approvalView(line),
    ...(book === undefined ? {} : { book }),
  };
}

/** Whoever counts blindly sees neither the book nor an earlier count before the line is counted. */
function isHidden({ blind }: Stocktake, { state }: StocktakeLine, { roles }: Actor): boolean {
  if (!blind || roles.includes("operator") || roles.includes("sre")) return false;
  return state === "OPEN" || state === "RECOUNT_NEEDED" || state === "REOPENED";
}

function countView({ count }: StocktakeLine) {
  if (count === null) return null;
  const { shelf, picked, unsellable, countedAt, countedBy, variance, unsellableVariance } = count;
  return { shelf, picked, unsellable, countedAt: iso(countedAt), countedBy, variance, unsellableVariance };
}

function approvalView({ approval }: StocktakeLine) {
  if (approval === null) return null;
  const { cause, note, total, unsellable, approvedAt, approvedBy } = approval;
  return { cause, note, adjusted: { total, unsellable }, approvedAt: iso(approvedAt), approvedBy };
}

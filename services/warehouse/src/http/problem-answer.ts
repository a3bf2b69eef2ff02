import { type Answer, type Problem, problemAnswer, problemOfRefusal, type RefusalProblem } from "@septet/service-kit";
import type { Refusal, RefusalCode } from "../domain/refusal.js";

const PROBLEMS: { readonly [C in RefusalCode]: RefusalProblem } = {
  UNKNOWN_WAREHOUSE: { status: 422, type: "unknown-warehouse", title: "No such warehouse" },
  UNKNOWN_AREA: { status: 422, type: "unknown-area", title: "No such area" },
  ALREADY_UNSELLABLE: { status: 422, type: "already-unsellable", title: "The code names unsellable stock" },
  DOCUMENT_CONFLICT: { status: 409, type: "document-conflict", title: "The reference was used before" },
  NOT_ON_HAND: { status: 409, type: "not-on-hand", title: "Not that many pieces are there" },
  UNKNOWN_CLAIM: { status: 422, type: "unknown-claim", title: "No such claim" },
  CLAIM_CONFLICT: { status: 409, type: "claim-conflict", title: "The claim's id was used before" },
  CLAIM_STATE: { status: 409, type: "claim-state", title: "Not in this state" },
  CLAIM_EMPTY: { status: 409, type: "claim-empty", title: "The claim has no lines" },
  CLAIM_TOO_LONG: { status: 409, type: "claim-too-long", title: "The claim has too many lines" },
  CLAIM_CURRENCY: { status: 422, type: "claim-currency", title: "The claim is in another currency" },
  CLAIM_AMOUNT: { status: 422, type: "claim-amount", title: "The amount does not fit the outcome" },
  NOT_CLAIMABLE: { status: 409, type: "not-claimable", title: "Not that many unclaimed unsellable pieces are there" },
  MORE_THAN_CLAIMED: { status: 409, type: "more-than-claimed", title: "More than is under the claim" },
  UNKNOWN_FULFILMENT: { status: 404, type: "unknown-fulfilment", title: "No such fulfilment" },
  UNKNOWN_LINE: { status: 422, type: "unknown-line", title: "No such line" },
  FULFILMENT_STATE: { status: 409, type: "fulfilment-state", title: "Not in this state" },
  MORE_THAN_OPEN: { status: 409, type: "more-than-open", title: "More than is open" },
  STALE_QUANTITY: { status: 409, type: "stale-quantity", title: "The book says something else by now" },
  UNKNOWN_STOCKTAKE: { status: 404, type: "unknown-stocktake", title: "No such stocktake" },
  LINE_STATE: { status: 409, type: "line-state", title: "The line is not in this state" },
  CAUSE_MISSING: { status: 422, type: "cause-missing", title: "A difference needs its cause" },
  COUNTED_AT: { status: 422, type: "counted-at", title: "Not a moment of this stocktake" },
  LINES_STILL_OPEN: { status: 409, type: "lines-still-open", title: "Pieces are still open" },
  UNKNOWN_MOVEMENT: { status: 404, type: "unknown-movement", title: "No such movement of the warehouse" },
  NOT_REVERSIBLE: { status: 409, type: "not-reversible", title: "This kind is not taken back" },
  IS_REVERSAL: { status: 409, type: "is-reversal", title: "It takes another one back itself" },
  ALREADY_REVERSED: { status: 409, type: "already-reversed", title: "Taken back before" },
  LINE_RE_SOURCED: { status: 409, type: "line-re-sourced", title: "The line is served from elsewhere" },
  LINE_SHORTED: { status: 409, type: "line-shorted", title: "The line is shorted" },
  LINE_CANCELLED: { status: 409, type: "line-cancelled", title: "The line is cancelled" },
};

/** The problem that tells a clerk of a refusal, with what there is where an expectation was stale. */
export function refusalProblem(refusal: Refusal): Problem {
  const { code, current } = refusal;
  return problemOfRefusal(PROBLEMS[code], refusal, current === undefined ? {} : { current });
}

export const refusalAnswer = (refusal: Refusal): Answer => problemAnswer(refusalProblem(refusal));

import { type Answer, type Problem, problemAnswer, problemOfRefusal, type RefusalProblem } from "@septet/service-kit";
import type { Refusal, RefusalCode } from "../domain/refusal.js";

const PROBLEMS: { readonly [C in RefusalCode]: RefusalProblem } = {
  UNKNOWN_SUPPLIER: { status: 404, type: "unknown-supplier", title: "No such supplier" },
  STATE_NOT_REACHABLE: { status: 409, type: "state-not-reachable", title: "The supplier cannot become that" },
  MAPPING_CONFLICT: { status: 409, type: "mapping-conflict", title: "Mappings contradict each other" },
  TERMS_TOO_EARLY: { status: 422, type: "terms-too-early", title: "Terms do not take effect in the past" },
  AS_OF_AHEAD: { status: 422, type: "as-of-ahead", title: "The report is as of a time to come" },
  SEQUENCE_MISSING: { status: 422, type: "sequence-missing", title: "Changes need their sequence" },
  SEQUENCE_GAP: { status: 409, type: "sequence-gap", title: "A change is missing before this one" },
  REPORT_CONFLICT: { status: 409, type: "report-conflict", title: "The reportId was used before" },
  UNKNOWN_ORDER: { status: 404, type: "unknown-order", title: "No such order" },
  UNKNOWN_LINE: { status: 422, type: "unknown-line", title: "No such line" },
  ORDER_STATE: { status: 409, type: "order-state", title: "Not in this state" },
  MORE_THAN_OPEN: { status: 409, type: "more-than-open", title: "More than is open" },
  NOTHING_ASKED: { status: 409, type: "nothing-asked", title: "Nobody asks for pieces back" },
  INBOUND_CONFLICT: { status: 409, type: "inbound-conflict", title: "The inboundId was used before" },
  UNKNOWN_SKU: { status: 422, type: "unknown-sku", title: "Not a SKU of this supplier's" },
  STOCKTAKE_STATE: { status: 409, type: "stocktake-state", title: "The stocktake is closed" },
  NOT_EXPLAINED: {
    status: 422,
    type: "not-explained",
    title: "A difference needs its cause and somebody who sees to it",
  },
  NO_DIFFERENCE: { status: 422, type: "no-difference", title: "There is nothing to explain" },
  STOCKTAKE_CONFLICT: { status: 409, type: "stocktake-conflict", title: "The stocktakeId was used before" },
};

export const refusalProblem = (refusal: Refusal): Problem => problemOfRefusal(PROBLEMS[refusal.code], refusal);

export const refusalAnswer = (refusal: Refusal): Answer => problemAnswer(refusalProblem(refusal));

import { type Answer, type Problem, problemAnswer, problemOfRefusal, type RefusalProblem } from "@septet/service-kit";
import type { Refusal, RefusalCode } from "../domain/refusal.js";

const PROBLEMS: { readonly [C in RefusalCode]: RefusalProblem } = {
  UNKNOWN_SUPPLIER: { status: 404, type: "unknown-supplier", title: "No such supplier" },
  STATE_NOT_REACHABLE: { status: 409, type: "state-not-reachable", title: "The supplier cannot become that" },
  MAPPING_CONFLICT: { status: 409, type: "mapping-conflict", title: "Mappings contradict each other" },
};

export const refusalProblem = (refusal: Refusal): Problem => problemOfRefusal(PROBLEMS[refusal.code], refusal);

export const refusalAnswer = (refusal: Refusal): Answer => problemAnswer(refusalProblem(refusal));

import { type Answer, problemAnswer, problemOfRefusal, type RefusalProblem } from "@septet/service-kit";
import type { Refusal, RefusalCode } from "../domain/refusal.js";

const PROBLEMS: { readonly [C in RefusalCode]: RefusalProblem } = {
  UNKNOWN_TRANSFER: { status: 404, type: "unknown-transfer", title: "No such transfer" },
  UNKNOWN_LINE: { status: 422, type: "unknown-line", title: "No such line" },
  UNKNOWN_SHIPMENT: { status: 422, type: "unknown-shipment", title: "No such shipment" },
  WRONG_LOCATION: { status: 422, type: "wrong-location", title: "The transfer does not go there" },
  TRANSFER_CONFLICT: { status: 409, type: "transfer-conflict", title: "The transferId was used before" },
  SHIPMENT_CONFLICT: { status: 409, type: "shipment-conflict", title: "The shipmentId was used before" },
  ARRIVAL_CONFLICT: { status: 409, type: "arrival-conflict", title: "The arrivalId was used before" },
  ARRIVAL_WITHOUT_NAME: {
    status: 409,
    type: "arrival-without-name",
    title: "More than is under way, by an arrival without a name",
  },
  NOT_A_DRAFT: { status: 409, type: "not-a-draft", title: "Not a draft" },
  STILL_A_DRAFT: { status: 409, type: "still-a-draft", title: "Still a draft" },
  CALLED_BACK: { status: 409, type: "called-back", title: "The transfer was called back" },
  NOTHING_RESERVED: { status: 409, type: "nothing-reserved", title: "Nothing can leave" },
  MORE_THAN_RESERVED: { status: 409, type: "more-than-reserved", title: "More than can leave" },
  TOO_MANY_SHIPMENTS: { status: 409, type: "too-many-shipments", title: "The transfer has too many shipments" },
  NOTHING_DISPATCHED: { status: 409, type: "nothing-dispatched", title: "Nothing has left yet" },
  NOTHING_UNDER_WAY: { status: 409, type: "nothing-under-way", title: "Nothing is under way" },
  MORE_THAN_UNDER_WAY: { status: 409, type: "more-than-under-way", title: "More than is under way" },
  NOTHING_TO_CALL_OFF: { status: 409, type: "nothing-to-call-off", title: "Nothing can be called off" },
  MORE_THAN_OPEN: { status: 409, type: "more-than-open", title: "More than has not left" },
  STALE_VERSION: { status: 409, type: "stale-version", title: "The transfer has changed meanwhile" },
};

export const refusalAnswer = (refusal: Refusal): Answer =>
  problemAnswer(problemOfRefusal(PROBLEMS[refusal.code], refusal));

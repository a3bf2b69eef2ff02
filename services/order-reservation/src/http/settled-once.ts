import { type Answer, idempotencyClaim, type RequestContext } from "@septet/service-kit";
import type { Command, Outcome } from "../domain/index.js";
import type { ReservationDesk } from "../reservation-desk.js";
import { causeOf } from "./schemas.js";

/** Has a request's command settled, once for its key, and answers with what became of it. */
export function settledOnce(
  desk: ReservationDesk,
  context: Parameters<typeof idempotencyClaim>[0] & Pick<RequestContext, "actor">,
  command: Command,
  answer: (outcome: Outcome) => Answer,
): Promise<Answer> {
  return desk.answer(command, { claim: idempotencyClaim(context), answer }, causeOf(context));
}

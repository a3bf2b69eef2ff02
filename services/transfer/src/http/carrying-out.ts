import { type Answer, idempotencyClaim, type RequestContext } from "@septet/service-kit";
import { z } from "zod";
import { type Clerk, carryOutOnce } from "../clerk.js";
import type { ClerkCommand } from "../domain/commands.js";
import type { Outcome } from "../domain/outcomes.js";
import { refusalAnswer } from "./problem-answer.js";
import { knownId } from "./schemas.js";
import { transferView } from "./transfer-view.js";

export const WRITERS = ["warehouse", "operator"] as const;
export const READERS = ["warehouse", "operator", "sre"] as const;

/** A transfer in the path. */
export const TRANSFER = z.object({ id: knownId });

/** What a step can come to. */
export const STEP_RESPONSES = {
  200: "the transfer as it is now, or as it was when the same was told before",
  404: "no such transfer",
  409: "not in this state, or more than there is; `code` names which",
  422: "no such line, shipment or place",
};

/** Carries a command out once per key and answers with the transfer as it is then. */
export function step(
  clerk: Clerk,
  context: RequestContext<unknown, unknown, unknown>,
  command: ClerkCommand,
): Promise<Answer> {
  return carryOutOnce(clerk, context, command, answered);
}

/** What a clerk is told of an outcome. */
export function answered(outcome: Outcome): Answer {
  if (outcome.outcome === "REFUSED") return refusalAnswer(outcome);
  if (!("transfer" in outcome)) throw new Error(`a clerk cannot be answered with ${outcome.outcome}`);
  const created = outcome.outcome === "CREATED" && !outcome.again;
  return { status: created ? 201 : 200, body: transferView(outcome.transfer) };
}

/** A shipment or arrival without a name is named after its key, so that the key tells it once even after it is forgotten. */
export const ownName = (context: RequestContext<unknown, unknown, unknown>): string =>
  `key-${idempotencyClaim(context).id.slice(0, 32)}`;

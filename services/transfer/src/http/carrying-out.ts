import type { Answer, RequestContext } from "@septet/service-kit";
import { type Clerk, carryOutOnce } from "../clerk.js";
import type { ClerkCommand } from "../domain/commands.js";
import type { Outcome } from "../domain/outcomes.js";
import { refusalAnswer } from "./problem-answer.js";
import { transferView } from "./transfer-view.js";

export const WRITERS = ["warehouse", "operator"] as const;
export const READERS = ["warehouse", "operator", "sre"] as const;

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

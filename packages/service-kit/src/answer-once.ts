import type { Session } from "@septet/messaging";
import type { Database } from "./database.js";
import { type IdempotencyClaim, idempotencyClaim, isStored, keyReused, type StoredAnswer } from "./idempotency.js";
import type { LockPlan } from "./locks.js";
import { PROBLEM_TYPE, Problem } from "./problem.js";
import type { Answer, RequestContext } from "./route.js";
import { transact } from "./transact.js";
import type { UnitOfWork } from "./unit-of-work.js";

/** What a claim found: a new key, the answer of before, or the key used with another body. */
export type ClaimState = { kind: "fresh" } | { kind: "stored"; answer: StoredAnswer } | { kind: "reused" };

/** Looks a claim up in the unit of work that holds it. */
export function claimState(unit: Pick<UnitOfWork, "idempotency">, claim: IdempotencyClaim): ClaimState {
  const answer = unit.idempotency.get(claim.id);
  if (answer === undefined) return { kind: "fresh" };
  return answer.bodyHash === claim.bodyHash ? { kind: "stored", answer } : { kind: "reused" };
}

/**
 * Answers a request once: `work` runs only for a fresh key, and its answer is stored in the same transaction; the same
 * key and body again gets that answer, another body `409 idempotency-key-reused`. A `Problem` of 409 or 422 thrown by
 * `work` undoes what it did and is stored as the answer; any other error leaves the key free.
 */
export async function answerOnce(
  database: Database,
  context: Pick<RequestContext, "actor" | "method" | "path" | "idempotencyKey" | "bodyHash">,
  plan: LockPlan | ((session: Session) => Promise<LockPlan>),
  work: (unit: UnitOfWork) => Promise<Answer>,
): Promise<Answer> {
  const claim = idempotencyClaim(context);
  const withClaim = async (session: Session): Promise<LockPlan> => {
    const own = typeof plan === "function" ? await plan(session) : plan;
    return { ...own, idempotency: [...(own.idempotency ?? []), claim] };
  };
  const once = (decide: (unit: UnitOfWork) => Promise<Answer>, locks: typeof withClaim | LockPlan) =>
    transact(
      database,
      locks,
      async (unit) => {
        const state = claimState(unit, claim);
        if (state.kind === "reused") throw keyReused();
        if (state.kind === "stored") return replayed(state.answer);
        const answer = await decide(unit);
        unit.answer(claim, answer);
        return answer;
      },
      { actor: context.actor.subject },
    );
  try {
    return await once(work, withClaim);
  } catch (error) {
    if (!(error instanceof Problem) || !isStored(error.status) || isReuse(error)) throw error;
    return once(async () => problemAnswer(error), { idempotency: [claim] });
  }
}

function isReuse(problem: Problem): boolean {
  return problem.type === keyReused().type;
}

/** A problem as an answer, for work that is settled with others and cannot throw it, or to be kept with its key. */
export function problemAnswer(problem: Problem): Answer {
  return {
    status: problem.status,
    body: problem.body(),
    headers: { ...problem.headers, "content-type": PROBLEM_TYPE },
  };
}

/** The stored answer again; a problem keeps its media type. */
export function replayed(answer: StoredAnswer): Answer {
  const problem = answer.status >= 400 ? { "content-type": PROBLEM_TYPE } : {};
  return { status: answer.status, body: answer.body, headers: { "idempotency-replayed": "true", ...problem } };
}

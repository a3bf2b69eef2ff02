import {
  type Answer,
  claimState,
  type Database,
  idempotencyClaim,
  keyReused,
  type RequestContext,
  replayed,
  transact,
} from "@septet/service-kit";

/**
 * Answers a request whose work takes several transactions: the answer is kept with the key once all is done. Broken off
 * before that, the same key does the work again, which passes over what it did.
 * @throws Problem 409 when the key came with another body
 */
export async function answerWhenDone(
  db: Database,
  context: RequestContext<unknown, unknown, unknown>,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const claim = idempotencyClaim(context);
  const known = await transact(db, { idempotency: [claim] }, async (unit) => claimState(unit, claim));
  if (known.kind === "reused") throw keyReused();
  if (known.kind === "stored") return replayed(known.answer);
  const answer = await work();
  return transact(db, { idempotency: [claim] }, async (unit) => {
    const state = claimState(unit, claim);
    if (state.kind === "reused") throw keyReused();
    if (state.kind === "stored") return replayed(state.answer);
    unit.answer(claim, answer);
    return answer;
  });
}

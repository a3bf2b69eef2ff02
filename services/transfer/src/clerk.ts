import {
  type Answer,
  answerOnce,
  countOutcome,
  type Database,
  type KitMetrics,
  type RequestContext,
  transact,
} from "@septet/service-kit";
import type { ClerkCommand } from "./domain/commands.js";
import type { Outcome } from "./domain/outcomes.js";
import { planOf, scopeOf, settleHeld } from "./settle.js";

/** What carries out the requests of clerks, each in a transaction of its own: transfers are few and may be large. */
export interface Clerk {
  readonly db: Database;
  readonly metrics: KitMetrics;
}

type Asked = Pick<RequestContext, "actor" | "method" | "path" | "idempotencyKey" | "bodyHash">;

/** Settles a command once per key and answers it; the answer is kept with the key. */
export async function carryOutOnce(
  clerk: Clerk,
  asked: Asked,
  command: ClerkCommand,
  present: (outcome: Outcome) => Answer,
): Promise<Answer> {
  const scope = scopeOf([command]);
  let outcome: Outcome | undefined;
  const answer = await answerOnce(
    clerk.db,
    asked,
    (session) => planOf(session, scope),
    async (unit) => {
      [outcome] = (await settleHeld(unit, scope, [command])).outcomes;
      return present(outcome!);
    },
  );
  count(clerk, outcome);
  return answer;
}

/** Settles a command of a request that carries no key, and is guarded by a version instead. */
export async function carryOut(clerk: Clerk, command: ClerkCommand): Promise<Outcome> {
  const scope = scopeOf([command]);
  const { outcomes } = await transact(
    clerk.db,
    (session) => planOf(session, scope),
    (unit) => settleHeld(unit, scope, [command]),
  );
  count(clerk, outcomes[0]);
  return outcomes[0]!;
}

function count({ metrics }: Clerk, outcome: Outcome | undefined): void {
  if (outcome === undefined) return;
  countOutcome(metrics, outcome.outcome.toLowerCase(), "code" in outcome ? outcome.code : "");
}

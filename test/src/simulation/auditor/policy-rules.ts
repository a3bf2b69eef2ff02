import type { Evidence } from "./auditor.js";
import type { Findings } from "./findings.js";

const DEFAULT_HOLD_SECONDS = 30 * 60;

interface Version {
  readonly version: number;
  /** When it was decided, and when everybody could know of it, epoch ms. */
  readonly decidedAt: number;
  readonly toldAt: number;
  readonly holdSeconds: number | undefined;
}

/** What operators have set is what is done. */
export function policyRules(evidence: Evidence, findings: Findings): void {
  const byScope = versionsByScope(evidence);
  for (const [scope, versions] of byScope) {
    const counted = [...versions.keys()].sort((a, b) => a - b);
    const shown = () => `${scope}: ${counted.join(", ")}`;
    findings.expect(counted.at(-1) === counted.length, "the rules of a scope are counted up one by one", shown);
  }
  holdsAreAsLongAsTheRulesSay(evidence, byScope, findings);
}

function versionsByScope({ history }: Evidence): Map<string, Map<number, Version>> {
  const byScope = new Map<string, Map<number, Version>>();
  for (const { value, message } of history.records("PolicyChanged")) {
    const versions = byScope.get(value.scope) ?? new Map<number, Version>();
    byScope.set(value.scope, versions);
    if (versions.has(value.version)) continue;
    const { unpaidHoldSeconds: holdSeconds } = JSON.parse(value.policy) as { unpaidHoldSeconds?: number };
    const { version, occurredAt: decidedAt } = value;
    versions.set(version, { version, decidedAt, toldAt: message.timestamp, holdSeconds });
  }
  return byScope;
}

function holdsAreAsLongAsTheRulesSay(
  { history }: Evidence,
  byScope: Map<string, Map<number, Version>>,
  findings: Findings,
): void {
  const held = new Set<string>();
  for (const { value, message } of history.records("OrderReserved")) {
    // Told again when its pieces are moved: the time was set the first time.
    if (value.expiresAt === null || held.has(value.orderId)) continue;
    held.add(value.orderId);
    const seconds = (value.expiresAt - value.occurredAt) / 1_000;
    const inForce = (scope: string) => holdsInForce(byScope.get(scope), value.occurredAt, message.timestamp);
    const possible = inForce("channel:web").flatMap((web) =>
      web === undefined ? inForce("default").map((usual) => usual ?? DEFAULT_HOLD_SECONDS) : [web],
    );
    const shown = () =>
      `${value.orderId} is held for ${seconds} s, the rules say ${[...new Set(possible)].join(" or ")}`;
    findings.expect(possible.includes(seconds), "an unpaid order is held as long as the rules say", shown);
  }
}

/** What a scope may have said at a decision between two moments; undefined: nothing. */
function holdsInForce(versions: Map<number, Version> | undefined, from: number, to: number): (number | undefined)[] {
  const replaced = (version: number) => (versions?.get(version + 1)?.toldAt ?? Number.POSITIVE_INFINITY) < from;
  const holds = replaced(0) ? [] : [undefined];
  const told = [...(versions?.values() ?? [])].filter(
    ({ version, decidedAt }) => decidedAt <= to && !replaced(version),
  );
  return [...holds, ...told.map(({ holdSeconds }) => holdSeconds)];
}

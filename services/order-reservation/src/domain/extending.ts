import type { Draft } from "./draft.js";
import type { Order } from "./order.js";
import { publishReserved } from "./outcome-events.js";
import type { Outcome } from "./outcomes.js";

/**
 * Gives an unpaid order more time, up to the longest that its policy lets a hold live. A hold past its time is over,
 * whether or not somebody has taken it back: its pieces belong to whoever wants them.
 */
export function extend(draft: Draft, order: Order | undefined, seconds: number): Outcome {
  const waits = order?.state === "RESERVED" || order?.state === "AWAITING_PAYMENT";
  if (order === undefined || !waits || order.expiresAt === null || order.expiresAt <= draft.now) {
    return { type: "EXTENSION_REFUSED", order, latest: null };
  }
  const { longestHoldSeconds, unpaidHoldSeconds } = draft.rulesFor(order).policy;
  const begun = order.placedAt ?? draft.now;
  const latest = Math.max(order.expiresAt, begun + Math.max(longestHoldSeconds, unpaidHoldSeconds) * 1000);
  const until = order.expiresAt + seconds * 1000;
  if (until > latest) return { type: "EXTENSION_REFUSED", order, latest };
  order.expiresAt = until;
  if (order.state === "RESERVED") publishReserved(draft, order);
  return { type: "RECORDED", order };
}

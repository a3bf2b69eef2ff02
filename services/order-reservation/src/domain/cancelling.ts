import { askForUnwanted } from "./asking-back.js";
import { dropSpares, sentOfBundle } from "./bundles.js";
import type { Draft } from "./draft.js";
import { dueOfLine, shippedOfLine, unservedOfLine } from "./line-pieces.js";
import type { Allocation, Order, OrderLine, OrderState } from "./order.js";
import { type Given, publishCancelRequests, publishReleased, settle } from "./outcome-events.js";
import type { Outcome } from "./outcomes.js";
import { forgetShorted } from "./shortage.js";

/** Pieces of one line that a shopper gives up; unpromised at once, those sent to the warehouse after its answer. */
interface Giving {
  given: Given[];
  asked: Allocation[];
}

/** The shopper wants nothing of the order any more. What has been sent is too late, and can be cancelled if it comes back. */
export function cancelWhole(draft: Draft, order: Order): Outcome {
  if (order.cancelAsked || order.state === "FULFILLED") return { type: "NOTHING", order };
  order.cancelAsked = true;
  if (order.state === "CANCELLED") return { type: "NOTHING", order };
  if (order.state === "UNPLACED") return { type: "RECORDED", order };
  const giving: Giving = { given: [], asked: [] };
  for (const line of order.lines) giveUp(draft, order, line, line.quantity, giving);
  return finish(draft, order, giving);
}

/**
 * The shopper wants fewer pieces of some lines: never more than is still wanted of each.
 * @param asks whether a line that the order does not have is told, and nothing cancelled; else it is passed over
 */
export function cancelLines(
  draft: Draft,
  order: Order,
  lines: readonly { lineId: string; quantity: number }[],
  asks = false,
): Outcome {
  if (order.state === "UNPLACED") {
    const early = new Map(Object.entries(order.earlyCancels));
    for (const { lineId, quantity } of lines) early.set(lineId, (early.get(lineId) ?? 0) + quantity);
    order.earlyCancels = Object.fromEntries(early);
    return { type: "RECORDED", order };
  }
  const unknown = lines.findIndex(({ lineId }) => !order.lines.some((line) => line.lineId === lineId));
  if (asks && unknown >= 0) return { type: "LINE_UNKNOWN", order, index: unknown };
  const giving: Giving = { given: [], asked: [] };
  for (const { lineId, quantity } of lines) {
    const line = order.lines.find((candidate) => candidate.lineId === lineId);
    if (line !== undefined) giveUp(draft, order, line, quantity, giving);
  }
  return finish(draft, order, giving);
}

const HOLDS_NOTHING: ReadonlySet<OrderState> = new Set(["AWAITING_PAYMENT", "EXPIRED", "REJECTED", "SHORTED"]);

function finish(draft: Draft, order: Order, giving: Giving): Outcome {
  publishReleased(draft, order, "CANCELLED", giving.given);
  publishCancelRequests(draft, order, giving.asked);
  settle(draft, order);
  if (HOLDS_NOTHING.has(order.state) && order.lines.every((line) => line.cancelled + line.shorted >= line.quantity)) {
    const shorted = !order.cancelAsked && order.lines.some((line) => line.shorted > 0);
    order.state = shorted ? "SHORTED" : "CANCELLED";
    order.expiresAt = null;
  }
  return { type: "RECORDED", order };
}

/**
 * Takes up to `quantity` pieces off a line: first those nobody promised, then holds, then what an unpaid order was told
 * it would not get, then by asking the warehouse. Pieces shorted after the payment have their remedies.
 */
function giveUp(draft: Draft, order: Order, line: OrderLine, quantity: number, giving: Giving): void {
  const settled = line.cancelled + line.unwanted + shippedOfLine(order, line) + (order.paid ? line.shorted : 0);
  let left = Math.min(quantity, line.quantity - settled);
  left -=
    line.parts === null ? giveUpHeld(draft, order, line, left, giving) : giveUpWhole(draft, order, line, left, giving);
  if (left <= 0) return;
  if (order.paid) {
    line.unwanted += left;
    askForUnwanted(order, line, giving.asked);
  } else {
    line.shorted -= left;
    line.cancelled += left;
    forgetShorted(order, line.lineId, left);
  }
}

/** Gives up to `wanted` pieces back that nobody has promised or that nobody has been asked to send; answers how many. */
function giveUpHeld(draft: Draft, order: Order, line: OrderLine, wanted: number, giving: Giving): number {
  let left = wanted;
  const unserved = Math.max(0, Math.min(left, unservedOfLine(order, line)));
  line.cancelled += unserved;
  left -= unserved;
  for (const allocation of [...order.allocations].reverse()) {
    const { lineId, location, fulfilmentId } = allocation;
    const pieces = lineId === line.lineId && fulfilmentId === null ? Math.min(left, allocation.open) : 0;
    if (pieces <= 0) continue;
    draft.release(order, allocation, pieces, "CANCELLED");
    line.cancelled += pieces;
    left -= pieces;
    giving.given.push({ lineId: line.lineId, sku: line.sku, quantity: pieces, location });
  }
  return wanted - left;
}

/** The same of a bundle, whole pieces: those of which no part has been asked for yet. */
function giveUpWhole(draft: Draft, order: Order, line: OrderLine, wanted: number, giving: Giving): number {
  const pieces = Math.max(0, Math.min(wanted, dueOfLine(line) - sentOfBundle(order, line)));
  line.cancelled += pieces;
  giving.given.push(...dropSpares(draft, order, "CANCELLED"));
  return pieces;
}

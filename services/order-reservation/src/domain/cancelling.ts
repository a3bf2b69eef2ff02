import type { Draft } from "./draft.js";
import { type Allocation, askedOf, type Order, type OrderLine, shippedOfLine, unservedOfLine } from "./order.js";
import { type Given, publishCancelRequests, publishReleased, settle } from "./outcome-events.js";
import type { Outcome } from "./outcomes.js";

/** Pieces of one line that a shopper gives up; unpromised at once, those sent to the warehouse after its answer. */
interface Giving {
  given: Given[];
  asked: Allocation[];
}

/** The shopper wants nothing of the order any more. */
export function cancelWhole(draft: Draft, order: Order): Outcome {
  if (order.cancelAsked || order.state === "CANCELLED" || order.state === "FULFILLED") {
    order.cancelAsked = true;
    return { type: "NOTHING", order };
  }
  order.cancelAsked = true;
  if (order.state === "UNPLACED" || order.state === "SHORTED") return { type: "RECORDED", order };
  const giving: Giving = { given: [], asked: [] };
  for (const line of order.lines) giveUp(draft, order, line, line.quantity, giving);
  return finish(draft, order, giving);
}

/** The shopper wants fewer pieces of some lines: never more than is still wanted of each. */
export function cancelLines(
  draft: Draft,
  order: Order,
  lines: readonly { lineId: string; quantity: number }[],
): Outcome {
  if (order.state === "UNPLACED") {
    const early = new Map(Object.entries(order.earlyCancels));
    for (const { lineId, quantity } of lines) early.set(lineId, (early.get(lineId) ?? 0) + quantity);
    order.earlyCancels = Object.fromEntries(early);
    return { type: "RECORDED", order };
  }
  const giving: Giving = { given: [], asked: [] };
  for (const { lineId, quantity } of lines) {
    const line = order.lines.find((candidate) => candidate.lineId === lineId);
    if (line !== undefined) giveUp(draft, order, line, quantity, giving);
  }
  return finish(draft, order, giving);
}

function finish(draft: Draft, order: Order, giving: Giving): Outcome {
  publishReleased(draft, order, "CANCELLED", giving.given);
  publishCancelRequests(draft, order, giving.asked);
  settle(draft, order);
  const nothingWanted = order.lines.every((line) => line.cancelled + line.shorted >= line.quantity);
  if ((order.state === "EXPIRED" || order.state === "REJECTED") && nothingWanted) {
    order.state = "CANCELLED";
    order.expiresAt = null;
  }
  return { type: "RECORDED", order };
}

/** Takes up to `quantity` pieces off a line: first those nobody promised, then holds, then by asking the warehouse. */
function giveUp(draft: Draft, order: Order, line: OrderLine, quantity: number, giving: Giving): void {
  const wanted = line.quantity - line.cancelled - line.shorted - shippedOfLine(order, line.lineId);
  let left = Math.min(quantity, wanted - askedByShopper(order, line.lineId));
  const unserved = Math.min(left, unservedOfLine(order, line));
  if (unserved > 0) {
    line.cancelled += unserved;
    left -= unserved;
  }
  const allocations = order.allocations.filter((a) => a.lineId === line.lineId && a.open > 0).reverse();
  for (const allocation of allocations) {
    if (left <= 0) return;
    if (allocation.fulfilmentId !== null) continue;
    const pieces = Math.min(left, allocation.open);
    draft.release(order, allocation, pieces, "CANCELLED");
    line.cancelled += pieces;
    left -= pieces;
    giving.given.push({ lineId: line.lineId, sku: line.sku, quantity: pieces, location: allocation.location });
  }
  for (const allocation of allocations) {
    if (left <= 0) return;
    if (allocation.fulfilmentId !== null) left -= askFor(allocation, left, giving);
  }
}

function askedByShopper(order: Order, lineId: string): number {
  let pieces = 0;
  for (const allocation of order.allocations) {
    if (allocation.lineId === lineId) for (const ask of allocation.asks) pieces += ask.forShopper;
  }
  return pieces;
}

/** Pieces already asked back for a deficit become the shopper's; for the others a new ask is made. */
function askFor(allocation: Allocation, wanted: number, giving: Giving): number {
  let left = wanted;
  const asks = allocation.asks.map((ask) => {
    const turned = Math.min(left, ask.quantity - ask.forShopper);
    left -= turned;
    return { ...ask, forShopper: ask.forShopper + turned };
  });
  const fresh = Math.min(left, allocation.open - askedOf(allocation));
  if (fresh > 0) {
    asks.push({ quantity: fresh, forShopper: fresh });
    giving.asked.push(allocation);
    left -= fresh;
  }
  allocation.asks = asks;
  return wanted - left;
}

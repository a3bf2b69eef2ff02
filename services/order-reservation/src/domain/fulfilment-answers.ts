import { askForUnwanted, handOver, sentFrom, unwantedOf } from "./asking-back.js";
import { missingOfBundle } from "./bundles.js";
import { examineDeficit } from "./deficits.js";
import type { Draft } from "./draft.js";
import type { Allocation, Order, OrderLine } from "./order.js";
import { type Given, publishCancelRequests, publishReleased, settle } from "./outcome-events.js";
import type { Outcome } from "./outcomes.js";
import { serveAgain } from "./serving.js";
import type { Want } from "./sourcing.js";

/**
 * The warehouse answers a `FulfilmentCancelRequested` (0 = too late) or gives a fulfilment up by itself. Only these
 * quantities are released: first the shopper's, which are cancelled, then the others, which are served from what stock
 * there is now. What the shopper gave up and this fulfilment did not have is asked of the line's others.
 */
export function takeCancelled(
  draft: Draft,
  order: Order,
  fulfilmentId: string,
  lines: readonly { lineId: string; sku: string; quantity: number }[],
): Outcome {
  const given: Given[] = [];
  const again: Want[] = [];
  const asked: Allocation[] = [];
  const incomplete = new Map<OrderLine, number>();
  const places = new Map<string, { sku: string; location: string }>();
  for (const { lineId, sku, quantity } of lines) {
    const answering = order.allocations.find(
      (a) => a.fulfilmentId === fulfilmentId && a.lineId === lineId && a.sku === sku,
    );
    const line = order.lines.find((candidate) => candidate.lineId === lineId);
    if (answering === undefined || line === undefined) continue;
    const { location } = answering;
    places.set(`${sku}\u0000${location}`, { sku, location });
    const [ask, ...later] = answering.asks;
    answering.asks = later;
    const parts = [answering, ...sentFrom(order, answering).filter((part) => part !== answering)];
    const cancelled = giveBack(draft, order, parts, Math.min(quantity, unwantedOf(order, line, sku)), "CANCELLED");
    const others = giveBack(draft, order, parts, quantity - cancelled, "FULFILMENT_CANCELLED");
    if (cancelled > 0) given.push({ lineId, sku, quantity: cancelled, location });
    if (line.parts === null) {
      line.cancelled += cancelled;
      line.unwanted -= cancelled;
      if (others > 0) again.push({ lineId, sku, quantity: others });
    } else {
      incomplete.set(line, missingOfBundle(order, line));
    }
    if (ask !== undefined && quantity < ask.quantity) {
      answering.tooLate = true;
      handOver(order, answering);
      askForUnwanted(order, line, asked);
    }
  }
  for (const [{ lineId, sku }, quantity] of incomplete) if (quantity > 0) again.push({ lineId, sku, quantity });
  publishReleased(draft, order, "CANCELLED", given);
  publishCancelRequests(draft, order, asked);
  serveAgain(draft, order, again, "PHYSICAL_SHORTAGE");
  settle(draft, order);
  for (const { sku, location } of places.values()) examineDeficit(draft, sku, location);
  return { type: "RECORDED", order };
}

/** Releases up to `pieces` of a line's parts, in their order, and answers how many it found. */
function giveBack(
  draft: Draft,
  order: Order,
  parts: readonly Allocation[],
  pieces: number,
  reason: "CANCELLED" | "FULFILMENT_CANCELLED",
): number {
  let left = pieces;
  for (const part of parts) {
    const quantity = Math.min(left, part.open);
    if (quantity <= 0) continue;
    draft.release(order, part, quantity, reason);
    left -= quantity;
  }
  return pieces - left;
}

/** Keeps the tracking number; the movement has closed the lines. */
export function takeShipped(order: Order, fulfilmentId: string, tracking: string | null): Outcome {
  const entry = `${fulfilmentId}: ${tracking ?? ""}`;
  if (tracking === null || order.tracking.includes(entry)) return { type: "NOTHING", order };
  order.tracking = [...order.tracking, entry];
  return { type: "RECORDED", order };
}

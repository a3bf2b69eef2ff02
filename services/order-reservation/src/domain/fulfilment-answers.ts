import { examineDeficit } from "./deficits.js";
import type { Draft } from "./draft.js";
import { isBeingCancelled, type Order } from "./order.js";
import { type Given, publishReleased, settle, short } from "./outcome-events.js";
import type { Outcome } from "./outcomes.js";
import { serveAgain } from "./serving.js";
import type { Want } from "./sourcing.js";

/**
 * The warehouse answers a `FulfilmentCancelRequested` (0 = too late) or gives a fulfilment up by itself. Only these
 * quantities are released: the shopper's are cancelled, the others served from what stock there is now.
 */
export function takeCancelled(
  draft: Draft,
  order: Order,
  fulfilmentId: string,
  lines: readonly { lineId: string; quantity: number }[],
): Outcome {
  const given: Given[] = [];
  const again: Want[] = [];
  const places = new Map<string, { sku: string; location: string }>();
  for (const { lineId, quantity } of lines) {
    for (const allocation of order.allocations) {
      if (allocation.fulfilmentId !== fulfilmentId || allocation.lineId !== lineId) continue;
      const [ask, ...later] = allocation.asks;
      allocation.asks = later;
      if (ask !== undefined && quantity < ask.quantity) allocation.tooLate = true;
      const { sku, location } = allocation;
      places.set(`${sku}\u0000${location}`, { sku, location });
      const got = Math.min(quantity, allocation.open);
      if (got === 0) continue;
      const forShopper = order.cancelAsked ? got : Math.min(got, ask?.forShopper ?? 0);
      if (forShopper > 0) draft.release(order, allocation, forShopper, "CANCELLED");
      if (got > forShopper) draft.release(order, allocation, got - forShopper, "FULFILMENT_CANCELLED");
      const line = order.lines.find((candidate) => candidate.lineId === lineId);
      if (line !== undefined) line.cancelled += forShopper;
      if (forShopper > 0) given.push({ lineId, sku, quantity: forShopper, location });
      if (got > forShopper) again.push({ lineId, sku, quantity: got - forShopper });
    }
  }
  publishReleased(draft, order, "CANCELLED", given);
  serveAgain(
    draft,
    order,
    again.filter((want) => !isBeingCancelled(order, want.lineId)),
    "PHYSICAL_SHORTAGE",
  );
  short(
    draft,
    order,
    again.filter((want) => isBeingCancelled(order, want.lineId)),
    "PHYSICAL_SHORTAGE",
  );
  settle(draft, order);
  for (const { sku, location } of places.values()) examineDeficit(draft, sku, location);
  return { type: "RECORDED", order };
}

/** Keeps the tracking number; the movement has closed the lines. */
export function takeShipped(order: Order, fulfilmentId: string, tracking: string | null): Outcome {
  const entry = `${fulfilmentId}: ${tracking ?? ""}`;
  if (tracking === null || order.tracking.includes(entry)) return { type: "NOTHING", order };
  order.tracking = [...order.tracking, entry];
  return { type: "RECORDED", order };
}

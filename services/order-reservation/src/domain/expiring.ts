import { expireCart, isWholeHere } from "./cart-release.js";
import type { Draft } from "./draft.js";
import type { Order } from "./order.js";
import { type Given, publishReleased } from "./outcome-events.js";

/** A hold may be given back when its time has passed and every payment that came before has been read. */
export const isReleasable = (draft: Draft, order: Order): boolean =>
  order.expiresAt !== null &&
  order.expiresAt <= draft.now &&
  order.expiresAt <= draft.world.holdsReleasableUpTo &&
  (order.state === "RESERVED" || order.state === "AWAITING_PAYMENT" || order.state === "EXPIRED");

/**
 * Ends a hold: the order is EXPIRED at once; pieces whose stream is not held by this slice keep `expiresAt` set, so
 * that the sweeper gives them back under the full order of locks.
 */
export function expire(draft: Draft, order: Order): void {
  const given: Given[] = [];
  let kept = false;
  for (const allocation of order.allocations) {
    const { lineId, sku, location, open } = allocation;
    if (open === 0) continue;
    if (!draft.isHeld(sku)) {
      kept = true;
      continue;
    }
    draft.release(order, allocation, open, "EXPIRED");
    given.push({ lineId, sku, quantity: open, location });
  }
  order.state = "EXPIRED";
  if (!kept) order.expiresAt = null;
  publishReleased(draft, order, "EXPIRED", given);
}

/** Gives back every expired hold of a SKU but the asker's own, before somebody is refused for lack of it. Once per slice and SKU. */
export function freeExpiredHolds(draft: Draft, sku: string, wantedBy: string): void {
  if (!draft.isHeld(sku)) return;
  if (!draft.world.victims.expiredHoldsOf.has(sku)) {
    draft.expiredHoldsNeeded.add(sku);
    return;
  }
  if (draft.sweptSkus.has(sku)) return;
  const due: Order[] = [];
  let spared = false;
  for (const order of draft.everyOrder()) {
    const holds = order.allocations.some((allocation) => allocation.sku === sku && allocation.open > 0);
    if (!holds || !isReleasable(draft, order)) continue;
    if (order.orderId === wantedBy) spared = true;
    else due.push(order);
  }
  // What the one who asks holds itself is there for the next who asks.
  if (!spared) draft.sweptSkus.add(sku);
  due.sort((a, b) => (a.orderId < b.orderId ? -1 : 1));
  for (const { orderId } of due) {
    const order = draft.order(orderId);
    if (order !== undefined) expire(draft, order);
  }
  for (const known of draft.carts.ofSku(sku)) {
    if (known.expiresAt > draft.now || !isWholeHere(draft, known)) continue;
    const hold = draft.carts.take(known.cartId, known.sku);
    if (hold !== undefined) expireCart(draft, hold);
  }
}

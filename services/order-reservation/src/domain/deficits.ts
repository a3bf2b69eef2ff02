import { askAt, type Place, pendingAt } from "./asking-back.js";
import { dropSpares, missingOfBundle } from "./bundles.js";
import { isWholeHere, releaseFromCartAt } from "./cart-release.js";
import type { Draft } from "./draft.js";
import { freeExpiredHolds } from "./expiring.js";
import { releaseLocksFor } from "./locking.js";
import type { Allocation, Order } from "./order.js";
import { publishCancelRequests, publishReserved, settle, short } from "./outcome-events.js";
import { source } from "./sourcing.js";
import { placeKey } from "./world.js";

/** One slice looks at so many promises of a place at most; the sweeper goes on with the rest. */
export const MAX_PROMISES_EXAMINED = 2_000;

interface Promised {
  order: Order;
  allocation: Allocation;
}

/**
 * Physical facts have overtaken promises: sellable of a warehouse is below 0. In this order: release locks there,
 * give back expired holds, move what is not sent to fulfilment yet to other locations, give back what is held for carts, short what is not sent (unpaid before paid, newest
 * first), and ask fulfilment for what is still missing less what it has been asked for and not answered. Until the
 * answers come sellable stays below 0. At a supplier location below 0 sells nothing and shorts nobody.
 */
export function examineDeficit(draft: Draft, sku: string, location: string): void {
  const row = draft.row(sku, location);
  if (row.sellable >= 0 || draft.location(location).kind === "SUPPLIER" || !draft.isHeld(sku)) return;
  releaseLocksFor(draft, sku, location);
  if (row.sellable >= 0) return;
  const missing = Math.min(-row.sellable, MAX_PROMISES_EXAMINED);
  const key = placeKey(sku, location);
  if ((draft.world.victims.reservationsAt.get(key) ?? 0) < missing) {
    const asked = draft.reservationsNeeded.get(key)?.missing ?? 0;
    draft.reservationsNeeded.set(key, { sku, location, missing: Math.max(missing, asked) });
    return;
  }
  // Wherever they are: what they give back elsewhere is room for what has to move.
  freeExpiredHolds(draft, sku, "");
  const unsent = promisesAt(draft, sku, location).filter(({ allocation }) => allocation.fulfilmentId === null);
  for (const promised of unsent) if (row.sellable < 0) move(draft, promised, -row.sellable);
  if (row.sellable < 0) releaseCarts(draft, sku, location);
  for (const promised of unsent) if (row.sellable < 0) shortUnsent(draft, promised, -row.sellable);
  if (row.sellable < 0) askBack(draft, sku, location, -row.sellable);
}

/** Promises of a SKU at a location: unpaid before paid, newest first. */
function promisesAt(draft: Draft, sku: string, location: string): Promised[] {
  const orderIds: string[] = [];
  for (const order of draft.everyOrder()) {
    if (order.allocations.some((a) => a.sku === sku && a.location === location && a.open > 0)) {
      orderIds.push(order.orderId);
    }
  }
  const promises: Promised[] = [];
  for (const orderId of orderIds) {
    const order = draft.order(orderId);
    for (const allocation of order?.allocations ?? []) {
      if (order === undefined || allocation.sku !== sku || allocation.location !== location) continue;
      if (allocation.open > 0) promises.push({ order, allocation });
    }
  }
  return promises.sort(newestUnpaidFirst);
}

function newestUnpaidFirst(a: Promised, b: Promised): number {
  if (a.order.paid !== b.order.paid) return a.order.paid ? 1 : -1;
  const newest = (b.order.placedAt ?? 0) - (a.order.placedAt ?? 0);
  if (newest !== 0) return newest;
  return Number(a.order.orderId < b.order.orderId) - Number(a.order.orderId > b.order.orderId);
}

/** Moves up to `missing` pieces of a promise to locations that have them. */
function move(draft: Draft, { order, allocation }: Promised, missing: number): void {
  const { lineId, sku, location } = allocation;
  const quantity = Math.min(missing, allocation.open);
  if (quantity <= 0) return;
  const places = source(draft, [{ lineId, sku, quantity }], draft.rulesFor(order));
  const elsewhere = places.filter((place) => place.location !== location);
  for (const place of elsewhere) {
    draft.release(order, allocation, place.quantity, "RELOCATED");
    draft.reserve(order, lineId, sku, place.location, place.quantity);
  }
  if (elsewhere.length > 0) publishReserved(draft, order);
}

/** A cart is no order: the newest is the first to learn that its pieces are not there after all. */
function releaseCarts(draft: Draft, sku: string, location: string): void {
  const holds = draft.carts.ofSku(sku).sort((a, b) => b.startedAt - a.startedAt);
  for (const known of holds) {
    const missing = -draft.row(sku, location).sellable;
    const hold = missing > 0 && isWholeHere(draft, known) ? draft.carts.take(known.cartId, known.sku) : undefined;
    if (hold !== undefined) releaseFromCartAt(draft, hold, { sku, location }, missing, "SHORTED");
  }
}

function shortUnsent(draft: Draft, { order, allocation }: Promised, missing: number): void {
  const { lineId, sku } = allocation;
  const quantity = Math.min(missing, allocation.open);
  if (quantity <= 0) return;
  draft.release(order, allocation, quantity, "SHORTED");
  const line = order.lines.find((candidate) => candidate.lineId === lineId);
  if (line === undefined || line.parts === null) {
    short(draft, order, [{ lineId, sku, quantity }], "PHYSICAL_SHORTAGE");
  } else {
    const pieces = missingOfBundle(order, line);
    if (pieces > 0) short(draft, order, [{ lineId, sku: line.sku, quantity: pieces }], "PHYSICAL_SHORTAGE");
    dropSpares(draft, order);
  }
  settle(draft, order);
}

function askBack(draft: Draft, sku: string, location: string, missing: number): void {
  const lines = new Map<string, { order: Order; place: Place }>();
  for (const { order, allocation } of promisesAt(draft, sku, location)) {
    const { lineId } = allocation;
    lines.set(`${order.orderId}\u0000${lineId}`, { order, place: { lineId, sku, location } });
  }
  let left = missing;
  for (const { order, place } of lines.values()) left -= pendingAt(order, place);
  for (const { order, place } of lines.values()) {
    if (left <= 0) return;
    const asked: Allocation[] = [];
    left -= askAt(order, place, left, asked);
    publishCancelRequests(draft, order, asked);
  }
}

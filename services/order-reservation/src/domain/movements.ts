import type { ShortageCause } from "@septet/stock-contracts";
import { forgetUnwanted, pendingOf } from "./asking-back.js";
import { missingOfBundle } from "./bundles.js";
import type { Movement } from "./commands.js";
import { examineDeficit } from "./deficits.js";
import type { Draft } from "./draft.js";
import { type Allocation, askedOf, type Order, type OrderLine } from "./order.js";
import { publishReleased, settle } from "./outcome-events.js";
import type { Outcome } from "./outcomes.js";
import { serveAgain } from "./serving.js";
import { SENDING, takeBack, takeBackIfUndone } from "./taking-back.js";

const CAUSES: Readonly<Record<string, ShortageCause>> = {
  PICK_SHORT: "PICK_SHORT",
  PICK_DAMAGE: "PICK_DAMAGE",
  DROPSHIP_SHORT: "SUPPLIER_SHORT",
};

/** Applies the legs of our own buckets, closes the line the movement names, and looks whether promises still hold. */
export function applyMovement(draft: Draft, movement: Movement): Outcome {
  const { sku } = movement;
  for (const { location, bucket, delta } of movement.legs) {
    // A row is made for every leg: what has ever moved is a SKU that we know, unsellable or not.
    const row = draft.row(sku, location);
    if (bucket === "sellable" || bucket === "orderReserved" || bucket === "locked") row[bucket] += delta;
  }
  for (const { location, bucket, delta } of movement.legs) {
    if (bucket !== "orderReserved" || movement.reference.type !== "order") continue;
    if (delta < 0) close(draft, movement, location, -delta);
    else takeBack(draft, movement, location, delta);
  }
  for (const { location, bucket, delta } of movement.legs) {
    if (bucket === "sellable" && delta < 0) examineDeficit(draft, sku, location);
  }
  return { type: "APPLIED" };
}

function allocationsNamed(draft: Draft, movement: Movement, location: string): [Order, Allocation[]] | undefined {
  const order = draft.order(movement.reference.id);
  if (order === undefined) return undefined;
  const named = order.allocations.filter(
    (a) => a.lineId === movement.reference.line && a.location === location && a.sku === movement.sku,
  );
  return [order, named];
}

/** Pieces left the promise: sent, or not found, or found damaged; the missing ones are re-sourced or shorted. */
function close(draft: Draft, movement: Movement, location: string, pieces: number): void {
  const found = allocationsNamed(draft, movement, location);
  if (found === undefined) return;
  const [order, allocations] = found;
  const closed = closeParts(allocations, pieces, SENDING.has(movement.kind));
  draft.channelHolds.add(order.channel, movement.sku, location, -closed);
  const line = order.lines.find((candidate) => candidate.lineId === movement.reference.line);
  if (line === undefined || closed === 0) return;
  if (SENDING.has(movement.kind)) forgetUnwanted(order, line);
  else lose(draft, order, line, movement, location, closed);
  settle(draft, order);
  if (SENDING.has(movement.kind)) takeBackIfUndone(draft, order, line, movement, location, closed);
}

/**
 * Which fulfilment a movement closes it does not say. The likeliest: one that has nothing left to give back, then pieces
 * that nobody asked back, then the others.
 */
function closeParts(allocations: readonly Allocation[], pieces: number, sent: boolean): number {
  let left = pieces;
  for (const likely of LIKELY) {
    for (const allocation of allocations) {
      const closed = Math.max(0, Math.min(left, likely(allocation)));
      left -= closed;
      allocation.open -= closed;
      if (sent) allocation.shipped += closed;
    }
  }
  return pieces - left;
}

const LIKELY: readonly ((allocation: Allocation) => number)[] = [
  ({ open, tooLate }) => (tooLate ? open : 0),
  (allocation) => allocation.open - askedOf(allocation),
  ({ open }) => open,
];

/** Of pieces that got lost, those the shopper had cancelled and nobody will give back now are cancelled. */
function lose(draft: Draft, order: Order, line: OrderLine, movement: Movement, location: string, pieces: number): void {
  const { lineId, sku } = line;
  const before = line.cancelled;
  const missing = line.parts === null ? missingOf(order, line, pieces) : missingOfBundle(order, line);
  const cancelled = Math.min(pieces, line.cancelled - before);
  if (cancelled > 0) {
    publishReleased(draft, order, "CANCELLED", [{ lineId, sku: movement.sku, quantity: cancelled, location }]);
  }
  if (missing === 0) return;
  const cause = CAUSES[movement.kind] ?? "PHYSICAL_SHORTAGE";
  serveAgain(draft, order, [{ lineId, sku, quantity: missing }], cause, location);
}

/** How many of the pieces that a line has lost are to be served again. */
function missingOf(order: Order, line: OrderLine, lost: number): number {
  const cancelled = Math.max(0, Math.min(lost, line.unwanted - pendingOf(order, line.lineId, line.sku)));
  line.cancelled += cancelled;
  line.unwanted -= cancelled;
  return lost - cancelled;
}

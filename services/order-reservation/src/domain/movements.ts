import type { ShortageCause } from "@septet/stock-contracts";
import type { Command } from "./commands.js";
import { examineDeficit } from "./deficits.js";
import type { Draft } from "./draft.js";
import { type Allocation, askedOf, isBeingCancelled, type Order } from "./order.js";
import { settle, short } from "./outcome-events.js";
import type { Outcome } from "./outcomes.js";
import { serveAgain } from "./serving.js";

type Movement = Extract<Command, { type: "ApplyMovement" }>["movement"];

/** Kinds that take pieces out of a promise because they were sent; every other kind lost them. */
const CAUSES: Readonly<Record<string, ShortageCause>> = {
  PICK_SHORT: "PICK_SHORT",
  PICK_DAMAGE: "PICK_DAMAGE",
  DROPSHIP_SHORT: "SUPPLIER_SHORT",
};

const SENDING: ReadonlySet<string> = new Set(["SHIP", "DROPSHIP_SHIP"]);

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
    else reopen(draft, movement, location, delta);
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
  const sent = SENDING.has(movement.kind);
  let left = pieces;
  let unwanted = 0;
  for (const allocation of allocations) {
    const closed = Math.min(left, allocation.open);
    if (closed === 0) continue;
    left -= closed;
    allocation.open -= closed;
    if (sent) allocation.shipped += closed;
    unwanted += trimAsks(allocation);
  }
  if (!sent) lose(draft, order, movement, location, pieces - left, unwanted);
  settle(draft, order);
}

function lose(
  draft: Draft,
  order: Order,
  movement: Movement,
  location: string,
  pieces: number,
  unwanted: number,
): void {
  const lineId = movement.reference.line;
  const line = order.lines.find((candidate) => candidate.lineId === lineId);
  if (line === undefined || pieces === 0) return;
  const cancelled = order.cancelAsked ? pieces : Math.min(pieces, unwanted);
  line.cancelled += cancelled;
  const wants = [{ lineId: line.lineId, sku: line.sku, quantity: pieces - cancelled }];
  if (pieces === cancelled) return;
  const cause = CAUSES[movement.kind] ?? "PHYSICAL_SHORTAGE";
  if (isBeingCancelled(order, line.lineId)) short(draft, order, wants, cause);
  else serveAgain(draft, order, wants, cause, location);
}

/** Asks for more than is open can no longer be granted; answers how many of those pieces the shopper had cancelled. */
function trimAsks(allocation: Allocation): number {
  let excess = askedOf(allocation) - allocation.open;
  if (excess <= 0) return 0;
  let unwanted = 0;
  const asks = [...allocation.asks];
  for (let i = asks.length - 1; i >= 0 && excess > 0; i--) {
    const ask = asks[i]!;
    const cut = Math.min(excess, ask.quantity);
    const quantity = ask.quantity - cut;
    const forShopper = Math.min(ask.forShopper, quantity);
    unwanted += ask.forShopper - forShopper;
    asks[i] = { quantity, forShopper };
    excess -= cut;
  }
  // An ask of 0 stays: the warehouse answers it too, and answers are matched in order.
  allocation.asks = asks;
  return unwanted;
}

/** A wrong movement is taken back: what was sent is promised again; what was lost has been served or shorted since. */
function reopen(draft: Draft, movement: Movement, location: string, pieces: number): void {
  const { sku, reference } = movement;
  const found = allocationsNamed(draft, movement, location);
  let left = pieces;
  if (found !== undefined && SENDING.has(movement.kind)) {
    const [order, allocations] = found;
    for (const allocation of allocations) {
      const reopened = Math.min(left, allocation.shipped);
      left -= reopened;
      allocation.shipped -= reopened;
      allocation.open += reopened;
      if (reopened > 0 && order.state === "FULFILLED") order.state = "CONFIRMED";
    }
  }
  const line = reference.line ?? "";
  if (left > 0) draft.releaseUnpromised(reference.id, line, sku, location, left, "SETTLED");
}

import { type Place, pendingOf, unwantedOf } from "./asking-back.js";
import type { Movement } from "./commands.js";
import { examineDeficit } from "./deficits.js";
import type { Draft } from "./draft.js";
import { dueOfLine, heldOfLine } from "./line-pieces.js";
import type { Order, OrderLine } from "./order.js";
import { publishReleased, publishReserved, requestFulfilment, settle } from "./outcome-events.js";

/** Kinds that take pieces out of a promise because they were sent; every other kind lost them. */
export const SENDING: ReadonlySet<string> = new Set(["SHIP", "DROPSHIP_SHIP"]);

/**
 * A wrong movement is taken back, and its pieces count as promised once more. What was sent is promised again and asked
 * for anew, under a fulfilment of its own, so that nothing that is still under way about the old one can mean it. What was
 * lost was served from elsewhere, shorted or cancelled when the loss was told, so what is found again can be sold.
 */
export function takeBack(draft: Draft, movement: Movement, location: string, pieces: number): void {
  const { sku, reference, kind, reverses } = movement;
  const order = draft.order(reference.id);
  const line = order?.lines.find(({ lineId }) => lineId === reference.line);
  if (order === undefined || line === undefined) return;
  if (!SENDING.has(kind)) {
    draft.releaseUnpromised(reference.id, line.lineId, sku, location, pieces, "SETTLED");
  } else if (shippedFrom(order, { lineId: line.lineId, sku, location }) < pieces) {
    // It has overtaken the shipment that it takes back, which was lost on the way and comes later.
    if (reverses !== null) order.undone = [...order.undone, reverses];
  } else promiseAgain(draft, order, line, { sku, location }, pieces);
}

/** A shipment that was taken back before it came: it is promised again as soon as it is booked. */
export function takeBackIfUndone(
  draft: Draft,
  order: Order,
  line: OrderLine,
  movement: Movement,
  location: string,
  pieces: number,
): void {
  const { movementId } = movement;
  if (movementId === undefined || !order.undone.includes(movementId)) return;
  order.undone = order.undone.filter((id) => id !== movementId);
  promiseAgain(draft, order, line, { sku: movement.sku, location }, pieces);
}

const partsAt = (order: Order, { lineId, sku, location }: Place) =>
  order.allocations.filter((part) => part.lineId === lineId && part.sku === sku && part.location === location);

const shippedFrom = (order: Order, place: Place): number =>
  partsAt(order, place).reduce((pieces, part) => pieces + part.shipped, 0);

/** What a cancellation had lost to the shipment is cancelled now; the rest is asked of the same place again. */
function promiseAgain(
  draft: Draft,
  order: Order,
  line: OrderLine,
  { sku, location }: Omit<Place, "lineId">,
  pieces: number,
): void {
  const { lineId } = line;
  let left = pieces;
  for (const part of partsAt(order, { lineId, sku, location })) {
    const unsent = Math.min(left, part.shipped);
    part.shipped -= unsent;
    left -= unsent;
  }
  const again = draft.holdAgain(order, lineId, sku, location, pieces);
  order.state = "CONFIRMED";
  const unasked = Math.max(0, Math.min(pieces, unwantedOf(order, line, sku) - pendingOf(order, lineId, sku)));
  const cancelled = order.cancelAsked ? pieces : unasked;
  if (cancelled > 0) {
    draft.release(order, again, cancelled, "CANCELLED");
    cancelAgain(order, line, cancelled, unasked);
    publishReleased(draft, order, "CANCELLED", [{ lineId, sku, quantity: cancelled, location }]);
  }
  if (again.open > 0) {
    publishReserved(draft, order);
    requestFulfilment(draft, order);
  }
  settle(draft, order);
  examineDeficit(draft, sku, location);
}

/** What came back is cancelled: so many pieces of a line, of which so many were cancelled and not asked back. */
function cancelAgain(order: Order, line: OrderLine, pieces: number, unasked: number): void {
  if (line.parts === null) {
    line.cancelled += pieces;
    line.unwanted -= unasked;
    return;
  }
  const incomplete = Math.max(0, dueOfLine(line) - heldOfLine(order, line));
  line.cancelled += incomplete;
  if (unasked > 0) line.unwanted -= Math.min(line.unwanted, incomplete);
}

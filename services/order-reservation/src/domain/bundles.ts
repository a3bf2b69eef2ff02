import { askForUnwanted } from "./asking-back.js";
import type { Draft } from "./draft.js";
import { dueOfLine, hasBundles, heldOfLine, heldOfPart } from "./line-pieces.js";
import type { Allocation, Order, OrderLine } from "./order.js";
import { type Given, publishCancelRequests } from "./outcome-events.js";

/**
 * Pieces of a bundle have lost a part for good. Those that the shopper had cancelled are cancelled by it; how many of the
 * others have to be served again is answered.
 */
export function missingOfBundle(order: Order, line: OrderLine): number {
  const missing = Math.max(0, dueOfLine(line) - heldOfLine(order, line));
  const cancelled = Math.min(line.unwanted, missing);
  line.cancelled += cancelled;
  line.unwanted -= cancelled;
  return missing - cancelled;
}

/**
 * Parts of which no whole piece is made any more are nobody's: those that nobody was asked to send can be sold again, the
 * others are asked back. What lies in a stream that this slice does not hold is left to the sweeper.
 * @returns what was given back
 */
export function dropSpares(draft: Draft, order: Order, reason: "SHORTED" | "CANCELLED" = "SHORTED"): Given[] {
  const given: Given[] = [];
  if (!hasBundles(order)) return given;
  const asked: Allocation[] = [];
  let kept = false;
  for (const line of order.lines) {
    if (line.parts === null) continue;
    const whole = Math.min(heldOfLine(order, line), dueOfLine(line));
    for (const { sku, quantity } of line.parts) {
      let spare = heldOfPart(order, line.lineId, sku) - quantity * whole;
      for (const allocation of unsentOf(order, line.lineId, sku)) {
        const pieces = Math.min(spare, allocation.open);
        if (pieces <= 0) break;
        if (!draft.isHeld(sku)) kept = true;
        else {
          draft.release(order, allocation, pieces, reason);
          given.push({ lineId: line.lineId, sku, quantity: pieces, location: allocation.location });
        }
        spare -= pieces;
      }
    }
    askForUnwanted(order, line, asked);
  }
  order.hasSpares = kept;
  publishCancelRequests(draft, order, asked);
  return given;
}

/** Parts of a line that nobody was asked to send, the newest first. */
const unsentOf = (order: Order, lineId: string, sku: string): Allocation[] =>
  order.allocations
    .filter((a) => a.lineId === lineId && a.sku === sku && a.fulfilmentId === null && a.open > 0)
    .reverse();

/** Pieces of a bundle of which a part is with a warehouse or has left it: they cannot be given back at once. */
export function sentOfBundle(order: Order, { lineId, parts }: OrderLine): number {
  let sent = 0;
  for (const { sku, quantity } of parts ?? []) {
    let pieces = 0;
    for (const a of order.allocations) {
      if (a.lineId === lineId && a.sku === sku) pieces += a.shipped + (a.fulfilmentId === null ? 0 : a.open);
    }
    sent = Math.max(sent, Math.ceil(pieces / quantity));
  }
  return sent;
}

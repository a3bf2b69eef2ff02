import { type Allocation, askedOf, type Order, type OrderLine, openOfLine } from "./order.js";

/**
 * Parts of a line that one location sends. There can be several fulfilments among them, and a movement names only order,
 * line and location: which of them it was is a guess, so whatever depends on it looks at all of them together.
 */
export const sentFrom = (order: Order, lineId: string, location: string): Allocation[] =>
  order.allocations.filter((a) => a.fulfilmentId !== null && a.lineId === lineId && a.location === location);

const openOf = (parts: readonly Allocation[]): number => parts.reduce((pieces, { open }) => pieces + open, 0);

/** Pieces of a line that a location has been asked to give back, has not answered for, and may still have. */
export function pendingAt(order: Order, lineId: string, location: string): number {
  const parts = sentFrom(order, lineId, location);
  const asked = parts.reduce((pieces, part) => pieces + askedOf(part), 0);
  return Math.min(asked, openOf(parts));
}

const locationsOf = (order: Order, lineId: string): Set<string> =>
  new Set(order.allocations.flatMap((a) => (a.lineId === lineId ? [a.location] : [])).reverse());

/** Pieces of a line that are asked back anywhere. */
export function pendingOfLine(order: Order, lineId: string): number {
  let pieces = 0;
  for (const location of locationsOf(order, lineId)) pieces += pendingAt(order, lineId, location);
  return pieces;
}

/**
 * Asks a location for up to `wanted` pieces of a line, the newest fulfilment first; one that answered too late is not
 * asked again. Adds the allocations asked to `asked` and answers how many pieces were asked for.
 */
export function askAt(order: Order, lineId: string, location: string, wanted: number, asked: Allocation[]): number {
  const parts = sentFrom(order, lineId, location);
  let left = Math.min(wanted, openOf(parts) - pendingAt(order, lineId, location));
  const before = left;
  for (const part of parts.reverse()) {
    const quantity = Math.min(left, part.open - askedOf(part));
    if (quantity <= 0 || part.tooLate) continue;
    part.asks = [...part.asks, { quantity }];
    asked.push(part);
    left -= quantity;
  }
  return before - left;
}

/** Asks for the pieces that the shopper gave up and nobody has been asked for, wherever the line is sent from. */
export function askForUnwanted(order: Order, line: OrderLine, asked: Allocation[]): void {
  let left = line.unwanted - pendingOfLine(order, line.lineId);
  for (const location of locationsOf(order, line.lineId)) {
    if (left <= 0) return;
    left -= askAt(order, line.lineId, location, left, asked);
  }
}

/**
 * A fulfilment that gave back less than it was asked for has nothing left: what still counts as open of it belongs to
 * another fulfilment of the line there (a movement closed the wrong one), unless its movement is on the way.
 */
export function handOver(order: Order, empty: Allocation): void {
  const other = sentFrom(order, empty.lineId, empty.location).findLast((part) => part !== empty && !part.tooLate);
  if (other === undefined) return;
  other.open += empty.open;
  empty.open = 0;
}

/** What has left the warehouse cannot be given back any more: the shopper gets it although it was cancelled. */
export function forgetUnwanted(order: Order, line: OrderLine): void {
  line.unwanted = Math.min(line.unwanted, openOfLine(order, line.lineId));
}

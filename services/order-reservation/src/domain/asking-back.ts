import { dueOfLine, heldOfPart, openOfLine, openOfPart, shippedOfLine, takenBy } from "./line-pieces.js";
import { type Allocation, askedOf, type Order, type OrderLine } from "./order.js";

/** A SKU of a line at a location, as movements and fulfilments name it. */
export type Place = Pick<Allocation, "lineId" | "sku" | "location">;

/**
 * Parts of a line that one location sends. There can be several fulfilments among them, and a movement names only order,
 * line, SKU and location: which of them it was is a guess, so whatever depends on it looks at all of them together.
 */
export const sentFrom = (order: Order, { lineId, sku, location }: Place): Allocation[] =>
  order.allocations.filter(
    (a) => a.fulfilmentId !== null && a.lineId === lineId && a.sku === sku && a.location === location,
  );

const openOf = (parts: readonly Allocation[]): number => parts.reduce((pieces, { open }) => pieces + open, 0);

/** Pieces of a line that a location has been asked to give back, has not answered for, and may still have. */
export function pendingAt(order: Order, place: Place): number {
  const parts = sentFrom(order, place);
  const asked = parts.reduce((pieces, part) => pieces + askedOf(part), 0);
  return Math.min(asked, openOf(parts));
}

const locationsOf = (order: Order, lineId: string, sku: string): Set<string> =>
  new Set(order.allocations.flatMap((a) => (a.lineId === lineId && a.sku === sku ? [a.location] : [])).reverse());

/** Pieces of a SKU of a line that are asked back anywhere. */
export function pendingOf(order: Order, lineId: string, sku: string): number {
  let pieces = 0;
  for (const location of locationsOf(order, lineId, sku)) pieces += pendingAt(order, { lineId, sku, location });
  return pieces;
}

/**
 * Asks a location for up to `wanted` pieces of a line, the newest fulfilment first; one that answered too late is not
 * asked again. Adds the allocations asked to `asked` and answers how many pieces were asked for.
 */
export function askAt(order: Order, place: Place, wanted: number, asked: Allocation[]): number {
  const parts = sentFrom(order, place);
  let left = Math.min(wanted, openOf(parts) - pendingAt(order, place));
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

/**
 * Open pieces of a SKU of a line that nobody wants any more: what the shopper cancelled and has no answer for and, of a
 * bundle, what belongs to no piece that is still due.
 */
export function unwantedOf(order: Order, line: OrderLine, sku: string): number {
  const part = line.parts?.find((one) => one.sku === sku);
  if (part === undefined) return line.unwanted;
  const beyond = heldOfPart(order, line.lineId, sku) - part.quantity * (dueOfLine(line) - line.unwanted);
  return Math.max(0, Math.min(openOfPart(order, line.lineId, sku), beyond));
}

/** Asks for the pieces that nobody wants and nobody has been asked for, wherever the line is sent from. */
export function askForUnwanted(order: Order, line: OrderLine, asked: Allocation[]): void {
  const { lineId } = line;
  for (const { sku } of takenBy(line)) {
    let left = unwantedOf(order, line, sku) - pendingOf(order, lineId, sku);
    for (const location of locationsOf(order, lineId, sku)) {
      if (left <= 0) break;
      left -= askAt(order, { lineId, sku, location }, left, asked);
    }
  }
}

/**
 * A fulfilment that gave back less than it was asked for has nothing left: what still counts as open of it belongs to
 * another fulfilment of the line there (a movement closed the wrong one), unless its movement is on the way.
 */
export function handOver(order: Order, empty: Allocation): void {
  const other = sentFrom(order, empty).findLast((part) => part !== empty && !part.tooLate);
  if (other === undefined) return;
  other.open += empty.open;
  empty.open = 0;
}

/** What has left the warehouse cannot be given back any more: the shopper gets it although it was cancelled. */
export function forgetUnwanted(order: Order, line: OrderLine): void {
  const left = line.parts === null ? openOfLine(order, line) : dueOfLine(line) - shippedOfLine(order, line);
  line.unwanted = Math.min(line.unwanted, left);
}

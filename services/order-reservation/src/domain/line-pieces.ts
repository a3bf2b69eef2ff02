import { type Part, wholePieces } from "@septet/stock-contracts";
import type { Order, OrderLine } from "./order.js";

type Line = Pick<OrderLine, "lineId" | "parts">;

/** Pieces of one SKU promised to a line and not shipped, over all locations. */
export function openOfPart(order: Order, lineId: string, sku: string): number {
  let pieces = 0;
  for (const a of order.allocations) if (a.lineId === lineId && a.sku === sku) pieces += a.open;
  return pieces;
}

/** Pieces of one SKU promised to a line or shipped. */
export function heldOfPart(order: Order, lineId: string, sku: string): number {
  let pieces = 0;
  for (const a of order.allocations) if (a.lineId === lineId && a.sku === sku) pieces += a.open + a.shipped;
  return pieces;
}

function shippedOfPart(order: Order, lineId: string, sku: string): number {
  let pieces = 0;
  for (const a of order.allocations) if (a.lineId === lineId && a.sku === sku) pieces += a.shipped;
  return pieces;
}

/** Pieces of a line all of whose parts are promised or shipped. */
export function heldOfLine(order: Order, { lineId, parts }: Line): number {
  if (parts !== null) return wholePieces(parts, (sku) => heldOfPart(order, lineId, sku));
  let pieces = 0;
  for (const a of order.allocations) if (a.lineId === lineId) pieces += a.open + a.shipped;
  return pieces;
}

/** Pieces of a line shipped; of a bundle those all of whose parts are. */
export function shippedOfLine(order: Order, { lineId, parts }: Line): number {
  if (parts !== null) return wholePieces(parts, (sku) => shippedOfPart(order, lineId, sku));
  let pieces = 0;
  for (const a of order.allocations) if (a.lineId === lineId) pieces += a.shipped;
  return pieces;
}

/** Pieces of a line promised and not shipped, over all locations; of a bundle those of which anything still lies there. */
export function openOfLine(order: Order, line: Line): number {
  if (line.parts !== null) return heldOfLine(order, line) - shippedOfLine(order, line);
  let pieces = 0;
  for (const a of order.allocations) if (a.lineId === line.lineId) pieces += a.open;
  return pieces;
}

/** Pieces of a line that are to be delivered, or were: neither cancelled nor shorted. */
export const dueOfLine = ({ quantity, cancelled, shorted }: OrderLine): number => quantity - cancelled - shorted;

/** Pieces of a line that are neither promised, shipped, cancelled nor shorted. */
export const unservedOfLine = (order: Order, line: OrderLine): number => dueOfLine(line) - heldOfLine(order, line);

/** SKUs that a line takes from stock: its own, or its parts'. */
export const takenBy = ({ sku, parts }: Pick<OrderLine, "sku" | "parts">): readonly Part[] =>
  parts ?? [{ sku, quantity: 1 }];

export const hasBundles = ({ lines }: Order): boolean => lines.some(({ parts }) => parts !== null);

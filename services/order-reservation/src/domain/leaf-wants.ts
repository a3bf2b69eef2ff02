import { LIMITS } from "@septet/stock-contracts";
import type { Draft, SalesRules } from "./draft.js";
import { hasBundles, heldOfLine, heldOfPart } from "./line-pieces.js";
import type { Order, OrderLine } from "./order.js";
import { type Search, thereOf, type Want } from "./sourcing.js";

/**
 * What lines want as it is looked for: in place of a bundle its parts, less what of them the line holds without a whole
 * piece to be made of it.
 */
export function leavesOf(order: Order, wants: readonly Want[]): readonly Want[] {
  if (!hasBundles(order)) return wants;
  const lines = linesById(order);
  return wants.flatMap((want) => {
    const line = lines.get(want.lineId);
    return line?.parts == null ? [want] : leavesOfBundle(order, line, want.quantity);
  });
}

/** Whole pieces of wants that can be served, and what has to be found for them. */
export interface Servable {
  leaves: readonly Want[];
  /** Pieces of each bundle's line that can be served, by lineId. */
  pieces: ReadonlyMap<string, number>;
}

/**
 * Of bundles only so many pieces are looked for as all of their parts are there for, in the order of the lines, and lines
 * that want the same SKU counted together.
 */
export function servableOf(draft: Draft, order: Order, wants: readonly Want[], rules: SalesRules, o: Search): Servable {
  const lines = linesById(order);
  const left = new Map<string, number>();
  const there = (sku: string): number => left.get(sku) ?? thereOf(draft, sku, rules, o);
  const pieces = new Map<string, number>();
  const leaves: Want[] = [];
  for (const want of wants) {
    const line = lines.get(want.lineId);
    let found: readonly Want[] = [want];
    if (line?.parts != null) {
      const servable = piecesThere(order, line, want.quantity, there);
      pieces.set(want.lineId, servable);
      found = leavesOfBundle(order, line, servable);
    }
    for (const { sku, quantity } of found) left.set(sku, Math.max(0, there(sku) - quantity));
    leaves.push(...found);
  }
  return { leaves, pieces };
}

function piecesThere(order: Order, line: OrderLine, wanted: number, there: (sku: string) => number): number {
  let pieces = wanted;
  for (const part of line.parts ?? []) {
    // What one movement cannot give back is not promised.
    const most = Math.min(LIMITS.MAX_QUANTITY_PIECES, there(part.sku)) + spareOf(order, line, part.sku, part.quantity);
    pieces = Math.min(pieces, Math.floor(most / part.quantity));
  }
  return pieces;
}

function leavesOfBundle(order: Order, line: OrderLine, pieces: number): Want[] {
  if (pieces === 0) return [];
  return (line.parts ?? []).flatMap(({ sku, quantity }) => {
    const missing = quantity * pieces - spareOf(order, line, sku, quantity);
    return missing > 0 ? [{ lineId: line.lineId, sku, quantity: missing }] : [];
  });
}

/** Pieces of a part that a line holds beyond its whole pieces. */
const spareOf = (order: Order, line: OrderLine, sku: string, perPiece: number): number =>
  heldOfPart(order, line.lineId, sku) - perPiece * heldOfLine(order, line);

const linesById = ({ lines }: Order): ReadonlyMap<string, OrderLine> =>
  new Map(lines.map((line) => [line.lineId, line]));

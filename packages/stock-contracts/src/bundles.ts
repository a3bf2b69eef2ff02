/** A SKU that a bundle is made of. */
export interface Part {
  readonly sku: string;
  /** Pieces of it in one piece of the bundle. */
  readonly quantity: number;
}

/**
 * Whole pieces of a bundle that so many pieces of each part make: what is available of it, and what is held or sent of it, is
 * derived this way wherever it is asked.
 * @param piecesOf pieces of a part, 0 or more
 */
export function wholePieces(parts: readonly Part[], piecesOf: (sku: string) => number): number {
  let whole = Number.POSITIVE_INFINITY;
  for (const { sku, quantity } of parts) whole = Math.min(whole, Math.floor(piecesOf(sku) / quantity));
  return Number.isFinite(whole) ? whole : 0;
}

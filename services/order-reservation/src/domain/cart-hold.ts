import { type Part, wholePieces } from "@septet/stock-contracts";

/** Pieces held for a cart at one location. */
export interface CartPlace {
  readonly location: string;
  readonly pieces: number;
  /** The part, where the hold is of a bundle. */
  readonly sku?: string;
}

/**
 * What a cart has of one SKU, and what of it is held. It changes under the lock of the SKU's stream alone; of a bundle under
 * those of its parts, too.
 */
export interface CartHold {
  cartId: string;
  sku: string;
  customerId: string | null;
  channel: string | null;
  region: string | null;
  /**
   * Pieces in the cart. Below 0: so many were ordered before the cart's facts came, and what they add is not held for a
   * shopper who has it already.
   */
  wanted: number;
  /** When the hold began, epoch ms: extensions are measured from here. */
  startedAt: number;
  /** When the last piece was found for it, epoch ms. */
  filledAt: number;
  /** When it ends, epoch ms. */
  expiresAt: number;
  /** Replaced and never changed in place; of a bundle by part, together whole pieces. */
  places: readonly CartPlace[];
  /** What a piece was made of when it was held, where it is a bundle; null: of itself. */
  parts: readonly Part[] | null;
}

export interface CartChange {
  before: CartHold | undefined;
  /** Undefined: nothing is left to know about it. */
  after: CartHold | undefined;
}

/** One key for a cart's SKU; neither can contain the separator. */
export const cartKey = (cartId: string, sku: string): string => `${cartId}\u0000${sku}`;

/** What is held at a place. */
export const skuAt = (hold: Pick<CartHold, "sku">, place: CartPlace): string => place.sku ?? hold.sku;

/** Pieces held for a cart, over all locations; of a bundle whole ones. */
export function heldPieces(hold: CartHold): number {
  if (hold.parts !== null) return wholePieces(hold.parts, (sku) => piecesOfPart(hold, sku));
  let pieces = 0;
  for (const place of hold.places) pieces += place.pieces;
  return pieces;
}

function piecesOfPart(hold: CartHold, sku: string): number {
  let pieces = 0;
  for (const place of hold.places) if (skuAt(hold, place) === sku) pieces += place.pieces;
  return pieces;
}

const isOver = (hold: CartHold): boolean => hold.wanted === 0 && hold.places.length === 0;

/** The carts of a slice while it is decided: copied when first touched, like everything else that is loaded. */
export class CartBook {
  readonly #loaded: ReadonlyMap<string, CartHold>;
  readonly #touched = new Map<string, CartHold>();

  constructor(loaded: ReadonlyMap<string, CartHold>) {
    this.#loaded = loaded;
  }

  /** What a cart has of a SKU, to look at. */
  look(cartId: string, sku: string): CartHold | undefined {
    if (this.#loaded.size === 0 && this.#touched.size === 0) return undefined;
    const key = cartKey(cartId, sku);
    const hold = this.#touched.get(key) ?? this.#loaded.get(key);
    return hold === undefined || isOver(hold) ? undefined : hold;
  }

  /** The same, to change. */
  take(cartId: string, sku: string): CartHold | undefined {
    const hold = this.look(cartId, sku);
    return hold === undefined ? undefined : this.put(hold);
  }

  /** A cart's SKU to change, new or known. */
  put(hold: CartHold): CartHold {
    const key = cartKey(hold.cartId, hold.sku);
    const touched = this.#touched.get(key);
    if (touched === hold) return hold;
    const copy = { ...hold };
    this.#touched.set(key, copy);
    return copy;
  }

  /** Holds that have pieces of a SKU, bundles among them, to look at, in the order of their carts. */
  ofSku(sku: string): CartHold[] {
    const found: CartHold[] = [];
    const has = (hold: CartHold) => hold.places.some((place) => skuAt(hold, place) === sku);
    for (const hold of this.#touched.values()) if (has(hold)) found.push(hold);
    for (const [key, hold] of this.#loaded) if (has(hold) && !this.#touched.has(key)) found.push(hold);
    return found.sort((a, b) => Number(a.cartId > b.cartId) - Number(a.cartId < b.cartId));
  }

  changes(): CartChange[] {
    const changes: CartChange[] = [];
    for (const [key, hold] of this.#touched) {
      const before = this.#loaded.get(key);
      const after = isOver(hold) ? undefined : hold;
      if (before !== undefined || after !== undefined) changes.push({ before, after });
    }
    return changes;
  }
}

/** Pieces held for a cart at one location. */
export interface CartPlace {
  readonly location: string;
  readonly pieces: number;
}

/** What a cart has of one SKU, and what of it is held. It changes under the lock of the SKU's stream alone. */
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
  /** Replaced and never changed in place. */
  places: readonly CartPlace[];
}

export interface CartChange {
  before: CartHold | undefined;
  /** Undefined: nothing is left to know about it. */
  after: CartHold | undefined;
}

/** One key for a cart's SKU; neither can contain the separator. */
export const cartKey = (cartId: string, sku: string): string => `${cartId}\u0000${sku}`;

/** Pieces held for a cart, over all locations. */
export function heldPieces(hold: CartHold): number {
  let pieces = 0;
  for (const place of hold.places) pieces += place.pieces;
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

  /** Holds of a SKU that have pieces, to look at, in the order of their carts. */
  ofSku(sku: string): CartHold[] {
    const found: CartHold[] = [];
    const has = (hold: CartHold) => hold.sku === sku && hold.places.length > 0;
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

import type { WireLeg } from "@septet/stock-contracts";

/** What lies at one location of one SKU, in pieces. `total` may be below 0 while movements are under way. */
export interface OnHand {
  readonly sku: string;
  readonly location: string;
  readonly total: number;
  readonly unsellable: number;
  /** At or below its alert line; null or missing: it never had a usable piece. */
  readonly low?: boolean | null;
  /** Unsellable pieces under claim; missing: none. */
  readonly claimed?: number;
}

/** A row before and after one decision. */
export interface OnHandStep {
  readonly before: OnHand;
  readonly after: Pick<OnHand, "total" | "unsellable">;
  /** A usable piece lay there before, after or in between. */
  readonly wasUsable: boolean;
}

/** A change of one row of on hand: `total` and `unsellable` are deltas in pieces. */
export type OnHandChange = Omit<OnHand, "low" | "claimed">;

/** A row whose total crossed 0 during one decision. */
export interface Crossing {
  readonly sku: string;
  readonly location: string;
  readonly below: boolean;
}

interface Entry {
  readonly before: OnHand;
  total: number;
  unsellable: number;
  wasUsable: boolean;
}

/** Names a (SKU, location) row; neither part may contain the separator, which no trimmed name does. */
export const onHandKey = (sku: string, location: string): string => `${sku}\u0000${location}`;

/** Is the bucket the warehouse's own? */
export const isOnHand = (bucket: string): bucket is "total" | "unsellable" =>
  bucket === "total" || bucket === "unsellable";

/** The working copy of on hand that one slice of commands is decided on; the rows given to it are never changed. */
export class OnHandBook {
  readonly #rows: ReadonlyMap<string, OnHand>;
  readonly #entries = new Map<string, Entry>();

  constructor(rows: ReadonlyMap<string, OnHand>) {
    this.#rows = rows;
  }

  /** The pieces at a location now; 0 of both where nothing was ever seen. */
  at(sku: string, location: string): OnHand {
    const key = onHandKey(sku, location);
    const entry = this.#entries.get(key);
    if (entry) return { ...entry.before, total: entry.total, unsellable: entry.unsellable };
    return this.#rows.get(key) ?? { sku, location, total: 0, unsellable: 0 };
  }

  /** Applies the legs that are the warehouse's own (total, unsellable) and passes over all others. */
  apply(sku: string, legs: readonly WireLeg[]): void {
    for (const { location, bucket, delta } of legs) {
      if (isOnHand(bucket)) this.#entry(sku, location)[bucket] += delta;
    }
    for (const { location } of legs) {
      const entry = this.#entries.get(onHandKey(sku, location));
      if (entry !== undefined && entry.total > entry.unsellable) entry.wasUsable = true;
    }
  }

  /**
   * Every row that differs from what was loaded, as deltas; and with deltas of 0 those `crossed`, which have something else to
   * remember although what came has gone again.
   */
  changes(crossed: readonly { readonly sku: string; readonly location: string }[] = []): OnHandChange[] {
    const alsoKept = new Set(crossed.map(({ sku, location }) => onHandKey(sku, location)));
    const changes: OnHandChange[] = [];
    for (const [key, { before, total, unsellable }] of this.#entries) {
      if (total === before.total && unsellable === before.unsellable && !alsoKept.has(key)) continue;
      const { sku, location } = before;
      changes.push({ sku, location, total: total - before.total, unsellable: unsellable - before.unsellable });
    }
    return changes;
  }

  /** Every row that was touched, as it was loaded and as it is now. */
  steps(): OnHandStep[] {
    return [...this.#entries.values()].map(({ before, total, unsellable, wasUsable }) => {
      return { before, after: { total, unsellable }, wasUsable };
    });
  }

  /** The rows whose total fell below 0, or rose to 0 or above, since they were loaded. */
  crossings(): Crossing[] {
    const crossings: Crossing[] = [];
    for (const { before, total } of this.#entries.values()) {
      if (before.total < 0 === total < 0) continue;
      crossings.push({ sku: before.sku, location: before.location, below: total < 0 });
    }
    return crossings;
  }

  #entry(sku: string, location: string): Entry {
    const key = onHandKey(sku, location);
    const known = this.#entries.get(key);
    if (known) return known;
    const before = this.at(sku, location);
    const { total, unsellable } = before;
    const entry = { before, total, unsellable, wasUsable: total > unsellable };
    this.#entries.set(key, entry);
    return entry;
  }
}

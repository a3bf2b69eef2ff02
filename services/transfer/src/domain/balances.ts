import type { WireLeg } from "@septet/stock-contracts";

/** A change of what is promised to another warehouse and of what is on the way there, by source, in pieces. */
export interface BalanceChange {
  readonly sku: string;
  readonly location: string;
  readonly transferReserved: number;
  readonly inTransit: number;
}

/** Gathers the legs that are ours; neither of the two ever stands below 0 where they are written. */
export class BalanceSheet {
  readonly #changes = new Map<string, { -readonly [K in keyof BalanceChange]: BalanceChange[K] }>();

  /** Applies the legs of transferReserved and inTransit and passes over all others. */
  apply(sku: string, legs: readonly WireLeg[]): void {
    for (const { location, bucket, delta } of legs) {
      if (bucket !== "transferReserved" && bucket !== "inTransit") continue;
      const key = `${sku}\u0000${location}`;
      let change = this.#changes.get(key);
      if (change === undefined) {
        change = { sku, location, transferReserved: 0, inTransit: 0 };
        this.#changes.set(key, change);
      }
      change[bucket] += delta;
    }
  }

  changes(): BalanceChange[] {
    return [...this.#changes.values()].filter((change) => change.transferReserved !== 0 || change.inTransit !== 0);
  }
}

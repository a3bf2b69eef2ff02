import type { SkuListing, World } from "./domain/index.js";

/** So many bundles are remembered; beyond them all are forgotten, and learned again. */
const MAX_BUNDLES = 100_000;

/**
 * Which SKUs bundles take, as earlier slices saw them, for the next to plan its locks by without a round trip. It may be
 * out of date: under its locks every slice reads for itself, and starts over, having learned, when it lacks one.
 */
export class BundleMemo {
  readonly #parts = new Map<string, ReadonlySet<string>>();

  /** Adds what the bundles among the SKUs take, and what their parts do; `listed` is what the slice itself says of bundles. */
  addPartsTo(skus: Set<string>, listed: readonly SkuListing[]): void {
    if (this.#parts.size === 0 && listed.length === 0) return;
    const fresh = new Map(listed.map(({ sku, parts }) => [sku, parts ?? []]));
    for (const sku of skus) {
      for (const part of this.#parts.get(sku) ?? []) skus.add(part);
      for (const part of fresh.get(sku) ?? []) skus.add(part.sku);
    }
  }

  /** Learns from what a slice has loaded. Answers a bundle whose parts are not held, undefined: all are. */
  learn({ listings, carts, heldSkus }: Pick<World, "listings" | "carts" | "heldSkus">): string | undefined {
    let lacking: string | undefined;
    const note = (sku: string, parts: readonly { sku: string }[] | null | undefined) => {
      if (parts == null || !heldSkus.has(sku)) return;
      const known = this.#parts.get(sku);
      const all = new Set([...(known ?? []), ...parts.map((part) => part.sku)]);
      if (all.size !== known?.size) this.#keep(sku, all);
      if (parts.some((part) => !heldSkus.has(part.sku))) lacking = sku;
    };
    for (const { sku, parts } of listings.values()) note(sku, parts);
    for (const { sku, parts } of carts.values()) note(sku, parts);
    return lacking;
  }

  #keep(sku: string, parts: ReadonlySet<string>): void {
    if (this.#parts.size >= MAX_BUNDLES) this.#parts.clear();
    this.#parts.set(sku, parts);
  }
}

import { CURRENCY, priceOf } from "./choosing.js";
import type { OutsideWorld } from "./outside-world.js";
import type { Shop } from "./shop.js";

export interface BundlePart {
  readonly sku: string;
  readonly quantity: number;
}

/** A SKU is listed that is made of others. */
export interface Bundling {
  readonly do: "bundle";
  readonly sku: string;
  readonly parts: readonly BundlePart[];
}

/** The day's bundle; it has no stock of its own. */
export const BUNDLE = "box";

/**
 * Most days sell a bundle of two of their SKUs, or two pieces of their only one. Not where there is enough for everybody: an
 * order that overtakes the listing is refused, and the end would depend on it.
 */
export function openingBundles({ random, ample, skus, bundles }: Shop): Bundling[] {
  if (ample || !random.chance(0.6)) return [];
  bundles.push(BUNDLE);
  const [first, second] = random.shuffled(skus);
  const parts = [{ sku: first!, quantity: second === undefined ? 2 : random.between(1, 2) }];
  if (second !== undefined) parts.push({ sku: second, quantity: 1 });
  return [{ do: "bundle", sku: BUNDLE, parts }];
}

export const bundlingDone = {
  bundle: (outside: OutsideWorld, { sku, parts }: Bundling) => {
    const price = { unitPriceMinor: priceOf(sku), currency: CURRENCY };
    outside.send("SkuListed", { sku, name: sku, active: true, ...price, substitutionGroup: null, parts: [...parts] });
  },
};

import type { OutsideWorld } from "./outside-world.js";
import type { Shop } from "./shop.js";

/** How orders find their locations, the same all day long. */
export interface SourcingRules {
  readonly strategy: "FEWEST_SPLITS" | "PRIORITY" | "DISTANCE" | "COST" | "MOST_STOCK";
  /** How far locations are, and what a parcel from them costs. */
  readonly figures: Readonly<Record<string, number>>;
  /** Locations that sell nothing. */
  readonly excluded: readonly string[];
}

/** Pieces of every SKU are kept for a channel in which nobody buys today. */
export interface Keeping {
  readonly do: "keep";
  readonly at: Readonly<Record<string, number>>;
}

/** What follows from the numbers of pieces alone depends on who comes first, so that ample days do without. */
export function sourcingOf({ random, locations, ample }: Shop): SourcingRules | null {
  if (!random.chance(0.5)) return null;
  const figures = locations.map((location, index) => [location, 10 * random.between(1, 50) + index] as const);
  const excluded = !ample && locations.length > 1 && random.chance(0.6) ? [random.pick(locations)] : [];
  const strategies = ["FEWEST_SPLITS", "PRIORITY", "DISTANCE", "COST"] as const;
  const strategy = ample ? random.pick(strategies) : random.pick([...strategies, "MOST_STOCK" as const]);
  return { strategy, figures: Object.fromEntries(figures), excluded };
}

/** What a policy says of it. */
export const sourcingBody = ({ strategy, figures, excluded }: SourcingRules) => ({
  sourcing: strategy,
  distancesKm: figures,
  shippingCostsMinor: figures,
  excludedLocations: excluded,
});

/** On some days pieces are kept for others from the opening on. */
export function openingKept({ random, locations, ample }: Shop): Keeping[] {
  if (ample || !random.chance(0.4)) return [];
  return [{ do: "keep", at: Object.fromEntries(locations.map((location) => [location, random.between(0, 4)])) }];
}

export const sourcingDone = {
  keep: (outside: OutsideWorld, move: Keeping) => {
    const at = Object.fromEntries(Object.entries(move.at).map(([location, pieces]) => [location, { pieces }]));
    const body = { safetyStock: { at } };
    outside.request(move, "order-reservation", { method: "PUT", path: "/v1/policies/channel:partner", body });
  },
};

import type { OutsideWorld } from "./outside-world.js";
import type { Drawn, Shop } from "./shop.js";

/** Somebody counts SKUs of a location while trading goes on, and goes on counting until what he found is approved. */
export interface Take {
  readonly do: "take";
  readonly stocktake: string;
  readonly location: string;
  readonly skus: readonly string[];
  /** Everything that lies there, and not the SKUs by name. */
  readonly all: boolean;
  /** The count is told with its moment, and may be on its way for long; else the shelf is closed until it is answered. */
  readonly told: boolean;
  /** Pieces that the first count is wrong by; whoever approves notices and has it counted again. */
  readonly wrong: number;
  /** Steps until the counter comes, and between count and approval. */
  readonly countedAfter: number;
  readonly approvedAfter: number;
}

/** Corrects the book by hand. */
export interface Adjustment {
  readonly do: "adjust";
  readonly reference: string;
  readonly location: string;
  readonly sku: string;
  readonly bucket: "sellable" | "unsellable";
  readonly line: { readonly delta: number } | { readonly expected: number; readonly quantity: number };
}

export type StocktakeMove =
  | Take
  | Adjustment
  /** A piece vanishes, and nobody tells. */
  | { readonly do: "vanish"; readonly location: string; readonly sku: string }
  /** A picker misses a piece that vanished, if one of a fulfilment in hand did. */
  | { readonly do: "miss" };

export const STOCKTAKING: Readonly<Record<string, Drawn>> = {
  take: { weight: 2, moves: (shop) => [take(shop)] },
  vanish: {
    weight: 1.5,
    moves: ({ random, skus, locations }) => [
      { do: "vanish", location: random.pick(locations), sku: random.pick(skus) },
    ],
  },
  miss: { weight: 1.5, moves: () => [{ do: "miss" }] },
  adjust: { weight: 1, moves: (shop) => [adjustment(shop)] },
};

/** Stocktakes that are opened first thing in the morning: most of their trading is still to come. */
export function morningTakes(shop: Shop): StocktakeMove[] {
  if (shop.ample) return [];
  return Array.from({ length: shop.random.below(4) }, () => take(shop));
}

function take(shop: Shop): Take {
  const { random, skus, locations } = shop;
  const all = random.chance(0.2);
  return {
    do: "take",
    stocktake: `t${++shop.documents}`,
    location: random.pick(locations),
    skus: all ? skus : [random.pick(skus)],
    all,
    told: random.chance(0.6),
    wrong: random.chance(0.15) ? random.between(1, 3) : 0,
    countedAfter: random.below(120),
    approvedAfter: random.below(120),
  };
}

function adjustment(shop: Shop): Adjustment {
  const { random, skus, locations } = shop;
  const line = random.chance(0.5)
    ? { delta: random.pick([-2, -1, 1, 2]) }
    : { expected: random.below(12), quantity: random.below(12) };
  const place = { location: random.pick(locations), sku: random.pick(skus) };
  const bucket = random.chance(0.7) ? "sellable" : "unsellable";
  return { do: "adjust", reference: `a${++shop.documents}`, ...place, bucket, line };
}

export const stocktakingDone = {
  take: (outside: OutsideWorld, move: Take) => outside.counters.begin(move),
  vanish: (outside: OutsideWorld, { location, sku }: Extract<StocktakeMove, { do: "vanish" }>) =>
    outside.counters.lose(sku, location),
  miss: (outside: OutsideWorld, move: Extract<StocktakeMove, { do: "miss" }>) => outside.counters.miss(move),
  adjust: (outside: OutsideWorld, move: Adjustment) => {
    const { location, reference, sku, bucket, line } = move;
    const body = { location, reference, bucket, reason: "looked again", lines: [{ sku, ...line }] };
    outside.request(move, "warehouse", { method: "POST", path: "/v1/adjustments", body });
  },
};

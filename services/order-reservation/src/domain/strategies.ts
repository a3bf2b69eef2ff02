/** How locations are chosen among those of one kind (own, then suppliers'). */
export const STRATEGIES = ["FEWEST_SPLITS", "PRIORITY", "DISTANCE", "COST", "MOST_STOCK"] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** Among more locations than this that have something wanted, the best set is approached and not searched for. */
export const MAX_LOCATIONS_SEARCHED = 10;
/** Weighs more than any set of locations whose figures are known. */
const NO_FIGURE = 1e12;

/** What one location has of the wanted SKUs, in pieces; every quantity is above 0. */
export interface Shelf {
  readonly location: string;
  readonly pieces: ReadonlyMap<string, number>;
}

/** What is wanted of each SKU, in pieces. */
export type Wanted = ReadonlyMap<string, number>;

/**
 * The locations to ask, in this order, each for as much as it has: one alone if one has everything, else as the strategy
 * says, as many pieces as there are in any case.
 * @param shelves in the order of the sale (its distances, costs or priorities); ties are decided by it
 * @param costOf what a parcel from a location costs; undefined: nobody has said
 */
export function choose(
  strategy: Strategy,
  wanted: Wanted,
  shelves: readonly Shelf[],
  costOf: (location: string) => number | undefined,
): readonly Shelf[] {
  const ranked = strategy === "MOST_STOCK" ? byStock(shelves) : shelves;
  const whole = ranked.find((shelf) => servedBy(shelf, wanted) === total(wanted));
  if (whole !== undefined) return [whole];
  switch (strategy) {
    case "FEWEST_SPLITS":
      return fewest(wanted, ranked);
    case "COST":
      return cheapest(wanted, ranked, costOf);
    case "PRIORITY":
    case "DISTANCE":
    case "MOST_STOCK":
      return ranked;
  }
}

const sum = (pieces: Iterable<number>): number => {
  let all = 0;
  for (const some of pieces) all += some;
  return all;
};
const total = (wanted: Wanted): number => sum(wanted.values());

function servedBy(shelf: Shelf, wanted: Wanted): number {
  let served = 0;
  for (const [sku, pieces] of wanted) served += Math.min(pieces, shelf.pieces.get(sku) ?? 0);
  return served;
}

/** The fullest first; equals stay in their order. */
const byStock = (shelves: readonly Shelf[]): readonly Shelf[] =>
  [...shelves].sort((a, b) => sum(b.pieces.values()) - sum(a.pieces.values()));

/** Of one SKU the greedy way is the shortest; of several, a shorter one is looked for where it needs three or more. */
function fewest(wanted: Wanted, shelves: readonly Shelf[]): readonly Shelf[] {
  const greedy = mostFirst(wanted, shelves);
  if (wanted.size === 1 || greedy.length < 3) return greedy;
  const fewer = lightest(wanted, shelves, () => 1, greedy.length);
  return fewer === undefined ? greedy : mostFirst(wanted, fewer);
}

/** Again and again the location that serves most of what is left, the first among equals. */
function mostFirst(wanted: Wanted, shelves: readonly Shelf[]): Shelf[] {
  const left = new Map(wanted);
  const candidates = new Set(shelves);
  const asked: Shelf[] = [];
  while (candidates.size > 0) {
    let best: Shelf | undefined;
    let most = 0;
    for (const shelf of candidates) {
      const served = servedBy(shelf, left);
      if (served > most) [best, most] = [shelf, served];
    }
    if (best === undefined) break;
    candidates.delete(best);
    asked.push(best);
    for (const [sku, pieces] of left) left.set(sku, Math.max(0, pieces - (best.pieces.get(sku) ?? 0)));
  }
  return asked;
}

function cheapest(
  wanted: Wanted,
  shelves: readonly Shelf[],
  costOf: (location: string) => number | undefined,
): readonly Shelf[] {
  return lightest(wanted, shelves, (shelf) => costOf(shelf.location) ?? NO_FIGURE) ?? shelves;
}

/**
 * The set of shelves of the least weight that serves as much as all of them, in their order; of several the one whose
 * first shelves come first. Undefined: there are too many to search, or none weighs less than `below`.
 */
function lightest(
  wanted: Wanted,
  shelves: readonly Shelf[],
  weigh: (shelf: Shelf) => number,
  below = Number.POSITIVE_INFINITY,
): readonly Shelf[] | undefined {
  const useful = shelves.filter((shelf) => servedBy(shelf, wanted) > 0);
  if (useful.length > MAX_LOCATIONS_SEARCHED) return undefined;
  const needed = new Map(
    [...wanted].map(([sku, pieces]) => [sku, Math.min(pieces, sum(useful.map((shelf) => shelf.pieces.get(sku) ?? 0)))]),
  );
  let best: readonly Shelf[] | undefined;
  let least = below;
  const search = (index: number, chosen: readonly Shelf[], weight: number, missing: Wanted): void => {
    if (weight >= least) return;
    if (total(missing) === 0) {
      [best, least] = [chosen, weight];
      return;
    }
    const shelf = useful[index];
    if (shelf === undefined) return;
    if (servedBy(shelf, missing) > 0) {
      search(index + 1, [...chosen, shelf], weight + weigh(shelf), without(missing, shelf));
    }
    search(index + 1, chosen, weight, missing);
  };
  search(0, [], 0, needed);
  return best;
}

const without = (missing: Wanted, shelf: Shelf): Wanted =>
  new Map([...missing].map(([sku, pieces]) => [sku, Math.max(0, pieces - (shelf.pieces.get(sku) ?? 0))]));

import { type Account, type Balance, EMPTY_BALANCE, type WireLeg } from "@septet/stock-contracts";

/** A SKU at a location, as one map key; U+0000 can be in neither, as Postgres text refuses it. */
export function placeKey(sku: string, location: string): string {
  return `${sku}\u0000${location}`;
}

/** What folding needs of a movement. */
export interface FoldedMovement {
  readonly sku: string;
  readonly legs: readonly WireLeg[];
}

export interface Place {
  readonly sku: string;
  readonly location: string;
}

/** What a slice changes at one place: the sum of its legs there, account by account. */
export interface BalanceChange extends Place {
  readonly delta: Balance;
}

/** The accounts at one place right after one movement of the slice, given by its index. */
export interface BalanceAfter extends Place {
  readonly movement: number;
  readonly after: Balance;
}

export interface FoldedSlice {
  readonly changes: readonly BalanceChange[];
  readonly history: readonly BalanceAfter[];
}

type Tally = { [A in Account]: number };

/** The places that the movements touch, each once. */
export function placesOf(movements: readonly FoldedMovement[]): Place[] {
  const places = new Map<string, Place>();
  for (const { sku, legs } of movements)
    for (const { location } of legs) {
      const key = placeKey(sku, location);
      if (!places.has(key)) places.set(key, { sku, location });
    }
  return [...places.values()];
}

/**
 * Folds a slice over the balances before it: the change of each place, and the accounts after each movement at each
 * location it touches. `total` is folded from its own legs like every other account, never computed from them. The
 * buckets are known: whoever folds has looked at the movement before.
 */
export function foldSlice(before: ReadonlyMap<string, Balance>, movements: readonly FoldedMovement[]): FoldedSlice {
  const running = new Map<string, Place & { delta: Tally; now: Tally }>();
  const history: BalanceAfter[] = [];
  movements.forEach(({ sku, legs }, movement) => {
    const touched = new Set<Place & { now: Tally }>();
    for (const { location, bucket, delta } of legs) {
      const key = placeKey(sku, location);
      let place = running.get(key);
      if (place === undefined) {
        place = { sku, location, delta: { ...EMPTY_BALANCE }, now: { ...(before.get(key) ?? EMPTY_BALANCE) } };
        running.set(key, place);
      }
      place.delta[bucket as Account] += delta;
      place.now[bucket as Account] += delta;
      touched.add(place);
    }
    for (const { location, now } of touched) history.push({ movement, sku, location, after: { ...now } });
  });
  return { changes: [...running.values()], history };
}

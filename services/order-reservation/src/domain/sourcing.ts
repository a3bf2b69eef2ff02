import type { CartHold } from "./cart-hold.js";
import type { Draft, SalesRules } from "./draft.js";
import type { StockRow } from "./world.js";

/** Pieces of a line that look for a location. */
export interface Want {
  lineId: string;
  sku: string;
  quantity: number;
}

/** A part of a want that a location can serve. */
export interface Source extends Want {
  location: string;
}

const sellableAt = (row: StockRow): number => (row.sellable > 0 ? row.sellable : 0);

/**
 * What can be sold of a SKU over all active locations; a location below 0 counts as 0 and hides nothing elsewhere.
 * @param own the buyer's own hold, which is there for the buyer
 */
export function sellableOf(draft: Draft, sku: string, rules: SalesRules, own?: CartHold): number {
  let pieces = 0;
  for (const row of draft.rankedRows(sku, rules)) pieces += own === undefined ? sellableAt(row) : withOwn(row, own);
  return pieces;
}

function withOwn(row: StockRow, own: CartHold): number {
  const held = own.places.find((place) => place.location === row.location)?.pieces ?? 0;
  return Math.max(0, row.sellable + held);
}

/**
 * Finds locations for as many of the wanted pieces as there are: everything from one own location if one has it all,
 * else with the fewest splits, own locations before suppliers'. Lines of one SKU count together. `avoid` is asked
 * last of its kind.
 */
export function source(draft: Draft, wants: readonly Want[], rules: SalesRules, avoid?: string): Source[] {
  const only = wants.length === 1 ? wants[0] : undefined;
  if (only !== undefined) {
    const whole = draft
      .rankedRows(only.sku, rules)
      .find((row) => row.sellable >= only.quantity && row.location !== avoid && isOwn(draft, row.location));
    if (whole !== undefined) return [{ ...only, location: whole.location }];
  }
  return sourceBySplits(draft, wants, rules, avoid);
}

const isOwn = (draft: Draft, location: string): boolean => draft.location(location).kind === "WAREHOUSE";

/** Greedy: again and again the location that serves most of what is left, the first by priority among equals. */
function sourceBySplits(draft: Draft, wants: readonly Want[], rules: SalesRules, avoid: string | undefined): Source[] {
  const stock = new Shelf(draft, wants, rules);
  const sources: Source[] = [];
  let left = wants.filter((want) => want.quantity > 0);
  for (const tier of stock.tiers(avoid)) {
    const candidates = new Set(tier);
    while (left.length > 0 && candidates.size > 0) {
      const best = stock.servingMost(left, candidates);
      if (best === undefined) break;
      candidates.delete(best);
      left = stock.take(best, left, sources);
    }
  }
  return sources;
}

/** What each location has of the wanted SKUs, counted down as pieces are taken. */
class Shelf {
  readonly #draft: Draft;
  readonly #rules: SalesRules;
  readonly #left = new Map<string, Map<string, number>>();

  constructor(draft: Draft, wants: readonly Want[], rules: SalesRules) {
    this.#draft = draft;
    this.#rules = rules;
    for (const { sku } of wants) {
      for (const row of draft.rankedRows(sku, rules)) {
        const pieces = sellableAt(row);
        if (pieces === 0) continue;
        const shelf = this.#left.get(row.location);
        if (shelf === undefined) this.#left.set(row.location, new Map([[sku, pieces]]));
        else shelf.set(sku, pieces);
      }
    }
  }

  /** Own locations before suppliers, each by priority; among its kind the one to avoid comes last. */
  tiers(avoid: string | undefined): string[][] {
    const ranked = [...this.#left.keys()].sort(this.#rules.compare);
    const own = ranked.filter((location) => isOwn(this.#draft, location));
    const suppliers = ranked.filter((location) => !isOwn(this.#draft, location));
    return [own, suppliers].flatMap((tier) => [
      tier.filter((location) => location !== avoid),
      tier.filter((location) => location === avoid),
    ]);
  }

  servingMost(wants: readonly Want[], candidates: ReadonlySet<string>): string | undefined {
    let best: string | undefined;
    let most = 0;
    for (const location of candidates) {
      let pieces = 0;
      const taken = new Map<string, number>();
      for (const want of wants) {
        const left = (this.#left.get(location)?.get(want.sku) ?? 0) - (taken.get(want.sku) ?? 0);
        const served = Math.min(left, want.quantity);
        pieces += served;
        taken.set(want.sku, (taken.get(want.sku) ?? 0) + served);
      }
      if (pieces > most) {
        best = location;
        most = pieces;
      }
    }
    return best;
  }

  /** Takes what the location has for the wants, adds it to the sources, and answers what is still wanted. */
  take(location: string, wants: readonly Want[], sources: Source[]): Want[] {
    const shelf = this.#left.get(location);
    const left: Want[] = [];
    for (const want of wants) {
      const there = shelf?.get(want.sku) ?? 0;
      const served = Math.min(there, want.quantity);
      if (served > 0) {
        shelf?.set(want.sku, there - served);
        sources.push({ ...want, quantity: served, location });
      }
      if (served < want.quantity) left.push({ ...want, quantity: want.quantity - served });
    }
    return left;
  }
}

import type { CartHold } from "./cart-hold.js";
import type { Draft, SalesRules } from "./draft.js";
import { figureOf } from "./policies.js";
import { choose, type Shelf } from "./strategies.js";
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
 * else as the strategy of the sale says, own locations before suppliers'. Lines of one SKU count together. `avoid` is
 * asked last of its kind.
 */
export function source(draft: Draft, wants: readonly Want[], rules: SalesRules, avoid?: string): Source[] {
  const only = wants.length === 1 ? wants[0] : undefined;
  if (only !== undefined && rules.policy.sourcing !== "MOST_STOCK") {
    const whole = draft
      .rankedRows(only.sku, rules)
      .find((row) => row.sellable >= only.quantity && row.location !== avoid && isOwn(draft, row.location));
    if (whole !== undefined) return [{ ...only, location: whole.location }];
  }
  return sourceByTiers(draft, wants, rules, avoid);
}

const isOwn = (draft: Draft, location: string): boolean => draft.location(location).kind === "WAREHOUSE";

function sourceByTiers(draft: Draft, wants: readonly Want[], rules: SalesRules, avoid: string | undefined): Source[] {
  const sources: Source[] = [];
  let left = wants.filter((want) => want.quantity > 0);
  const { sourcing, shippingCostsMinor } = rules.policy;
  for (const tier of tiersOf(draft, shelvesFor(draft, left, rules), avoid)) {
    if (left.length === 0 || tier.length === 0) continue;
    for (const shelf of choose(sourcing, piecesBySku(left), tier, (at) => figureOf(shippingCostsMinor, at))) {
      left = take(shelf, left, sources);
    }
  }
  return sources;
}

export function piecesBySku(
  wants: readonly { readonly sku: string; readonly quantity: number }[],
): Map<string, number> {
  const pieces = new Map<string, number>();
  for (const { sku, quantity } of wants) pieces.set(sku, (pieces.get(sku) ?? 0) + quantity);
  return pieces;
}

/** What each location has of the wanted SKUs, in the order of the sale. */
function shelvesFor(draft: Draft, wants: readonly Want[], rules: SalesRules): Shelf[] {
  const shelves = new Map<string, Map<string, number>>();
  for (const { sku } of wants) {
    for (const row of draft.rankedRows(sku, rules)) {
      const pieces = sellableAt(row);
      if (pieces === 0) continue;
      const shelf = shelves.get(row.location);
      if (shelf === undefined) shelves.set(row.location, new Map([[sku, pieces]]));
      else shelf.set(sku, pieces);
    }
  }
  return [...shelves]
    .map(([location, pieces]) => ({ location, pieces }))
    .sort((a, b) => rules.compare(a.location, b.location));
}

/** Own locations before suppliers'; among its kind the one to avoid comes last. */
function tiersOf(draft: Draft, shelves: readonly Shelf[], avoid: string | undefined): Shelf[][] {
  const own = shelves.filter(({ location }) => isOwn(draft, location));
  const suppliers = shelves.filter(({ location }) => !isOwn(draft, location));
  return [own, suppliers].flatMap((kind) => [
    kind.filter(({ location }) => location !== avoid),
    kind.filter(({ location }) => location === avoid),
  ]);
}

/** Takes what the location has for the wants, adds it to the sources, and answers what is still wanted. */
function take({ location, pieces }: Shelf, wants: readonly Want[], sources: Source[]): Want[] {
  const there = new Map(pieces);
  const left: Want[] = [];
  for (const want of wants) {
    const served = Math.min(there.get(want.sku) ?? 0, want.quantity);
    if (served > 0) {
      there.set(want.sku, (there.get(want.sku) ?? 0) - served);
      sources.push({ ...want, quantity: served, location });
    }
    if (served < want.quantity) left.push({ ...want, quantity: want.quantity - served });
  }
  return left;
}

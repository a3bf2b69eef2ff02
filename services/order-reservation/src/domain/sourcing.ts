import type { Draft, SalesRules } from "./draft.js";
import { figureOf } from "./policies.js";
import { type Freed, saleableAfter, saleableAt } from "./saleable.js";
import { choose, type Shelf } from "./strategies.js";
import { placeKey, type StockRow } from "./world.js";

/** Pieces of a line that look for a location. */
export interface Want {
  lineId: string;
  /** The line's or, where a location is looked for, that of a part of it. */
  sku: string;
  quantity: number;
}

/** A part of a want that a location can serve. */
export interface Source extends Want {
  location: string;
}

/**
 * What can be sold of a SKU over all active locations; a location below 0 counts as 0 and hides nothing elsewhere.
 * @param own the buyer's own hold, which is there for the buyer
 */
export function sellableOf(draft: Draft, sku: string, rules: SalesRules, own?: OwnPieces): number {
  let pieces = 0;
  for (const row of draft.rankedRows(sku, rules)) {
    const held = own?.at.get(row.location);
    pieces += held === undefined ? saleableAt(draft, row, rules) : saleableAfter(draft, row, rules, held, own?.channel);
  }
  return pieces;
}

/** What a buyer's cart holds of a SKU, in pieces by location, and in which channel. */
export interface OwnPieces {
  readonly channel: string | null;
  readonly at: ReadonlyMap<string, number>;
}

/** How pieces are looked for beside the rules of the sale. */
export interface Search {
  /** The location that is asked last of its kind. */
  avoid?: string | undefined;
  /** What the buyer's cart has just given back for it, by `placeKey`. */
  freed?: Freed | undefined;
}

/**
 * Finds locations for as many of the wanted pieces as there are: everything from one own location if one has it all,
 * else as the strategy of the sale says, own locations before suppliers'. Lines of one SKU count together.
 */
export function source(draft: Draft, wants: readonly Want[], rules: SalesRules, o: Search = {}): Source[] {
  const only = wants.length === 1 ? wants[0] : undefined;
  if (only !== undefined && rules.policy.sourcing !== "MOST_STOCK") {
    const whole = draft
      .rankedRows(only.sku, rules)
      .find(
        (row) =>
          thereFor(draft, row, rules, o) >= only.quantity && row.location !== o.avoid && isOwn(draft, row.location),
      );
    if (whole !== undefined) return [{ ...only, location: whole.location }];
  }
  return sourceByTiers(draft, wants, rules, o);
}

/** What a buyer can take of a SKU over all active locations. */
export function thereOf(draft: Draft, sku: string, rules: SalesRules, o: Search): number {
  let pieces = 0;
  for (const row of draft.rankedRows(sku, rules)) pieces += thereFor(draft, row, rules, o);
  return pieces;
}

const thereFor = (draft: Draft, row: StockRow, rules: SalesRules, { freed }: Search): number =>
  saleableAt(draft, row, rules, freed === undefined ? 0 : freed.get(placeKey(row.sku, row.location)));

const isOwn = (draft: Draft, location: string): boolean => draft.location(location).kind === "WAREHOUSE";

function sourceByTiers(draft: Draft, wants: readonly Want[], rules: SalesRules, o: Search): Source[] {
  const sources: Source[] = [];
  let left = wants.filter((want) => want.quantity > 0);
  const { sourcing, shippingCostsMinor } = rules.policy;
  for (const tier of tiersOf(draft, shelvesFor(draft, left, rules, o), o.avoid)) {
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
function shelvesFor(draft: Draft, wants: readonly Want[], rules: SalesRules, o: Search): Shelf[] {
  const shelves = new Map<string, Map<string, number>>();
  for (const { sku } of wants) {
    for (const row of draft.rankedRows(sku, rules)) {
      const pieces = thereFor(draft, row, rules, o);
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

import { channelScope, type Policies, type Rules } from "./policies.js";
import type { StockRow } from "./world.js";

/** Pieces of every SKU, or a part of what is there, whole percent: the larger of the two, 0 when neither is said. */
export interface Amount {
  pieces?: number | undefined;
  percent?: number | undefined;
}

/** What holds at a location: its own, else what holds everywhere. */
export interface ByLocation<T> {
  everywhere?: T | undefined;
  at?: Readonly<Record<string, T>> | undefined;
}

/** What a sale may not take of a SKU at one location. */
export interface Terms {
  /** Nothing is sold from here to this sale. */
  excluded: boolean;
  /** What a sale leaves here, added up: the minimum of its own policy, and what is kept for other channels. */
  left: readonly Amount[];
  /** The most of what is here that the sale's channel may hold, whole percent; null: all of it. */
  sharePercent: number | null;
}

/** Pieces at a location that are fit for sale, sold or not: no promise and no lock changes them, only goods do. */
export const goodsAt = ({ sellable, orderReserved, locked }: Goods): number =>
  Math.max(0, sellable + orderReserved + locked);

type Goods = Pick<StockRow, "sellable" | "orderReserved" | "locked">;

/** An amount in pieces of a SKU of which there are so many goods; a part of a piece counts as one. */
export const piecesOf = ({ pieces = 0, percent = 0 }: Amount, goods: number): number =>
  Math.max(pieces, Math.ceil((percent * goods) / 100));

/**
 * What may be sold of a SKU at a location: max(0, sellable − all that is left there), and no more than brings the channel to
 * its share of the goods, a part of a piece left out. Whole pieces, never below 0.
 * @param heldByChannel what the sale's channel has been promised here, in orders and carts, and nobody has sent yet
 */
export function forSale(goods: Goods, terms: Terms, heldByChannel: number): number {
  if (terms.excluded) return 0;
  const all = goodsAt(goods);
  let pieces = goods.sellable;
  for (const amount of terms.left) pieces -= piecesOf(amount, all);
  if (terms.sharePercent !== null) {
    pieces = Math.min(pieces, Math.floor((terms.sharePercent * all) / 100) - heldByChannel);
  }
  return Math.max(0, pieces);
}

/** What holds at a location of what is said by location. Locations may have names that every object answers to. */
export const atLocation = <T>(by: ByLocation<T> | null, location: string): T | undefined =>
  by?.at !== undefined && Object.hasOwn(by.at, location) ? by.at[location] : by?.everywhere;

/** Safety stock of all channels but one, by location; `channel` null: of all. */
function keptForOthers(policies: Policies, channel: string | null): ByLocation<Amount>[] {
  const kept: ByLocation<Amount>[] = [];
  for (const [scope, { safetyStock }] of policies) {
    const isChannel = scope.startsWith(channelScope(""));
    if (isChannel && safetyStock != null && (channel === null || scope !== channelScope(channel)))
      kept.push(safetyStock);
  }
  return kept;
}

const amountsAt = (all: readonly (ByLocation<Amount> | null)[], location: string): Amount[] =>
  all.flatMap((by) => atLocation(by, location) ?? []);

/** The terms of a sale at each location; null: whatever is sellable there. */
export function termsOfSale(
  policies: Policies,
  rules: Rules,
  channel: string | null,
): (location: string) => Terms | null {
  const left = [rules.minimumLeft, ...keptForOthers(policies, channel)];
  const { excludedLocations, stockShare } = rules;
  if (left.every((by) => by === null) && excludedLocations.length === 0 && stockShare === null) return () => null;
  const excluded = new Set(excludedLocations);
  const known = new Map<string, Terms>();
  return (location) => {
    let terms = known.get(location);
    if (terms === undefined) {
      const sharePercent = atLocation(stockShare, location) ?? null;
      terms = { excluded: excluded.has(location), left: amountsAt(left, location), sharePercent };
      known.set(location, terms);
    }
    return terms;
  };
}

/** The terms of whoever is no sale, at a location: what is kept for channels stays. */
export const termsOfOthers = (policies: Policies, location: string): Terms => ({
  excluded: false,
  left: amountsAt(keptForOthers(policies, null), location),
  sharePercent: null,
});

/** Channels that have a share of the stock: what they hold is counted. */
export function sharingChannels(policies: Policies): string[] {
  const channels: string[] = [];
  const prefix = channelScope("");
  for (const [scope, { stockShare }] of policies) {
    if (stockShare != null && scope.startsWith(prefix)) channels.push(scope.slice(prefix.length));
  }
  return channels;
}

import type { Amount, ByLocation } from "./sale-terms.js";
import { DEFAULT_SHORTAGE_RULE, type ShortageRule } from "./shortage.js";
import type { Strategy } from "./strategies.js";

/** How long an unpaid order is held when no policy says otherwise. */
export const DEFAULT_UNPAID_HOLD_SECONDS = 30 * 60;
/** How long pieces are held for a cart when no policy says otherwise. */
export const DEFAULT_CART_HOLD_SECONDS = 15 * 60;
/** How long a hold may live from its beginning, extensions included, when no policy says otherwise. */
export const DEFAULT_LONGEST_HOLD_SECONDS = 2 * 60 * 60;

/** Pieces of one SKU that one order may have where a limit is on and says nothing else. */
export const DEFAULT_PIECES_PER_ORDER = 5;
/** Over which time a customer's pieces are counted where a limit says nothing else. */
export const DEFAULT_LIMIT_WINDOW_SECONDS = 30 * 24 * 60 * 60;

/** What the rule about devices and addresses says where it is on and says nothing else. */
export const DEFAULT_VELOCITY_SECONDS = 60 * 60;
export const DEFAULT_ORDERS_PER_DEVICE = 5;
export const DEFAULT_ORDERS_PER_IP = 20;

/** How many pieces of one SKU are sold to whom. */
export interface Limit {
  perOrderPieces: number;
  /** Null: as many as they like, order by order. */
  perCustomerPieces: number | null;
  windowSeconds: number;
  /** PROMOTION: an order that names a promotion is counted with all others of that promotion, whatever the window. */
  over: "WINDOW" | "PROMOTION";
}

/** When one device or address has left too many orders unpaid. */
export interface Velocity {
  windowSeconds: number;
  /** So many unpaid or expired orders of one device within the window are taken, no more. */
  perDevice: number;
  perIp: number;
}

/** What becomes of an order of a customer who has an unpaid one: taken with a warning, refused, or taken. */
export type UnpaidOrderRule = "WARN" | "REJECT" | "ALLOW";

/** When stock is reserved: put into a cart, ordered, or paid. */
export type ReserveAt = "ON_CART" | "ON_ORDER" | "ON_PAYMENT";
/** Seconds by customer class, for classes that are not held as long as the others. */
export type SecondsByClass = Readonly<Record<string, number>>;
/** A figure by location, for the locations that have one. */
export type FigureByLocation = Readonly<Record<string, number>>;

/** What a sale goes by, every rule decided. */
export interface Rules {
  reserveAt: ReserveAt;
  unpaidHoldSeconds: number;
  unpaidHoldSecondsByClass: SecondsByClass;
  cartHoldSeconds: number;
  cartHoldSecondsByClass: SecondsByClass;
  /** From a hold's beginning, extensions included; a hold whose own time is longer keeps that. */
  longestHoldSeconds: number;
  /** Locations in the order in which they are asked; those not named come after, by name. */
  locationPriority: readonly string[];
  /** Which of several locations serve an order. */
  sourcing: Strategy;
  /** How far locations are from the sale's region, km. */
  distancesKm: FigureByLocation;
  /** What a parcel from a location to the sale's region costs, minor units of one currency. */
  shippingCostsMinor: FigureByLocation;
  /** Locations that sell nothing to the sale. */
  excludedLocations: readonly string[];
  /** What the sale leaves at a location. Null: nothing. */
  minimumLeft: ByLocation<Amount> | null;
  /** Of scopes `channel:<c>` only: what is kept for the channel, so that no other sale takes it. */
  safetyStock: ByLocation<Amount> | null;
  /** Of scopes `channel:<c>` only: how much of a location's goods the channel may hold, whole percent. Null: all. */
  stockShare: ByLocation<number> | null;
  /** Null: no limit. */
  limit: Limit | null;
  unpaidOrder: UnpaidOrderRule;
  /** Of the scope `default` only: whoever leaves orders unpaid chooses the channel. Null: nothing is counted or kept. */
  velocity: Velocity | null;
  shortage: ShortageRule;
}

/** Rules of one scope; what a scope leaves out is taken from the next wider one. */
export type Policy = { [R in keyof Rules]?: Rules[R] | undefined };

export type Policies = ReadonlyMap<string, Policy>;

const WIDEST: Rules = {
  reserveAt: "ON_ORDER",
  unpaidHoldSeconds: DEFAULT_UNPAID_HOLD_SECONDS,
  unpaidHoldSecondsByClass: {},
  cartHoldSeconds: DEFAULT_CART_HOLD_SECONDS,
  cartHoldSecondsByClass: {},
  longestHoldSeconds: DEFAULT_LONGEST_HOLD_SECONDS,
  locationPriority: [],
  sourcing: "FEWEST_SPLITS",
  distancesKm: {},
  shippingCostsMinor: {},
  excludedLocations: [],
  minimumLeft: null,
  safetyStock: null,
  stockShare: null,
  limit: null,
  unpaidOrder: "WARN",
  velocity: null,
  shortage: DEFAULT_SHORTAGE_RULE,
};

/** Rules that are about single SKUs, so that a SKU may have its own; the others are about whole orders. */
export const RULES_OF_A_SKU = [
  "reserveAt",
  "cartHoldSeconds",
  "cartHoldSecondsByClass",
  "limit",
] as const satisfies readonly (keyof Rules)[];

/** The scope of a SKU's own rules. They go before those of region and channel. */
export const skuScope = (sku: string): string => `sku:${sku}`;

/** Rules that say what a channel has among all others: only the channel as a whole can have them. */
export const RULES_OF_A_CHANNEL = ["safetyStock", "stockShare"] as const satisfies readonly (keyof Rules)[];

/** The scope of a channel's rules. */
export const channelScope = (channel: string): string => `channel:${channel}`;

/** Scopes that apply to a sale, the narrowest first: region and channel together, region, channel, default. */
export function scopesOf(channel: string | null, region: string | null): string[] {
  const scopes: string[] = [];
  if (region !== null && channel !== null) scopes.push(`region:${region},channel:${channel}`);
  if (region !== null) scopes.push(`region:${region}`);
  if (channel !== null) scopes.push(channelScope(channel));
  scopes.push("default");
  return scopes;
}

/** The rules for a sale: each rule from the narrowest scope that has it. */
export function policyFor(policies: Pick<Policies, "get">, channel: string | null, region: string | null): Rules {
  let rules = WIDEST;
  for (const scope of scopesOf(channel, region).reverse()) rules = narrowed(rules, policies.get(scope));
  return rules;
}

/** The rules, but for those that a narrower scope sets otherwise. */
export function narrowed(wider: Rules, policy: Policy | undefined): Rules {
  if (policy === undefined) return wider;
  const set = Object.entries(policy).filter(([, rule]) => rule !== undefined);
  return set.length === 0 ? wider : { ...wider, ...(Object.fromEntries(set) as Partial<Rules>) };
}

/** How long a customer of a class is held, seconds. Classes may have names that every object answers to. */
export const secondsFor = (byClass: SecondsByClass, customerClass: string | null, others: number): number =>
  customerClass !== null && Object.hasOwn(byClass, customerClass) ? (byClass[customerClass] ?? others) : others;

/** A location's figure. Locations may have names that every object answers to. */
export const figureOf = (figures: FigureByLocation, location: string): number | undefined =>
  Object.hasOwn(figures, location) ? figures[location] : undefined;

/**
 * The order in which a sale asks locations of one kind: by distance or cost where its strategy goes by them (those
 * without a figure last), then by priority (those not named last), then by name.
 */
export function comparePlaces(rules: Rules): (a: string, b: string) => number {
  const { sourcing, distancesKm, shippingCostsMinor, locationPriority } = rules;
  const figures = sourcing === "DISTANCE" ? distancesKm : sourcing === "COST" ? shippingCostsMinor : undefined;
  const rank = new Map(locationPriority.map((location, index) => [location, index]));
  const figure = (location: string): number =>
    (figures === undefined ? 0 : figureOf(figures, location)) ?? Number.MAX_SAFE_INTEGER;
  return (a, b) => {
    const byFigure = figure(a) - figure(b);
    if (byFigure !== 0) return byFigure;
    const byPriority = (rank.get(a) ?? rank.size) - (rank.get(b) ?? rank.size);
    return byPriority !== 0 ? byPriority : Number(a > b) - Number(a < b);
  };
}

import type { UnitOfWork } from "@septet/service-kit";
import {
  type CartHold,
  type Command,
  cartKey,
  type Needs,
  NO_COUNTS,
  NO_PROMOTIONS,
  NO_VICTIMS,
  type Order,
  type Policies,
  placeKey,
  sharingChannels,
  type World,
} from "../domain/index.js";
import type { SlicePlan } from "../slice-plan.js";
import {
  type BundleInTheWay,
  byCartKey,
  findBundlesInTheWay,
  findCartsAt,
  findExpiredCarts,
  MAX_EXPIRED_CARTS,
} from "./cart-holds.js";
import { findExpiredHolds, findPromisesAt, MAX_EXPIRED_HOLDS } from "./find-victims.js";
import { loadChannelHolds } from "./load-channel-holds.js";
import { loadOrders } from "./load-orders.js";
import { loadRules } from "./load-rules.js";
import { loadStock } from "./load-stock.js";
import { loadSubstitutes } from "./load-substitutes.js";
import { paymentsReadUpTo } from "./payments-read.js";

/** Orders beside the slice's own that a decision depends on. */
export type WantedVictims = Pick<Needs, "expiredHoldsOf" | "reservationsAt" | "substitutesOf">;
export const NO_VICTIMS_WANTED: WantedVictims = { expiredHoldsOf: [], reservationsAt: [], substitutesOf: [] };

/** These orders' holds must be given back before the slice can be decided: after an outage there may be many. */
export class ExpiredHoldsFirst extends Error {
  /** What gives them back. */
  readonly commands: readonly Command[];

  constructor(commands: readonly Command[]) {
    super(`${commands.length} expired holds are in the way`);
    this.name = "ExpiredHoldsFirst";
    this.commands = commands;
  }
}

/** What settles holds of bundles that are in the way, under the locks of all their parts. */
const settling = ({ cartId, sku, part, location, missing }: BundleInTheWay): Command =>
  location === null
    ? { type: "ExpireCart", cartId, sku }
    : { type: "YieldCart", cartId, sku, missing: { sku: part, location, pieces: missing } };

/** Everything the commands are decided on, one statement per table; the locks of the plan are held. */
export async function loadWorld(
  unit: UnitOfWork,
  plan: SlicePlan,
  commands: readonly Command[],
  paymentsGraceMs: number,
): Promise<World> {
  const skus = [...plan.skus];
  const expires = commands.some((command) => command.type === "ExpireHold");
  const customerIds = customersAmong(commands, plan.customersAsked);
  const asked = { skus, cartIds: [...plan.cartIds], customerIds, own: customerIds.length === 0 ? [] : plan.orderIds };
  const { unpaidOrders, ...rules } = await loadRules(unit, asked);
  return {
    now: unit.now,
    holdsReleasableUpTo: expires ? await releasableUpTo(unit, paymentsGraceMs) : unit.now - paymentsGraceMs,
    stock: await loadStock(unit, skus),
    ...rules,
    orders: await loadOrders(unit, plan.orderIds),
    channelHolds: await channelHoldsOf(unit, rules.policies, skus),
    substitutes: new Map(),
    counts: { ...NO_COUNTS, own: new Set(plan.orderIds), unpaidOrders },
    promotions: NO_PROMOTIONS,
    heldSkus: plan.skus,
    victims: NO_VICTIMS,
  };
}

/** Customers of whom somebody wants to know whether they have paid their last order. */
function customersAmong(commands: readonly Command[], asked: boolean): string[] {
  const customers = new Set<string>();
  if (!asked) return [];
  for (const command of commands) {
    if (command.type === "PlaceOrder" && command.placement.customerId !== null) {
      customers.add(command.placement.customerId);
    }
  }
  return [...customers];
}

/** Holds may be released up to where payments have been read, and in any case up to the grace time ago. */
export async function releasableUpTo(
  unit: Pick<UnitOfWork, "query" | "now">,
  paymentsGraceMs: number,
): Promise<number> {
  return Math.max(await paymentsReadUpTo(unit), unit.now - paymentsGraceMs);
}

/** What channels with a share hold of the SKUs; undefined: none has one. */
async function channelHoldsOf(
  unit: UnitOfWork,
  policies: Policies,
  skus: readonly string[],
): Promise<Map<string, number> | undefined> {
  const sharing = sharingChannels(policies);
  return sharing.length === 0 ? undefined : loadChannelHolds(unit, skus, sharing);
}

/** What may be offered in place of shorted SKUs, with what their shelves hold: not locked, so nothing of it changes here. */
async function withSubstitutes(unit: UnitOfWork, world: World, { substitutesOf }: WantedVictims): Promise<World> {
  if (substitutesOf.length === 0) return world;
  const { substitutes, listings, policies } = await loadSubstitutes(unit, substitutesOf);
  const others = listings.filter(({ sku }) => !world.heldSkus.has(sku));
  const skus = [...new Set(others.map(({ sku }) => sku))];
  const stock = await loadStock(unit, skus);
  const channelHolds = await channelHoldsOf(unit, world.policies, skus);
  return {
    ...world,
    substitutes,
    channelHolds: channelHolds && new Map([...channelHolds, ...(world.channelHolds ?? [])]),
    policies: new Map([...policies, ...world.policies]),
    listings: new Map([...others.map((listing) => [listing.sku, listing] as const), ...world.listings]),
    stock: new Map([...stock, ...world.stock]),
  };
}

/**
 * Finds, locks and loads the victims. What changed between finding and locking is seen by the decision, which looks at
 * the rows as loaded. Where promises exceed what is there, expired holds of the SKU are given back first.
 * @throws ExpiredHoldsFirst when there are more expired holds than one transaction takes as victims
 */
export async function addVictims(unit: UnitOfWork, world: World, wanted: WantedVictims): Promise<World> {
  const skus = [...new Set([...wanted.expiredHoldsOf, ...wanted.reservationsAt.map((place) => place.sku)])];
  const upTo = Math.min(unit.now, Math.max(world.holdsReleasableUpTo, await paymentsReadUpTo(unit)));
  const expired = await findExpiredHolds(unit, skus, upTo);
  if (expired.length >= MAX_EXPIRED_HOLDS) {
    throw new ExpiredHoldsFirst(expired.map((orderId) => ({ type: "ExpireHold", orderId })));
  }
  const expiredCarts = await findExpiredCarts(unit, skus, unit.now);
  if (expiredCarts.length >= MAX_EXPIRED_CARTS) {
    throw new ExpiredHoldsFirst(expiredCarts.map(({ cartId, sku }) => ({ type: "ExpireCart", cartId, sku })));
  }
  const inTheWay = (await findBundlesInTheWay(unit, skus, wanted.reservationsAt, unit.now)).filter(
    ({ cartId, sku }) => !world.carts.has(cartKey(cartId, sku)),
  );
  if (inTheWay.length > 0) throw new ExpiredHoldsFirst(inTheWay.map(settling));
  const carts = byCartKey([...expiredCarts, ...(await findCartsAt(unit, wanted.reservationsAt))]);
  const promises = await findPromisesAt(unit, wanted.reservationsAt);
  const found = [...new Set([...expired, ...promises])].filter((orderId) => !world.orders.has(orderId));
  await unit.lockVictims("orders", "order_id", found);
  const victims = await loadOrders(unit, found);
  const orders = new Map<string, Order>([...world.orders, ...victims]);
  const reservationsAt = new Map(wanted.reservationsAt.map((p) => [placeKey(p.sku, p.location), p.missing]));
  return {
    ...(await withSubstitutes(unit, world, wanted)),
    orders,
    carts: new Map<string, CartHold>([...carts, ...world.carts]),
    holdsReleasableUpTo: upTo,
    victims: { expiredHoldsOf: new Set(skus), reservationsAt },
  };
}

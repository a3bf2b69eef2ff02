import { LIMITS, type RejectionReasonCode } from "@septet/stock-contracts";
import { type CartHold, heldPieces } from "./cart-hold.js";
import { expireCart, releaseFromCart } from "./cart-release.js";
import type { CartWish } from "./commands.js";
import type { Draft } from "./draft.js";
import { freeExpiredHolds } from "./expiring.js";
import type { Order } from "./order.js";
import type { Outcome } from "./outcomes.js";
import { type Rules, secondsFor } from "./policies.js";
import type { Freed } from "./saleable.js";
import { piecesBySku, sellableOf, source } from "./sourcing.js";
import { placeKey } from "./world.js";

/** A cart that says it has more is believed so far only. */
const MAX_CART_PIECES = 1_000 * LIMITS.MAX_QUANTITY_PIECES;

/**
 * Holds what a cart has of a SKU, where the policy reserves in carts: all that is in it or nothing more, so that no answer
 * tells how much there is. A fact (`by`) is kept whether or not it can be held, a wish (`to`) that is refused changes
 * nothing. What a changed policy no longer holds stays held until its time.
 */
export function holdCart(draft: Draft, wish: CartWish): Outcome {
  const { cartId, sku, change } = wish;
  const known = draft.carts.take(cartId, sku);
  if (known !== undefined && known.expiresAt <= draft.now) expireCart(draft, known);
  const before = draft.carts.take(cartId, sku);
  const wanted = "to" in change ? change.to : wantedAfter(before?.wanted ?? 0, change.by);
  const held = before === undefined ? 0 : heldPieces(before);
  if (wanted <= held && before !== undefined) return keepLess(draft, before, wish, wanted);
  if (wanted <= 0 || ("by" in change && change.by < 0)) {
    if (before !== undefined) before.wanted = wanted;
    return { type: "CART_DECIDED", hold: before, code: null };
  }
  const rules = draft.policyOf(wish, sku);
  if (rules.reserveAt !== "ON_CART") {
    if (before !== undefined && "by" in change) before.wanted = wanted;
    return { type: "CART_DECIDED", hold: before, code: "NOT_HELD_IN_CARTS" };
  }
  return holdMore(draft, before ?? newHold(draft, wish, rules), wish, wanted, rules);
}

/** Below 0 the shopper's order came before the cart's facts: what is taken out then was never held. */
function wantedAfter(before: number, by: number): number {
  if (by > 0) return Math.min(before + by, MAX_CART_PIECES);
  return before > 0 ? Math.max(0, before + by) : before;
}

/** A cart asks for no more than it has: the rest goes back. Asked for the same again, the hold is renewed. */
function keepLess(draft: Draft, hold: CartHold, wish: CartWish, wanted: number): Outcome {
  const held = heldPieces(hold);
  hold.wanted = wanted;
  const kept = Math.max(0, wanted);
  if (kept < held) releaseFromCart(draft, hold, held - kept, "REMOVED");
  else if (held > 0 && "to" in wish.change) renewHeld(draft, hold, wish);
  return { type: "CART_DECIDED", hold, code: null };
}

/** What a changed policy no longer holds in carts is not renewed. */
function renewHeld(draft: Draft, hold: CartHold, wish: CartWish): void {
  const rules = draft.policyOf(wish, wish.sku);
  if (rules.reserveAt === "ON_CART") renew(draft, hold, wish, rules);
}

function holdMore(draft: Draft, hold: CartHold, wish: CartWish, wanted: number, rules: Rules): Outcome {
  const { cartId, customerId, sku, change } = wish;
  const missing = wanted - heldPieces(hold);
  const code = reasonAgainst(draft, wish, wanted, missing);
  if (code === undefined) {
    const wants = [{ lineId: "", sku, quantity: missing }];
    for (const found of source(draft, wants, draft.rulesFor(wish))) {
      draft.reserveForCart(cartId, sku, found.location, found.quantity);
      addPieces(hold, found.location, found.quantity);
      draft.channelHolds.add(hold.channel, sku, found.location, found.quantity);
    }
    hold.wanted = wanted;
    hold.filledAt = Math.max(draft.now, draft.promotions.lastSoldOut(sku) + 1);
    renew(draft, draft.carts.put(hold), wish, rules);
    return { type: "CART_DECIDED", hold, code: null };
  }
  if ("by" in change) draft.carts.put(hold).wanted = wanted;
  draft.publish("CartHoldRejected", { cartId, customerId, sku, code });
  return { type: "CART_DECIDED", hold, code };
}

function reasonAgainst(draft: Draft, wish: CartWish, wanted: number, missing: number): RejectionReasonCode | undefined {
  const { sku } = wish;
  const listing = draft.listing(sku);
  if (listing === undefined && draft.rowsOf(sku).length === 0) return "UNKNOWN_SKU";
  if (listing?.active === false) return "SKU_INACTIVE";
  const rules = draft.rulesFor(wish);
  // What one movement cannot give back is not held.
  if (wanted > LIMITS.MAX_QUANTITY_PIECES) return "OUT_OF_STOCK";
  const { limit } = draft.policyOf(wish, sku);
  if (limit !== null && wanted > limit.perOrderPieces) return "LIMIT_PER_ORDER";
  if (sellableOf(draft, sku, rules) < missing) freeExpiredHolds(draft, sku, "");
  return sellableOf(draft, sku, rules) < missing ? "OUT_OF_STOCK" : undefined;
}

function newHold(draft: Draft, wish: CartWish, rules: Rules): CartHold {
  const { cartId, sku, customerId, channel, region } = wish;
  const { now } = draft;
  const expiresAt = now + cartHoldMs(wish, rules);
  return draft.carts.put({
    cartId,
    sku,
    customerId,
    channel,
    region,
    wanted: 0,
    startedAt: now,
    filledAt: now,
    expiresAt,
    places: [],
  });
}

/** Every piece put into a cart renews its hold, up to the longest that a hold may live; never shortens it. */
function renew(draft: Draft, hold: CartHold, wish: CartWish, rules: Rules): void {
  const ms = cartHoldMs(wish, rules);
  const latest = hold.startedAt + Math.max(ms, rules.longestHoldSeconds * 1000);
  hold.expiresAt = Math.max(hold.expiresAt, Math.min(draft.now + ms, latest));
  const { cartId, customerId, sku, expiresAt } = hold;
  draft.publish("CartHeld", { cartId, customerId, sku, quantity: heldPieces(hold), expiresAt });
}

const cartHoldMs = ({ customerClass }: CartWish, rules: Rules): number =>
  secondsFor(rules.cartHoldSecondsByClass, customerClass, rules.cartHoldSeconds) * 1000;

function addPieces(hold: CartHold, location: string, pieces: number): void {
  const there = hold.places.some((place) => place.location === location);
  hold.places = there
    ? hold.places.map((place) => (place.location === location ? { location, pieces: place.pieces + pieces } : place))
    : [...hold.places, { location, pieces }];
}

/** The hold of the shopper's own cart on a SKU, if it has pieces. */
export function ownHold(draft: Draft, order: Order, sku: string): CartHold | undefined {
  if (order.cartId === null || !draft.isHeld(sku)) return undefined;
  const hold = draft.carts.look(order.cartId, sku);
  return hold === undefined || hold.places.length === 0 ? undefined : hold;
}

/** The shopper's order takes the place of the cart's hold: its pieces go back, for the order to be served from. */
export function useUpCart(draft: Draft, order: Order, wants: readonly Ordered[]): Freed {
  const freed = new Map<string, number>();
  if (order.cartId === null) return freed;
  for (const [sku, quantity] of piecesBySku(wants)) {
    const hold = draft.isHeld(sku) ? draft.carts.take(order.cartId, sku) : undefined;
    if (hold === undefined || hold.wanted < 0) continue;
    for (const { location, pieces } of hold.places) freed.set(placeKey(sku, location), pieces);
    releaseFromCart(draft, hold, heldPieces(hold), "ORDERED");
    hold.wanted = Math.min(0, hold.wanted - quantity);
    if (hold.wanted < 0) hold.expiresAt = draft.now + draft.policyOf(order, sku).cartHoldSeconds * 1000;
  }
  return freed;
}

/** What of the wants has not been seen in the order's cart; to be asked before the cart's holds are used up. */
export function unseenInCart<W extends Ordered>(draft: Draft, { cartId }: Order, wants: readonly W[]): W[] {
  if (cartId === null) return [];
  return wants.filter(({ sku }) => draft.isHeld(sku) && draft.carts.look(cartId, sku) === undefined);
}

/**
 * What was ordered before it was seen in the cart is remembered as long as a hold would last: the cart's facts travel on a
 * topic of their own, and nothing is held for a shopper who has it already.
 */
export function noteOrdered(draft: Draft, order: Order, unseen: readonly Ordered[]): void {
  const { cartId, customerId, channel, region } = order;
  if (cartId === null) return;
  for (const [sku, quantity] of piecesBySku(unseen)) {
    const { reserveAt, cartHoldSeconds } = draft.policyOf(order, sku);
    if (reserveAt !== "ON_CART") continue;
    const wanted = -Math.min(quantity, LIMITS.MAX_QUANTITY_PIECES);
    const expiresAt = draft.now + cartHoldSeconds * 1000;
    const known = { cartId, sku, customerId, channel, region, startedAt: draft.now, filledAt: draft.now, expiresAt };
    draft.carts.put({ ...known, wanted, places: [] });
  }
}

type Ordered = Readonly<{ sku: string; quantity: number }>;

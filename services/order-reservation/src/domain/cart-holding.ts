import { LIMITS, type RejectionReasonCode } from "@septet/stock-contracts";
import { type CartHold, heldPieces, skuAt } from "./cart-hold.js";
import { expireCart, isWholeHere, releaseFromCart } from "./cart-release.js";
import type { CartWish } from "./commands.js";
import type { Draft } from "./draft.js";
import { freeExpiredHolds } from "./expiring.js";
import type { Order } from "./order.js";
import type { Outcome } from "./outcomes.js";
import { type Rules, secondsFor } from "./policies.js";
import type { Freed } from "./saleable.js";
import { type OwnPieces, piecesBySku, sellableOf, source, type Want } from "./sourcing.js";
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
  if (before !== undefined) renewParts(draft, before);
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

/** The catalogue makes the bundle of other parts by now: what is held is none, and is held anew. */
function renewParts(draft: Draft, hold: CartHold): void {
  const parts = draft.partsOf(hold.sku);
  if (JSON.stringify(parts) === JSON.stringify(hold.parts)) return;
  releaseFromCart(draft, hold, heldPieces(hold), "REMOVED");
  hold.parts = parts;
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
    const wants = leavesOf(draft, sku, missing);
    for (const found of source(draft, wants, draft.rulesFor(wish))) {
      draft.reserveForCart(cartId, found.sku, found.location, found.quantity);
      addPieces(hold, found.sku, found.location, found.quantity);
      draft.channelHolds.add(hold.channel, found.sku, found.location, found.quantity);
    }
    hold.wanted = wanted;
    hold.filledAt = Math.max(draft.now, ...wants.map((want) => draft.promotions.lastSoldOut(want.sku) + 1));
    renew(draft, draft.carts.put(hold), wish, rules);
    return { type: "CART_DECIDED", hold, code: null };
  }
  if ("by" in change) draft.carts.put(hold).wanted = wanted;
  draft.publish("CartHoldRejected", { cartId, customerId, sku, code });
  return { type: "CART_DECIDED", hold, code };
}

/** What is looked for to hold so many pieces more: of a bundle its parts. */
function leavesOf(draft: Draft, sku: string, missing: number): Want[] {
  const taken = draft.partsOf(sku) ?? [{ sku, quantity: 1 }];
  return taken.map((part) => ({ lineId: "", sku: part.sku, quantity: part.quantity * missing }));
}

function reasonAgainst(draft: Draft, wish: CartWish, wanted: number, missing: number): RejectionReasonCode | undefined {
  const { sku } = wish;
  const listing = draft.listing(sku);
  const isKnown = (one: string) => draft.listing(one) !== undefined || draft.rowsOf(one).length > 0;
  const parts = draft.partsOf(sku) ?? [];
  if (!isKnown(sku) || parts.some((part) => !isKnown(part.sku))) return "UNKNOWN_SKU";
  if (listing?.active === false) return "SKU_INACTIVE";
  const rules = draft.rulesFor(wish);
  // What one movement cannot give back is not held.
  const most = Math.max(1, ...parts.map(({ quantity }) => quantity));
  if (wanted * most > LIMITS.MAX_QUANTITY_PIECES) return "OUT_OF_STOCK";
  const { limit } = draft.policyOf(wish, sku);
  if (limit !== null && wanted > limit.perOrderPieces) return "LIMIT_PER_ORDER";
  let lacking = false;
  for (const want of leavesOf(draft, sku, missing)) {
    if (sellableOf(draft, want.sku, rules) < want.quantity) freeExpiredHolds(draft, want.sku, "");
    if (sellableOf(draft, want.sku, rules) < want.quantity) lacking = true;
  }
  return lacking ? "OUT_OF_STOCK" : undefined;
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
    parts: draft.partsOf(sku),
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

function addPieces(hold: CartHold, sku: string, location: string, pieces: number): void {
  const isHere = (place: CartHold["places"][number]) => place.location === location && skuAt(hold, place) === sku;
  hold.places = hold.places.some(isHere)
    ? hold.places.map((place) => (isHere(place) ? { ...place, pieces: place.pieces + pieces } : place))
    : [...hold.places, { location, pieces, ...(hold.parts === null ? {} : { sku }) }];
}

/** The hold of the shopper's own cart on a SKU, if it has pieces. */
export function ownHold(draft: Draft, order: Order, sku: string): CartHold | undefined {
  if (order.cartId === null || !draft.isHeld(sku)) return undefined;
  const hold = draft.carts.look(order.cartId, sku);
  return hold === undefined || hold.places.length === 0 || !isWholeHere(draft, hold) ? undefined : hold;
}

const NO_PIECES: ReadonlyMap<string, OwnPieces> = new Map();

/** What the shopper's own cart holds that these wants use up, by SKU: of bundles by part. */
export function ownPieces(draft: Draft, order: Order, wants: readonly Ordered[]): ReadonlyMap<string, OwnPieces> {
  if (order.cartId === null) return NO_PIECES;
  const own = new Map<string, { channel: string | null; at: Map<string, number> }>();
  for (const sku of new Set(wants.map((want) => want.sku))) {
    const hold = ownHold(draft, order, sku);
    for (const place of hold === undefined ? [] : hold.places) {
      const held = skuAt({ sku }, place);
      const pieces = own.get(held) ?? { channel: hold?.channel ?? null, at: new Map() };
      pieces.at.set(place.location, (pieces.at.get(place.location) ?? 0) + place.pieces);
      own.set(held, pieces);
    }
  }
  return own;
}

/** The shopper's order takes the place of the cart's hold: its pieces go back, for the order to be served from. */
export function useUpCart(draft: Draft, order: Order, wants: readonly Ordered[]): Freed {
  const freed = new Map<string, number>();
  if (order.cartId === null) return freed;
  for (const [sku, quantity] of piecesBySku(wants)) {
    const hold = draft.isHeld(sku) ? draft.carts.take(order.cartId, sku) : undefined;
    if (hold === undefined || hold.wanted < 0 || !isWholeHere(draft, hold)) continue;
    for (const place of hold.places) {
      const key = placeKey(skuAt(hold, place), place.location);
      freed.set(key, (freed.get(key) ?? 0) + place.pieces);
    }
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
    draft.carts.put({ ...known, wanted, places: [], parts: draft.partsOf(sku) });
  }
}

type Ordered = Readonly<{ sku: string; quantity: number }>;

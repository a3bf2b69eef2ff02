import type { ReleaseReason } from "@septet/stock-contracts";
import { type CartHold, type CartPlace, heldPieces, skuAt } from "./cart-hold.js";
import type { Draft } from "./draft.js";
import { takenBy } from "./line-pieces.js";

/** May a hold be changed here? One of a bundle only where its parts' streams are held as well as its own. */
export const isWholeHere = (draft: Draft, { sku, parts }: CartHold): boolean =>
  parts === null || (draft.isHeld(sku) && parts.every((part) => draft.isHeld(part.sku)));

/** Gives up to `pieces` of a cart's hold back to sale, the place that was found last first, and says so. */
export function releaseFromCart(draft: Draft, hold: CartHold, pieces: number, reason: ReleaseReason): void {
  giveBack(draft, hold, pieces, reason, [...hold.places].reverse());
}

/** The same for a SKU that is missing at one location: there only or, of a bundle, whole pieces and there first. */
export function releaseFromCartAt(
  draft: Draft,
  hold: CartHold,
  { sku, location }: { sku: string; location: string },
  missing: number,
  reason: ReleaseReason,
): void {
  const here = (place: CartPlace) => place.location === location && skuAt(hold, place) === sku;
  const there = hold.places.reduce((pieces, place) => pieces + (here(place) ? place.pieces : 0), 0);
  const reversed = [...hold.places].reverse();
  const part = hold.parts?.find((one) => one.sku === sku);
  const pieces = Math.ceil(Math.min(missing, there) / (part?.quantity ?? 1));
  if (pieces === 0) return;
  const first = reversed.filter(here);
  const places = part === undefined ? first : [...first, ...reversed.filter((place) => !here(place))];
  giveBack(draft, hold, Math.min(pieces, heldPieces(hold)), reason, places);
}

/** @param places where pieces are taken from, in this order */
function giveBack(
  draft: Draft,
  hold: CartHold,
  pieces: number,
  reason: ReleaseReason,
  places: readonly CartPlace[],
): void {
  const { cartId, customerId, sku } = hold;
  const due = new Map(takenBy(hold).map((part) => [part.sku, part.quantity * pieces]));
  const left = new Map<CartPlace, number>();
  for (const place of places) {
    const taken = skuAt(hold, place);
    const quantity = Math.min(due.get(taken) ?? 0, place.pieces);
    if (quantity === 0) continue;
    draft.releaseFromCart(cartId, taken, place.location, quantity, reason);
    draft.channelHolds.add(hold.channel, taken, place.location, -quantity);
    due.set(taken, (due.get(taken) ?? 0) - quantity);
    left.set(place, place.pieces - quantity);
  }
  if (left.size === 0) return;
  hold.places = hold.places.flatMap((place) => {
    const now = left.get(place) ?? place.pieces;
    return now === 0 ? [] : [{ ...place, pieces: now }];
  });
  draft.publish("CartHoldReleased", { cartId, customerId, sku, quantity: pieces, reason });
}

/** Ends a cart's hold whose time has passed. */
export function expireCart(draft: Draft, hold: CartHold): void {
  releaseFromCart(draft, hold, heldPieces(hold), "EXPIRED");
  hold.wanted = 0;
}

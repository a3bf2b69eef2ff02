import type { ReleaseReason } from "@septet/stock-contracts";
import { type CartHold, type CartPlace, heldPieces } from "./cart-hold.js";
import type { Draft } from "./draft.js";

/** Gives up to `pieces` of a cart's hold back to sale, the place that was found last first, and says so. */
export function releaseFromCart(draft: Draft, hold: CartHold, pieces: number, reason: ReleaseReason): void {
  releaseAt(draft, hold, pieces, reason, () => true);
}

/** The same at one location only. */
export function releaseFromCartAt(
  draft: Draft,
  hold: CartHold,
  location: string,
  pieces: number,
  reason: ReleaseReason,
): void {
  releaseAt(draft, hold, pieces, reason, (place) => place.location === location);
}

function releaseAt(
  draft: Draft,
  hold: CartHold,
  pieces: number,
  reason: ReleaseReason,
  here: (place: CartPlace) => boolean,
): void {
  const { cartId, customerId, sku } = hold;
  const left: CartPlace[] = [];
  let released = 0;
  for (const place of [...hold.places].reverse()) {
    const quantity = here(place) ? Math.min(pieces - released, place.pieces) : 0;
    if (quantity > 0) {
      draft.releaseFromCart(cartId, sku, place.location, quantity, reason);
      draft.channelHolds.add(hold.channel, sku, place.location, -quantity);
    }
    released += quantity;
    if (quantity < place.pieces) left.unshift({ ...place, pieces: place.pieces - quantity });
  }
  hold.places = left;
  if (released > 0) draft.publish("CartHoldReleased", { cartId, customerId, sku, quantity: released, reason });
}

/** Ends a cart's hold whose time has passed. */
export function expireCart(draft: Draft, hold: CartHold): void {
  releaseFromCart(draft, hold, heldPieces(hold), "EXPIRED");
  hold.wanted = 0;
}

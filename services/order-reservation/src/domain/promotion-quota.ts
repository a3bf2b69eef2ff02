import { heldPieces } from "./cart-hold.js";
import { ownHold } from "./cart-holding.js";
import type { Draft } from "./draft.js";
import { hasBundles } from "./line-pieces.js";
import type { Order, RejectionReason } from "./order.js";
import type { Want } from "./sourcing.js";

/**
 * SKUs of which an order that names a promotion gets nothing new at its price: the quota is gone for good, whatever was
 * released since. What the shopper's cart has held since before is of the quota still. A bundle is gone with any of its parts.
 */
function goneSkus(draft: Draft, order: Order, wants: readonly Want[]): ReadonlySet<string> {
  const { promotionId } = order;
  const gone = new Set<string>();
  if (promotionId === null || draft.promotions.isEmpty) return gone;
  for (const want of wants) {
    const { sku } = want;
    const soldOutAt = soldOutOf(draft, order, promotionId, want);
    if (soldOutAt === null || gone.has(sku)) continue;
    const wanted = wants.reduce((pieces, other) => pieces + (other.sku === sku ? other.quantity : 0), 0);
    const own = ownHold(draft, order, sku);
    if (own === undefined || own.filledAt > soldOutAt || heldPieces(own) < wanted) gone.add(sku);
  }
  return gone;
}

/** When the quota of what a line takes was gone first (epoch ms), null: it is not. */
function soldOutOf(draft: Draft, order: Order, promotionId: string, { lineId, sku }: Want): number | null {
  const own = draft.promotions.soldOutAt(promotionId, sku);
  if (own !== null || !hasBundles(order)) return own;
  let first: number | null = null;
  for (const part of order.lines.find((line) => line.lineId === lineId)?.parts ?? []) {
    const soldOutAt = draft.promotions.soldOutAt(promotionId, part.sku);
    if (soldOutAt !== null && (first === null || soldOutAt < first)) first = soldOutAt;
  }
  return first;
}

/** Why an order may not be served anew: what its promotion has no more of. What is promised already stays promised. */
export function reasonsOfQuota(draft: Draft, order: Order, wants: readonly Want[]): RejectionReason[] {
  const gone = goneSkus(draft, order, wants);
  const code = "PROMOTION_SOLD_OUT";
  return wants.flatMap(({ lineId, sku }) => (gone.has(sku) ? [{ lineId, sku, code }] : []));
}

/** Is the quota gone of the promotion that the order names? What was released of the SKU is not for it then. */
export const isQuotaGone = (draft: Draft, { promotionId }: Order, sku: string): boolean =>
  promotionId !== null && draft.promotions.soldOutAt(promotionId, sku) !== null;

/** Parts what an order wants now from what its promotion has no more of. */
export function withinQuota(
  draft: Draft,
  order: Order,
  all: readonly Want[],
): { wants: readonly Want[]; gone: readonly Want[] } {
  const skus = goneSkus(draft, order, all);
  if (skus.size === 0) return { wants: all, gone: [] };
  return { wants: all.filter(({ sku }) => !skus.has(sku)), gone: all.filter(({ sku }) => skus.has(sku)) };
}

import type { LockRefusalCode, LockReleasePolicy } from "@septet/stock-contracts";
import type { Draft } from "./draft.js";
import { tendLocks, unlock } from "./locking.js";
import type { Outcome } from "./outcomes.js";
import type { PromotionLock, PromotionOfSku } from "./promotion.js";

/** Stock to be kept out of a promotion, in pieces. */
export interface LockWish {
  sku: string;
  location: string;
  lockedQuantity: number;
  releasePolicy: LockReleasePolicy;
}

/** What of `PromotionScheduled`, or of a wish for locks, decides them. */
export interface Schedule {
  promotionId: string;
  startsAt: number;
  endsAt: number;
  items: readonly LockWish[];
  /** The items are all there are: what is not among them is set aside no longer. Else they are added to the others. */
  whole: boolean;
}

/** Names a lock. */
export interface LockName {
  promotionId: string;
  sku: string;
  location: string;
}

/**
 * Schedules a promotion, or changes one: its times and what is kept out of it. What can be locked is locked when it begins,
 * at once if it has begun. One that is over stays over.
 */
export function schedulePromotion(draft: Draft, schedule: Schedule): Outcome {
  const { promotionId, startsAt, endsAt, items } = schedule;
  const known = draft.promotions.promotion(promotionId);
  const endedAt = known?.endedAt ?? null;
  const wasOver = known !== undefined && known.endsAt !== null && known.endsAt <= draft.now;
  const refused = (code: LockRefusalCode, index: number | null = null): Outcome => ({
    type: "LOCK_REFUSED",
    code,
    index,
  });
  if (endedAt !== null || wasOver || endsAt <= draft.now) return refused("PROMOTION_OVER");
  if (!schedule.whole) {
    const index = items.findIndex(({ sku, location }) => unknown(draft, sku, location) !== undefined);
    const item = items[index];
    if (item !== undefined) return refused(unknown(draft, item.sku, item.location) ?? "UNKNOWN_SKU", index);
  }
  draft.promotions.put({ promotionId, startsAt, endsAt, endedAt });
  const bySku = new Map<string, LockWish[]>();
  for (const item of items) bySku.set(item.sku, [...(bySku.get(item.sku) ?? []), item]);
  for (const promotion of draft.promotions.skusOf(promotionId)) {
    Object.assign(promotion, { startsAt, endsAt });
    if (promotion.started && startsAt > draft.now) putOff(draft, promotion);
    draft.promotions.sort(promotion.sku);
    const wishes = bySku.get(promotion.sku);
    if (wishes !== undefined) promotion.closed = false;
    if (wishes !== undefined || schedule.whole) wish(draft, promotion, wishes ?? [], schedule.whole);
    if (wishes === undefined && schedule.whole) promotion.closed = true;
    bySku.delete(promotion.sku);
  }
  for (const [sku, wishes] of bySku) draft.promotions.add(promotionOf(schedule, sku, wishes));
  return tended(draft, promotionId);
}

/** Why nobody can have meant this. A SKU is known when it is listed or has ever had stock here. */
function unknown(draft: Draft, sku: string, location: string): LockRefusalCode | undefined {
  const rows = draft.rowsOf(sku);
  if (rows.length === 0 && draft.listing(sku) === undefined) return "UNKNOWN_SKU";
  const { kind, active } = draft.location(location);
  const known = draft.isDefined(location) || rows.some((row) => row.location === location);
  return known && kind === "WAREHOUSE" && active ? undefined : "UNKNOWN_LOCATION";
}

const lockOf = ({ location, lockedQuantity, releasePolicy }: LockWish): PromotionLock => ({
  location,
  wanted: lockedQuantity,
  locked: 0,
  releasePolicy,
});

function promotionOf(schedule: Schedule, sku: string, wishes: readonly LockWish[]): PromotionOfSku {
  const { promotionId, startsAt, endsAt } = schedule;
  const begun = { started: false, opened: false, soldOutAt: null, alerted: false, closed: false } as const;
  return { promotionId, sku, startsAt, endsAt, endedAt: null, ...begun, locks: wishes.map(lockOf) };
}

/** Locks that are wanted otherwise than before: what is too much goes back, what is too little is taken when locks are tended. */
function wish(draft: Draft, promotion: PromotionOfSku, wishes: readonly LockWish[], whole: boolean): void {
  for (const lock of promotion.locks) {
    const item = wishes.find(({ location }) => location === lock.location);
    if (item === undefined && !whole) continue;
    const wanted = item?.lockedQuantity ?? 0;
    unlock(draft, promotion, lock, Math.max(0, lock.locked - wanted), wanted);
  }
  const places = new Set(promotion.locks.map(({ location }) => location));
  const kept = promotion.locks.map((lock) => {
    const releasePolicy = wishes.find(({ location }) => location === lock.location)?.releasePolicy;
    return releasePolicy === undefined ? lock : { ...lock, releasePolicy };
  });
  promotion.locks = [...kept, ...wishes.filter(({ location }) => !places.has(location)).map(lockOf)];
}

/** It had begun and is to begin later: until then nothing is set aside from it. A quota that is gone stays gone. */
function putOff(draft: Draft, promotion: PromotionOfSku): void {
  for (const lock of promotion.locks) unlock(draft, promotion, lock, lock.locked);
  promotion.started = false;
  promotion.opened = promotion.soldOutAt !== null;
}

/** Its end is told; it may come before its beginning. Told again, it changes nothing. */
export function endPromotion(draft: Draft, promotionId: string): Outcome {
  const known = draft.promotions.promotion(promotionId);
  if (known !== undefined && known.endedAt !== null) return tended(draft, promotionId);
  const endedAt = draft.now;
  draft.promotions.put({ promotionId, startsAt: null, endsAt: null, ...known, endedAt });
  for (const promotion of draft.promotions.skusOf(promotionId)) promotion.endedAt = endedAt;
  return tended(draft, promotionId);
}

/** Gives a lock, or `quantity` pieces of it, back to sale before its time; it does not fill up again. */
export function releaseLock(draft: Draft, { promotionId, sku, location }: LockName, quantity: number | null): Outcome {
  const promotion = draft.promotions.take(sku).find((one) => one.promotionId === promotionId);
  const lock = promotion?.locks.find((one) => one.location === location);
  if (promotion === undefined || lock === undefined) return { type: "LOCK_REFUSED", code: "UNKNOWN_LOCK", index: null };
  if (quantity !== null && quantity > lock.locked) return { type: "LOCK_REFUSED", code: "NOT_LOCKED", index: null };
  const pieces = quantity ?? lock.locked;
  unlock(draft, promotion, lock, pieces, quantity === null ? 0 : lock.wanted - pieces);
  return tended(draft, promotionId, sku);
}

function tended(draft: Draft, promotionId: string, only?: string): Outcome {
  const skus = draft.promotions.skusOf(promotionId).filter(({ sku }) => only === undefined || sku === only);
  for (const { sku } of skus) tendLocks(draft, sku);
  return { type: "LOCKS_DECIDED", promotionId, skus: skus.map((one) => ({ ...one })) };
}

import type { LockReleasePolicy } from "@septet/stock-contracts";

/** Stock of a SKU at a warehouse that is kept out of a promotion, in pieces. */
export interface PromotionLock {
  readonly location: string;
  /** How much is to be set aside. */
  readonly wanted: number;
  /** How much is. */
  readonly locked: number;
  readonly releasePolicy: LockReleasePolicy;
}

/** What a promotion is to one of its SKUs. It changes under the lock of the SKU's stream alone. */
export interface PromotionOfSku {
  promotionId: string;
  sku: string;
  /** Epoch ms, as all times here. */
  startsAt: number;
  endsAt: number;
  /** When its end was told, null: not yet. */
  endedAt: number | null;
  /** Its time has begun, and what could be set aside then was. */
  started: boolean;
  /** There has been something to sell while it ran: what was never there cannot be gone. */
  opened: boolean;
  /** When its quota was gone; for good. */
  soldOutAt: number | null;
  /** Somebody has been told that less is set aside than was asked for. */
  alerted: boolean;
  /** Over, and nothing is set aside any more: of interest only to orders that name it. */
  closed: boolean;
  /** Replaced and never changed in place. */
  locks: readonly PromotionLock[];
}

/** A promotion itself: what must be known before any of its SKUs is. */
export interface Promotion {
  promotionId: string;
  /** Null: only its end is known. */
  startsAt: number | null;
  endsAt: number | null;
  endedAt: number | null;
}

/** Everything about promotions that a slice is decided on. */
export interface Promotions {
  /** By SKU: those that are not closed, and closed ones that an order of the slice names. */
  ofSku: ReadonlyMap<string, readonly PromotionOfSku[]>;
  /** Those that the slice schedules or ends. */
  byId: ReadonlyMap<string, Promotion>;
  /** How long after the end `ON_PROMOTION_ENDED` waits. */
  graceMs: number;
}

export const NO_PROMOTIONS: Promotions = { ofSku: new Map(), byId: new Map(), graceMs: 0 };

/** When it is over: at its end, or when its end was told. */
export const overAt = ({ endsAt, endedAt }: Pick<PromotionOfSku, "endsAt" | "endedAt">): number =>
  endedAt === null ? endsAt : Math.min(endsAt, endedAt);

/** Does it sell at its price now, or would it if it had a quota? */
export const isRunning = (promotion: PromotionOfSku, now: number): boolean =>
  promotion.started && !promotion.closed && now < overAt(promotion);

export function lockedPieces({ locks }: Pick<PromotionOfSku, "locks">): number {
  let pieces = 0;
  for (const { locked } of locks) pieces += locked;
  return pieces;
}

/** May a lock be filled, or filled up again? Not before its time, nor once there is nothing left to keep it out of. */
export const keepsLocking = (promotion: PromotionOfSku, now: number): boolean =>
  isRunning(promotion, now) && promotion.soldOutAt === null;

/** When a lock goes back to sale by time. */
export const releasedAt = (promotion: PromotionOfSku, { releasePolicy }: PromotionLock, graceMs: number): number =>
  overAt(promotion) + (releasePolicy === "ON_PROMOTION_ENDED" ? graceMs : 0);

/** When time alone changes it next (epoch ms), null: never. Whatever was due at `now` is done. */
export function dueAt(promotion: PromotionOfSku, now: number, graceMs: number): number | null {
  if (promotion.closed) return null;
  if (!promotion.started) return promotion.startsAt;
  if (now < overAt(promotion)) return overAt(promotion);
  const held = promotion.locks.filter(({ locked }) => locked > 0);
  return held.length === 0 ? null : Math.min(...held.map((lock) => releasedAt(promotion, lock, graceMs)));
}

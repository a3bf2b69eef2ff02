import type { Command } from "./commands.js";
import type { Draft } from "./draft.js";
import {
  isRunning,
  keepsLocking,
  lockedPieces,
  overAt,
  type PromotionLock,
  type PromotionOfSku,
  releasedAt,
} from "./promotion.js";
import { isForSale } from "./promotion-sales.js";
import { transferableAt } from "./saleable.js";
import type { StockRow } from "./world.js";

/**
 * Does what time and stock ask of the locks of a SKU: begins those whose time has come, ends those that are over, sets
 * aside what is missing, and sees whether the quota is gone. Asked again, it changes nothing.
 *
 * Once nothing may be sold at any own location while a promotion runs that has had something to sell, the quota of every
 * promotion that runs is gone, for good: what is released then belongs to none of them.
 */
export function tendLocks(draft: Draft, sku: string): void {
  if (!draft.isHeld(sku) || draft.promotions.look(sku).every(isSettled)) return;
  const all = draft.promotions.take(sku);
  const promotions = all.filter(({ closed }) => !closed);
  for (const promotion of promotions) {
    if (draft.now >= overAt(promotion)) end(draft, promotion);
    else if (draft.now >= promotion.startsAt) promotion.started = true;
  }
  for (const promotion of promotions) if (keepsLocking(promotion, draft.now)) fill(draft, promotion);
  const running = promotions.filter((promotion) => isRunning(promotion, draft.now));
  watchQuota(draft, sku, running);
  for (const promotion of running) {
    if (promotion.soldOutAt !== null) releaseWhere(draft, promotion, (lock) => lock.releasePolicy === "AT_ZERO");
  }
  for (const promotion of all) watchMissing(draft, promotion);
}

const isSettled = ({ closed, alerted }: PromotionOfSku): boolean => closed && !alerted;

/** Does what time asks of every SKU of the slice, before anything else is decided. */
export function tendAllLocks(draft: Draft): void {
  for (const sku of draft.promotions.skus()) tendLocks(draft, sku);
}

/** The same where pieces have moved since `effects` were so many. */
export function tendLocksAfter(draft: Draft, command: Command, effects: number): void {
  if (draft.promotions.isEmpty) return;
  const moved = new Set<string>();
  if (command.type === "ApplyMovement") moved.add(command.movement.sku);
  for (const effect of draft.effects.slice(effects)) if (effect.kind === "movement") moved.add(effect.draft.sku);
  for (const sku of moved) tendLocks(draft, sku);
}

/** What a location below 0 needs is taken from its locks first: a promise outranks a promotion. */
export function releaseLocksFor(draft: Draft, sku: string, location: string): void {
  if (draft.promotions.look(sku).every(({ closed }) => closed)) return;
  const promotions = [...draft.promotions.take(sku)].sort(leastNeeded);
  for (const promotion of promotions) {
    for (const lock of promotion.locks) {
      const missing = -draft.row(sku, location).sellable;
      if (lock.location === location && missing > 0) unlock(draft, promotion, lock, Math.min(missing, lock.locked));
    }
  }
}

/** Of whose quota nothing is left first, then who ends first. */
const leastNeeded = (a: PromotionOfSku, b: PromotionOfSku): number =>
  Number(b.soldOutAt !== null) - Number(a.soldOutAt !== null) ||
  overAt(a) - overAt(b) ||
  Number(a.promotionId > b.promotionId) - Number(a.promotionId < b.promotionId);

/** Gives pieces of a lock back to sale; it goes on wanting as many as before unless `wanted` says otherwise. */
export function unlock(
  draft: Draft,
  promotion: PromotionOfSku,
  lock: PromotionLock,
  pieces: number,
  wanted = lock.wanted,
): void {
  const { promotionId, sku } = promotion;
  if (pieces > 0) draft.unlock(promotionId, sku, lock.location, pieces);
  if (pieces > 0 || wanted !== lock.wanted) replace(promotion, lock, { ...lock, wanted, locked: lock.locked - pieces });
}

function replace(promotion: PromotionOfSku, { location }: PromotionLock, by: PromotionLock): void {
  promotion.locks = promotion.locks.map((lock) => (lock.location === location ? by : lock));
}

/** Over: what is due goes back to sale, and when nothing is set aside any more it is of no interest. */
function end(draft: Draft, promotion: PromotionOfSku): void {
  const { graceMs } = draft.promotions;
  releaseWhere(draft, promotion, (lock) => draft.now >= releasedAt(promotion, lock, graceMs));
  if (lockedPieces(promotion) === 0) promotion.closed = true;
}

function releaseWhere(draft: Draft, promotion: PromotionOfSku, due: (lock: PromotionLock) => boolean): void {
  const released = promotion.locks.filter((lock) => lock.locked > 0 && due(lock));
  if (released.length === 0) return;
  const { promotionId, sku } = promotion;
  const message = `What was set aside from promotion ${promotionId} goes back to sale.`;
  alert(draft, "PROMOTION_STOCK_RELEASED", promotion, sku, message);
  for (const lock of released) unlock(draft, promotion, lock, lock.locked);
}

function fill(draft: Draft, promotion: PromotionOfSku): void {
  const { promotionId, sku } = promotion;
  for (const lock of promotion.locks) {
    const missing = lock.wanted - lock.locked;
    if (missing <= 0) continue;
    const row = draft.rowsOf(sku).find(({ location }) => location === lock.location);
    const pieces = row === undefined ? 0 : Math.min(missing, lockableAt(draft, row));
    if (pieces <= 0) continue;
    draft.lock(promotionId, sku, lock.location, pieces);
    replace(promotion, lock, { ...lock, locked: lock.locked + pieces });
  }
}

function watchQuota(draft: Draft, sku: string, running: readonly PromotionOfSku[]): void {
  const selling = running.filter(({ soldOutAt }) => soldOutAt === null);
  if (selling.length === 0) return;
  if (draft.rowsOf(sku).some((row) => isForSale(draft, row))) {
    for (const promotion of selling) promotion.opened = true;
  } else if (selling.some(({ opened }) => opened)) {
    for (const promotion of selling) promotion.soldOutAt = draft.now;
  }
}

/** What can be set aside: our own stock where it may be sold, less what is kept for channels. */
function lockableAt(draft: Draft, row: StockRow): number {
  const { kind, active } = draft.location(row.location);
  return kind === "WAREHOUSE" && active ? transferableAt(draft, row) : 0;
}

/** Somebody is told once when less is set aside than was asked for, and once when that is over. */
function watchMissing(draft: Draft, promotion: PromotionOfSku): void {
  const missing = keepsLocking(promotion, draft.now) && promotion.locks.some(({ wanted, locked }) => locked < wanted);
  if (missing === promotion.alerted) return;
  promotion.alerted = missing;
  const { promotionId, sku } = promotion;
  const message = `Less of ${sku} is set aside from promotion ${promotionId} than was asked for.`;
  if (missing) alert(draft, "LOCK_INCOMPLETE", promotion, sku, message);
  else {
    draft.publish("StockAlertCleared", { ...about("LOCK_INCOMPLETE", promotion), message: null });
  }
}

type LockAlert = "LOCK_INCOMPLETE" | "PROMOTION_STOCK_RELEASED";

const about = (code: LockAlert, { promotionId, sku }: PromotionOfSku) =>
  ({
    alertId: `${code}:${promotionId}:${sku}`,
    code,
    service: "order-reservation",
    sku,
    location: null,
    supplierId: null,
    orderId: null,
  }) as const;

function alert(draft: Draft, code: LockAlert, promotion: PromotionOfSku, sku: string, message: string): void {
  const severity = code === "LOCK_INCOMPLETE" ? "WARNING" : "INFO";
  draft.publish("StockAlertRaised", { ...about(code, promotion), sku, severity, message, details: null });
}

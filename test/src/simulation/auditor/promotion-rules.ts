import type { StockMovement } from "@septet/stock-contracts";
import { buyerOf } from "../workload/buyer.js";
import { promotionOf } from "../workload/promoting.js";
import type { Evidence } from "./auditor.js";
import type { Findings } from "./findings.js";
import { movementsOf } from "./movement-rules.js";
import type { PromotionRow } from "./tables.js";

/** How long after a promotion's end stock may stay set aside, and how long it may take until somebody sees to it, ms. */
const GRACE_MS = 600_000;
const SEEN_TO_WITHIN_MS = 60_000;

/** What is kept out of promotions, when it goes back, and to whom it is sold then. */
export function promotionRules(evidence: Evidence, findings: Findings): void {
  if (evidence.tables.orders === undefined) return;
  const moved = movementsOf(evidence).filter(({ recordedBy }) => recordedBy === "order-reservation");
  locksHoldWhatTheySay(evidence, moved, findings);
  goneQuotasLockNothing(evidence, moved, findings);
  releasedPiecesSellAtTheNormalPrice(evidence, moved, findings);
  onlyGoneQuotasRefuse(evidence, findings);
  releasesAreTold(evidence, moved, findings);
  endedPromotionsHoldNothing(evidence, findings);
}

const nameOf = (promotionId: string, sku: string): string => `${sku} of ${promotionId}`;
const isLock = ({ kind }: StockMovement): boolean => kind === "LOCK" || kind === "UNLOCK";

function locksHoldWhatTheySay({ tables }: Evidence, moved: readonly StockMovement[], findings: Findings): void {
  const held = new Map<string, number>();
  for (const movement of moved.filter(isLock)) {
    for (const { location, bucket, delta } of movement.legs) {
      if (bucket !== "locked") continue;
      const key = `${nameOf(movement.reference.id, movement.sku)} at ${location}`;
      held.set(key, (held.get(key) ?? 0) + delta);
      findings.expect(held.get(key)! >= 0, "no promotion gives back what is not set aside from it", () => key);
    }
  }
  for (const { promotion_id, sku, locks } of tables.promotions) {
    for (const { location, locked, wanted } of locks) {
      const key = `${nameOf(promotion_id, sku)} at ${location}`;
      const shown = () => `${key}: ${locked} of ${wanted}, moved ${held.get(key) ?? 0}`;
      findings.expect(locked === (held.get(key) ?? 0), "what a promotion shows as set aside was set aside", shown);
      findings.expect(locked <= wanted, "no more is set aside than was asked for", shown);
      held.delete(key);
    }
  }
  for (const [key, pieces] of held) {
    findings.expect(pieces === 0, "what is set aside belongs to a promotion", () => `${key}: ${pieces}`);
  }
}

const soldOutOf = ({ tables }: Evidence): Map<string, PromotionRow & { sold_out_at: number }> => {
  const gone = new Map<string, PromotionRow & { sold_out_at: number }>();
  for (const row of tables.promotions) {
    const { sold_out_at } = row;
    if (sold_out_at !== null) gone.set(nameOf(row.promotion_id, row.sku), { ...row, sold_out_at });
  }
  return gone;
};

function goneQuotasLockNothing(evidence: Evidence, moved: readonly StockMovement[], findings: Findings): void {
  const gone = soldOutOf(evidence);
  for (const { kind, reference, sku, occurredAt } of moved) {
    if (kind !== "LOCK") continue;
    const soldOutAt = gone.get(nameOf(reference.id, sku))?.sold_out_at ?? Number.POSITIVE_INFINITY;
    const shown = () => `${nameOf(reference.id, sku)} at ${occurredAt}, sold out at ${soldOutAt}`;
    findings.expect(occurredAt <= soldOutAt, "a quota that is gone sets nothing aside any more", shown);
  }
}

/** An order that names a promotion is promised nothing new of a SKU whose quota was gone before. Carts kept what they held. */
function releasedPiecesSellAtTheNormalPrice(
  evidence: Evidence,
  moved: readonly StockMovement[],
  findings: Findings,
): void {
  const gone = soldOutOf(evidence);
  const served = new Set<string>();
  for (const { kind, reference, sku, occurredAt } of moved) {
    if (kind !== "RESERVE" || reference.type !== "order") continue;
    const promotionId = promotionOf(reference.id);
    const order = `${sku} for ${reference.id}`;
    const isFirst = !served.has(order);
    served.add(order);
    if (promotionId === null || !isFirst || buyerOf(reference.id).cartId !== null) continue;
    const soldOutAt = gone.get(nameOf(promotionId, sku))?.sold_out_at ?? Number.POSITIVE_INFINITY;
    const shown = () => `${order} at ${occurredAt}, ${promotionId} was sold out at ${soldOutAt}`;
    findings.expect(occurredAt <= soldOutAt, "what is released is sold at the normal price only", shown);
  }
}

/** When the quota of a SKU was gone; of a bundle with the first of its parts. */
function goneAt(
  { script }: Evidence,
  gone: ReadonlyMap<string, { sold_out_at: number }>,
  promotionId: string,
  sku: string,
): number | undefined {
  const bundle = script.moves.find(({ move }) => move.do === "bundle" && move.sku === sku)?.move;
  const skus = bundle?.do === "bundle" ? bundle.parts.map((part) => part.sku) : [sku];
  const times = skus.flatMap((one) => gone.get(nameOf(promotionId, one))?.sold_out_at ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

function onlyGoneQuotasRefuse(evidence: Evidence, findings: Findings): void {
  const gone = soldOutOf(evidence);
  for (const { value } of evidence.history.records("OrderReservationRejected")) {
    for (const { sku, code } of value.reasons) {
      if (code !== "PROMOTION_SOLD_OUT") continue;
      const promotionId = promotionOf(value.orderId);
      const soldOutAt = promotionId === null ? undefined : goneAt(evidence, gone, promotionId, sku ?? "");
      const shown = () => `${value.orderId} for ${sku} of ${promotionId} at ${value.occurredAt}, gone at ${soldOutAt}`;
      const holds = soldOutAt !== undefined && soldOutAt <= value.occurredAt;
      findings.expect(holds, "only a quota that is gone refuses an order", shown);
    }
  }
}

/**
 * What a quota gives back when it is gone is told in that moment. What a promise had needed before, or somebody gave back by
 * hand, is not the quota's.
 */
function releasesAreTold(evidence: Evidence, moved: readonly StockMovement[], findings: Findings): void {
  const told = new Set<string>();
  for (const { value } of evidence.history.records("StockAlertRaised")) {
    if (value.code === "PROMOTION_STOCK_RELEASED") told.add(`${value.alertId} at ${value.occurredAt}`);
  }
  const gone = soldOutOf(evidence);
  const otherwise = givenBackOtherwise(evidence);
  for (const { kind, reference, sku, occurredAt, legs } of moved) {
    const row = gone.get(nameOf(reference.id, sku));
    if (kind !== "UNLOCK" || row?.sold_out_at !== occurredAt) continue;
    const lock = row.locks.find(({ location }) => legs.some((leg) => leg.location === location));
    if (lock?.release_policy !== "AT_ZERO") continue;
    if (otherwise.has(`${sku} at ${lock.location}`)) continue;
    const alert = `PROMOTION_STOCK_RELEASED:${reference.id}:${sku} at ${occurredAt}`;
    findings.expect(told.has(alert), "somebody is told what goes back to sale", () => alert);
  }
}

/** Where locks may have been released for something else: goods went missing, or an operator asked for it. */
function givenBackOtherwise(evidence: Evidence): ReadonlySet<string> {
  const places = new Set<string>();
  for (const { sku, recordedBy, legs } of movementsOf(evidence)) {
    if (recordedBy === "order-reservation") continue;
    for (const { location, bucket, delta } of legs) {
      if (bucket === "sellable" && delta < 0) places.add(`${sku} at ${location}`);
    }
  }
  for (const { move } of evidence.history.exchanges) {
    if (move.do === "releaseLock") places.add(`${move.sku} at ${move.location}`);
  }
  return places;
}

/**
 * The earliest moment at which a promotion may have been over, epoch ms: schedules that come later are put aside. What was
 * asked for over HTTP begins with its asking.
 */
export function overFrom({ history }: Evidence, promotionId: string): number {
  const ends: number[] = [];
  for (const { value, message } of history.records("PromotionEnded")) {
    if (value.promotionId === promotionId) ends.push(message.timestamp);
  }
  for (const { value } of history.records("PromotionScheduled")) {
    if (value.promotionId === promotionId) ends.push(value.endsAt);
  }
  for (const { move, askedAt } of history.exchanges) {
    if (move.do === "promote" && move.promotionId === promotionId) ends.push(askedAt + move.startsInMs + move.lastsMs);
  }
  return Math.min(...ends);
}

function endedPromotionsHoldNothing({ tables, now }: Evidence, findings: Findings): void {
  for (const row of tables.promotions) {
    const over = Math.min(row.ends_at, row.ended_at ?? row.ends_at);
    if (now < over + GRACE_MS + SEEN_TO_WITHIN_MS) continue;
    const shown = () => `${nameOf(row.promotion_id, row.sku)}: ${JSON.stringify(row.locks)}`;
    const holds = row.locks.every(({ locked }) => locked === 0);
    findings.expect(holds, "a promotion that is over keeps nothing", shown);
  }
}

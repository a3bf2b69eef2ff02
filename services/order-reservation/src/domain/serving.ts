import { LIMITS, type ShortageCause } from "@septet/stock-contracts";
import { dropSpares } from "./bundles.js";
import { ownPieces, useUpCart } from "./cart-holding.js";
import type { Draft } from "./draft.js";
import { freeExpiredHolds } from "./expiring.js";
import { leavesOf, type Servable, servableOf } from "./leaf-wants.js";
import { hasBundles, openOfLine, unservedOfLine } from "./line-pieces.js";
import type { Order } from "./order.js";
import { publishReserved, requestFulfilment, short } from "./outcome-events.js";
import { withinQuota } from "./promotion-quota.js";
import type { Freed } from "./saleable.js";
import { type Search, sellableOf, source, type Want } from "./sourcing.js";
import type { Warning } from "./unpaid-orders.js";

/** What the order still wants and nobody has promised, shipped, shorted or cancelled. */
export function wantsOf(order: Order): Want[] {
  const wants: Want[] = [];
  for (const line of order.lines) {
    const quantity = unservedOfLine(order, line);
    if (quantity > 0) wants.push({ lineId: line.lineId, sku: line.sku, quantity });
  }
  return wants;
}

/**
 * SKUs of which more is wanted than there is, lines of one SKU counted together, and parts of bundles in place of them.
 * Expired holds are given back first: they never cost a sale.
 */
export function lackingSkus(draft: Draft, order: Order, wants: readonly Want[]): ReadonlySet<string> {
  const rules = draft.rulesFor(order);
  const wanted = new Map<string, number>();
  const lacking = new Set<string>();
  const own = ownPieces(draft, order, wants);
  for (const { sku, quantity } of leavesOf(order, wants)) {
    wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
    // What one movement cannot give back is not promised.
    if (quantity > LIMITS.MAX_QUANTITY_PIECES) lacking.add(sku);
  }
  for (const [sku, quantity] of wanted) {
    const there = () => sellableOf(draft, sku, rules, own.get(sku));
    if (there() >= quantity) continue;
    freeExpiredHolds(draft, sku, order.orderId);
    if (there() < quantity) lacking.add(sku);
  }
  return lacking;
}

/**
 * Promises as many of the wanted pieces as there are and answers those that found none; of a bundle only pieces all of whose
 * parts are there.
 * @param o `freed`: what the order's cart has just given back for it
 */
export function serve(
  draft: Draft,
  order: Order,
  wants: readonly Want[],
  o: { avoid?: string | undefined; freed?: Freed } = {},
): Want[] {
  const rules = draft.rulesFor(order);
  if (hasBundles(order)) return serveWhole(draft, order, wants, servableOf(draft, order, wants, rules, o), o);
  const sources = source(draft, wants, rules, o);
  const served = new Map<string, number>();
  for (const { lineId, sku, location, quantity } of sources) {
    draft.reserve(order, lineId, sku, location, quantity);
    served.set(lineId, (served.get(lineId) ?? 0) + quantity);
  }
  const missing: Want[] = [];
  for (const want of wants) {
    const found = Math.min(want.quantity, served.get(want.lineId) ?? 0);
    served.set(want.lineId, (served.get(want.lineId) ?? 0) - found);
    if (found < want.quantity) missing.push({ ...want, quantity: want.quantity - found });
  }
  return missing;
}

function serveWhole(
  draft: Draft,
  order: Order,
  wants: readonly Want[],
  { leaves, pieces }: Servable,
  o: Search,
): Want[] {
  const served = new Map<string, number>(pieces);
  for (const { lineId, sku, location, quantity } of source(draft, leaves, draft.rulesFor(order), o)) {
    draft.reserve(order, lineId, sku, location, quantity);
    if (!pieces.has(lineId)) served.set(lineId, (served.get(lineId) ?? 0) + quantity);
  }
  return wants.flatMap((want) => {
    const quantity = want.quantity - (served.get(want.lineId) ?? 0);
    return quantity > 0 ? [{ ...want, quantity }] : [];
  });
}

/** Reserves a paid order for good, as far as the stock goes, and shorts the rest in the same breath. */
export function confirm(
  draft: Draft,
  order: Order,
  cause: ShortageCause = "OUT_OF_STOCK",
  warnings: readonly Warning[] = [],
): void {
  const { wants, gone } = withinQuota(draft, order, wantsOf(order));
  if (wants.length > 0) lackingSkus(draft, order, wants);
  const served = wants.length > 0 ? serve(draft, order, wants, { freed: useUpCart(draft, order, wants) }) : [];
  const missing = [...served, ...gone];
  dropSpares(draft, order);
  const anything = order.allocations.some((allocation) => allocation.open > 0);
  order.expiresAt = null;
  order.reasons = [];
  order.state = anything ? "CONFIRMED" : "SHORTED";
  if (anything) publishReserved(draft, order, warnings);
  requestFulfilment(draft, order);
  short(draft, order, missing, cause);
}

/**
 * Money came for a hold that was shorted to nothing: it is reserved as far as the stock goes. What is missing then is
 * shorted anew, in place of what an unpaid shopper was told; if nothing is served, that shortage stands.
 */
export function confirmShorted(draft: Draft, order: Order): void {
  const all: Want[] = [];
  for (const { lineId, sku, shorted } of order.lines) if (shorted > 0) all.push({ lineId, sku, quantity: shorted });
  const { wants, gone } = withinQuota(draft, order, all);
  lackingSkus(draft, order, wants);
  const missing = [...serve(draft, order, wants, { freed: useUpCart(draft, order, wants) }), ...gone];
  dropSpares(draft, order);
  if (order.lines.every((line) => openOfLine(order, line) === 0)) return;
  for (const line of order.lines) line.shorted = 0;
  order.shortageList = [];
  order.state = "CONFIRMED";
  publishReserved(draft, order);
  requestFulfilment(draft, order);
  short(draft, order, missing, "OUT_OF_STOCK");
}

/** Serves pieces that were promised and got lost from what stock there is now; what there is not is shorted. */
export function serveAgain(
  draft: Draft,
  order: Order,
  wants: readonly Want[],
  cause: ShortageCause,
  avoid?: string,
): void {
  if (wants.length === 0) return;
  lackingSkus(draft, order, wants);
  const missing = serve(draft, order, wants, { avoid });
  if (missing.length < wants.length || missing.some((want, i) => want.quantity !== wants[i]?.quantity)) {
    publishReserved(draft, order);
    requestFulfilment(draft, order);
  }
  short(draft, order, missing, cause);
  dropSpares(draft, order);
}

import { bytewise } from "./bytewise.js";
import type { WireLeg } from "./identity.js";

const SOLD_BY: ReadonlySet<string> = new Set(["SHIP", "DROPSHIP_SHIP"]);

/** The days over which daily sales are the mean. */
export const DAILY_SALES_WINDOW_DAYS = 28;

const DAY_MS = 86_400_000;

/** What daily sales need to know of a movement: who left where, and when. */
export interface SellingMovement {
  readonly sku: string;
  readonly kind: string;
  /** Epoch ms of the fact itself, not of its arrival. */
  readonly occurredAt: number;
  readonly legs: readonly WireLeg[];
}

/** What one SKU sold at one location on one day. */
export interface DaySale {
  readonly sku: string;
  readonly location: string;
  /** UTC days since 1970-01-01. */
  readonly day: number;
  /** Whole pieces; below 0 on a day that reversed more than it sold. */
  readonly pieces: number;
}

/** The days that count today, both included; UTC days since 1970-01-01. */
export interface SalesWindow {
  readonly firstDay: number;
  readonly lastDay: number;
}

/**
 * The pieces that a movement sold, by location: what left on a promise to an order. A reversed SHIP counts below 0;
 * other kinds sold nothing. Daily sales are the sum over the last 28 days ÷ 28, per SKU and location.
 */
export function piecesSold(movement: {
  readonly kind: string;
  readonly legs: readonly WireLeg[];
}): { location: string; pieces: number }[] {
  if (!SOLD_BY.has(movement.kind)) return [];
  return movement.legs
    .filter(({ bucket }) => bucket === "orderReserved")
    .map(({ location, delta }) => ({ location, pieces: -delta }));
}

/** The UTC day of an instant (epoch ms), in days since 1970-01-01. Every UTC day is 86,400,000 ms long. */
export function utcDayOf(epochMs: number): number {
  return Math.floor(epochMs / DAY_MS);
}

/** The first instant of a UTC day, epoch ms. */
export function startOfUtcDay(day: number): number {
  return day * DAY_MS;
}

/**
 * The 28 days that end with the day of `nowMs`, which is still going on: today counts as far as it has come, so that a
 * SKU that starts to sell shows at once.
 */
export function salesWindow(nowMs: number): SalesWindow {
  const lastDay = utcDayOf(nowMs);
  return { firstDay: lastDay - DAILY_SALES_WINDOW_DAYS + 1, lastDay };
}

/**
 * The one fold of daily sales: pieces of SHIP and DROPSHIP_SHIP per SKU, location and UTC day of `occurredAt`, in order of
 * these. A late movement lands on the day on which it happened, a reversal on the day on which it was made. Sums, so the
 * order of the movements does not matter; each movement is to be given once (consumers keep positions). Days that come to
 * 0 are left out.
 */
export function foldDaySales(movements: Iterable<SellingMovement>): DaySale[] {
  const sales = new Map<string, { -readonly [K in keyof DaySale]: DaySale[K] }>();
  for (const movement of movements) {
    const { sku } = movement;
    for (const { location, pieces } of piecesSold(movement)) {
      const day = utcDayOf(movement.occurredAt);
      const key = `${sku}\u0000${location}\u0000${day}`;
      const known = sales.get(key);
      if (known === undefined) sales.set(key, { sku, location, day, pieces });
      else known.pieces += pieces;
    }
  }
  return [...sales.values()]
    .filter(({ pieces }) => pieces !== 0)
    .sort((a, b) => bytewise(a.sku, b.sku) || bytewise(a.location, b.location) || a.day - b.day);
}

/** The pieces of these days that fall into the window; below 0 when more was reversed than sold in it. */
export function piecesInWindow(sales: Iterable<Pick<DaySale, "day" | "pieces">>, window: SalesWindow): number {
  let sum = 0;
  for (const { day, pieces } of sales) if (day >= window.firstDay && day <= window.lastDay) sum += pieces;
  return sum;
}

/**
 * Pieces a day: those of the window ÷ 28. Never below 0: what the reversal of an older shipment leaves below 0 says that
 * nothing was sold.
 */
export function dailySales(windowPieces: number): number {
  return Math.max(0, windowPieces) / DAILY_SALES_WINDOW_DAYS;
}

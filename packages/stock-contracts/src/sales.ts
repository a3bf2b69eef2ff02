import type { WireLeg } from "./identity.js";

const SOLD_BY: ReadonlySet<string> = new Set(["SHIP", "DROPSHIP_SHIP"]);

/** The days over which daily sales are the mean. */
export const DAILY_SALES_WINDOW_DAYS = 28;

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

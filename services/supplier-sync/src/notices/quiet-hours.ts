import { dayAfter, dayOf, instantOf } from "../domain/clock.js";
import type { LocalTime } from "../domain/terms.js";

/** From when to when nobody is woken, in the supplier's time zone; over midnight where `to` is not after `from`. */
export interface QuietHours {
  readonly from: LocalTime;
  readonly to: LocalTime;
}

/**
 * Until when a notice waits: the end of the quiet hours that `nowMs` lies in, or null when it can go at once. At `from` they
 * have begun, at `to` they are over.
 */
export function quietUntil(zone: string, { from, to }: QuietHours, nowMs: number): number | null {
  const today = dayOf(zone, nowMs);
  for (const day of [dayAfter(today, -1), today]) {
    const until = instantOf(zone, to > from ? day : dayAfter(day), to);
    if (instantOf(zone, day, from) <= nowMs && nowMs < until) return until;
  }
  return null;
}

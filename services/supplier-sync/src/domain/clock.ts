import { Temporal } from "temporal-polyfill";
import type { LocalDay, LocalTime } from "./terms.js";

/*
 * Wall clocks are set forward and back. Three rules make every function here monotone: a later time of day is never an
 * earlier instant, and a later day never begins before an earlier one.
 * - A time that the clock shows twice counts when it is shown first.
 * - A time that the clock jumps over counts at the moment of the jump.
 * - A day lasts from its first 00:00 to the next day's.
 */

const MIDNIGHT: LocalTime = "00:00";

/** Whether clocks can be kept in it: an IANA time zone such as `Asia/Shanghai`. Bare offsets know no daylight saving: no. */
export function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    Temporal.Now.zonedDateTimeISO(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Whether it is a day of the calendar, `yyyy-mm-dd`. */
export function isLocalDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const [year, month, day] = text.split("-").map(Number) as [number, number, number];
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The instant (epoch ms) at which the clock of `zone` shows `time` on `day`. @throws RangeError for an unknown zone. */
export function instantOf(zone: string, day: LocalDay, time: LocalTime): number {
  const local = Temporal.PlainDateTime.from(`${day}T${time}`);
  const first = local.toZonedDateTime(zone, { disambiguation: "earlier" });
  if (first.toPlainDateTime().equals(local)) return first.epochMilliseconds;
  const jump = first.getTimeZoneTransition("next");
  if (jump === null) throw new Error(`${zone} skips ${day} ${time}, but nothing follows it`);
  return jump.epochMilliseconds;
}

/** The instant at which a day begins, epoch ms. */
export const startOfDay = (zone: string, day: LocalDay): number => instantOf(zone, day, MIDNIGHT);

/** The day that an instant (epoch ms) belongs to. */
export function dayOf(zone: string, atMs: number): LocalDay {
  const shown = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).toPlainDate().toString();
  // Where a clock goes back over midnight it shows the old day again; the new one has begun all the same.
  const next = dayAfter(shown);
  return startOfDay(zone, next) <= atMs ? next : shown;
}

/** The day so many days later (with a minus, earlier). */
export function dayAfter(day: LocalDay, days = 1): LocalDay {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** A time of day on a certain day, and when that is. */
export interface Occurrence {
  readonly day: LocalDay;
  readonly time: LocalTime;
  /** Epoch ms. */
  readonly at: number;
}

/** The first occurrence of a time of day after an instant (epoch ms), not at it. */
export function nextOccurrence(zone: string, time: LocalTime, afterMs: number): Occurrence {
  for (let day = dayAfter(dayOf(zone, afterMs), -1); ; day = dayAfter(day)) {
    const at = instantOf(zone, day, time);
    if (at > afterMs) return { day, time, at };
  }
}

/**
 * Every occurrence of the times of day after `afterMs` up to and with `untilMs`, in order; what `timesOn` says of a day is
 * asked once per day. What was missed in an outage is caught up with it: it goes on from where the last one was handled.
 */
export function* occurrencesBetween(
  zone: string,
  timesOn: (day: LocalDay) => readonly LocalTime[],
  afterMs: number,
  untilMs: number,
): Generator<Occurrence> {
  if (afterMs >= untilMs) return;
  // A jump at the end of a day moves its last times to the start of the next.
  const last = dayOf(zone, untilMs);
  for (let day = dayAfter(dayOf(zone, afterMs), -1); day <= last; day = dayAfter(day)) {
    for (const time of [...timesOn(day)].sort()) {
      const at = instantOf(zone, day, time);
      if (at > afterMs && at <= untilMs) yield { day, time, at };
    }
  }
}

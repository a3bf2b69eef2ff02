import { dayAfter, dayOf, instantOf, occurrencesBetween } from "./clock.js";
import { type LocalDay, type SupplierTerms, type TermsVersion, termsOn } from "./terms.js";

/** A confirmation is due within a day of its cut-off; a day that the clock jumps over makes it two. */
const DUE_WITHIN_DAYS = 3;

/** The orders that go to a supplier together. */
export interface Batch {
  /** The day whose cut-off ends it, in the supplier's calendar: what it is known by. */
  readonly day: LocalDay;
  /** Epoch ms: orders from before it belong to it, one of that very moment to the next. */
  readonly cutOffAt: number;
  /** Epoch ms: by then each of its lines is confirmed or short. */
  readonly confirmationDueAt: number;
}

/** Where a supplier's clocks are and what they say. */
export interface SupplierClock {
  readonly zone: string;
  readonly versions: readonly TermsVersion[];
}

/** The terms of a supplier at an instant (epoch ms). */
export function termsAt({ zone, versions }: SupplierClock, atMs: number): TermsVersion {
  return termsOn(versions, dayOf(zone, atMs));
}

/** The batch that a day's cut-off ends, by the terms of that day. */
export function batchOfDay(clock: SupplierClock, day: LocalDay): Batch {
  const { terms } = termsOn(clock.versions, day);
  const cutOffAt = instantOf(clock.zone, day, terms.cutOff);
  return { day, cutOffAt, confirmationDueAt: confirmationDue(clock, day, terms, cutOffAt) };
}

/** 23:00 after a cut-off at 22:00 is the same day's; 01:00 after it is the next day's. */
function confirmationDue({ zone }: SupplierClock, day: LocalDay, terms: SupplierTerms, cutOffAt: number): number {
  const { cutOff, confirmationDue: due } = terms;
  const dueAt = instantOf(zone, due > cutOff ? day : dayAfter(day), due);
  // Where the clock jumps over both, the supplier still gets the time between them.
  return dueAt > cutOffAt ? dueAt : cutOffAt + minutesBetween(cutOff, due) * 60_000;
}

function minutesBetween(from: string, to: string): number {
  const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const between = minutes(to) - minutes(from);
  return between > 0 ? between : between + 24 * 60;
}

/** The batch of an order that was asked for at an instant (epoch ms): the first whose cut-off comes after it. */
export function batchOf(clock: SupplierClock, atMs: number): Batch {
  for (let day = dayAfter(dayOf(clock.zone, atMs), -1); ; day = dayAfter(day)) {
    const { cutOff } = termsOn(clock.versions, day).terms;
    if (instantOf(clock.zone, day, cutOff) > atMs) return batchOfDay(clock, day);
  }
}

/** The batches whose cut-off came after `afterMs` and up to `untilMs`, in order: what a scheduler has to send. */
export function* batchesBetween(clock: SupplierClock, afterMs: number, untilMs: number): Generator<Batch> {
  const cutOffs = (day: LocalDay) => [termsOn(clock.versions, day).terms.cutOff];
  for (const { day } of occurrencesBetween(clock.zone, cutOffs, afterMs, untilMs)) yield batchOfDay(clock, day);
}

/**
 * The batches whose confirmation fell due after `afterMs` and up to `untilMs`, in the order in which it did. After a change
 * of terms a later batch can be due before an earlier one.
 */
export function confirmationsDueBetween(clock: SupplierClock, afterMs: number, untilMs: number): Batch[] {
  const due: Batch[] = [];
  if (afterMs >= untilMs) return due;
  const last = dayOf(clock.zone, untilMs);
  for (let day = dayAfter(dayOf(clock.zone, afterMs), -DUE_WITHIN_DAYS); day <= last; day = dayAfter(day)) {
    const batch = batchOfDay(clock, day);
    if (batch.confirmationDueAt > afterMs && batch.confirmationDueAt <= untilMs) due.push(batch);
  }
  return due.sort((a, b) => a.confirmationDueAt - b.confirmationDueAt);
}

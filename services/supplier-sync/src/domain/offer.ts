import type { SupplierClock } from "./batches.js";
import { termsAt } from "./batches.js";
import { startOfDay } from "./clock.js";
import { type Freshness, faded, freshnessOf, WORTHLESS } from "./freshness.js";
import { type Buffer, bufferOf, keptOf } from "./holding-back.js";
import type { SupplierTerms } from "./terms.js";

/** Pieces that the supplier had counted, and since when (epoch ms). */
export interface CountedPieces {
  readonly at: number;
  readonly pieces: number;
}

/** Pieces that left the supplier for good, and since when it had counted them before; null where it had not. */
export interface DepartedPieces extends CountedPieces {
  readonly countedAt: number | null;
}

/** What a supplier said last of a SKU. */
export interface Reported {
  readonly quantity: number;
  /** What the report states as kept for us; null where it says nothing. */
  readonly kept: number | null;
  /** Epoch ms. */
  readonly asOf: number;
}

/** Everything that the offer of a SKU at a supplier follows from. */
export interface OfferBasis {
  readonly reported: Reported | null;
  /** Whether the supplier's state lets it offer, and nobody has stopped it or the SKU. */
  readonly offering: boolean;
  readonly onTrial: boolean;
  /** Order pieces there that are neither shipped, short nor cancelled. */
  readonly open: number;
  /** Those of them that the supplier has confirmed, or acknowledged as posted. */
  readonly counted: readonly CountedPieces[];
  /** Shipped, short or brought into a warehouse. */
  readonly departed: readonly DepartedPieces[];
  /** Our sales of the SKU there in 28 days. */
  readonly soldPieces: number;
}

/** The offer with every term of its formula; pieces, times in epoch ms. */
export interface OfferExplained {
  readonly reported: number;
  readonly kept: number;
  readonly buffer: Buffer;
  readonly freshness: Freshness;
  /** What is left of the report: kept, and the faded rest beyond kept and buffer. */
  readonly worth: number;
  /** C: open pieces that the report no longer contains, because they were counted by its as-of. */
  readonly counted: number;
  /** H: pieces that the report still contains although they are gone. */
  readonly gone: number;
  readonly open: number;
  /** What `virtual` is to be. */
  readonly virtual: number;
  /** When it would come out otherwise by the clock alone; null when it would not. */
  readonly changesAt: number | null;
}

/**
 * What is offered: max(open, g × k + floor(freshness × max(0, reported − k − buffer)) + C − H), where k is what is kept for us
 * of the report, and g and freshness are 0 while nothing may be offered and past the second limit of age.
 *
 * Reservations that the supplier has not counted need no term: sellable = virtual − orderReserved takes them off. Never
 * less than what is open, so that the promises of before stay covered and only what is newly sold ends.
 */
export function explainOffer(basis: OfferBasis, { terms, until }: TermsNow, now: number): OfferExplained {
  const { reported: report, offering, soldPieces, open } = basis;
  const quantity = report?.quantity ?? 0;
  const kept = Math.min(quantity, keptOf(terms.kept, report?.kept ?? null, soldPieces));
  const buffer = bufferOf(basis.onTrial ? terms.trialBuffer : terms.buffer, quantity, soldPieces);
  const fresh = report === null || !offering ? WORTHLESS : freshnessOf(terms.freshness, report.asOf, now);
  const worth = (fresh.keptStands ? kept : 0) + faded(Math.max(0, quantity - kept - buffer.pieces), fresh);
  const counted = report === null ? 0 : countedBy(basis.counted, report.asOf);
  const gone = report === null ? 0 : goneSince(basis.departed, report.asOf);
  const virtual = Math.max(open, worth + counted - gone, 0);
  const changesAt = fresh.changesAt === null || until === null ? fresh.changesAt : Math.min(fresh.changesAt, until);
  return { reported: quantity, kept, buffer, freshness: fresh, worth, counted, gone, open, virtual, changesAt };
}

/** The terms of a moment and when the next ones take effect, epoch ms; null when no others were agreed. */
export interface TermsNow {
  readonly terms: SupplierTerms;
  readonly until: number | null;
}

/** What holds for a supplier at an instant (epoch ms). Calendars are slow: once per supplier, not per SKU. */
export function termsNow(clock: SupplierClock, now: number): TermsNow {
  const starts = clock.versions.map(({ effectiveFrom }) => startOfDay(clock.zone, effectiveFrom));
  const next = starts.filter((start) => start > now);
  return { terms: termsAt(clock, now).terms, until: next.length === 0 ? null : Math.min(...next) };
}

function countedBy(counted: readonly CountedPieces[], asOf: number): number {
  return counted.reduce((sum, { at, pieces }) => (at <= asOf ? sum + pieces : sum), 0);
}

function goneSince(departed: readonly DepartedPieces[], asOf: number): number {
  const isIn = ({ at, countedAt }: DepartedPieces) => at > asOf && (countedAt === null || countedAt > asOf);
  return departed.reduce((sum, part) => (isIn(part) ? sum + part.pieces : sum), 0);
}

import { basisPointsOf, type Ratio } from "./ratio.js";
import { METRICS, type Metric } from "./terms.js";

/** A stretch of time that is judged; epoch ms. */
export interface Period {
  /** The first instant that belongs to it. */
  readonly from: number;
  /** The first that does not. */
  readonly to: number;
  /** What came to pass from then on is not looked at: the same figures whenever they are worked out. */
  readonly knownBefore: number;
}

/** A SKU that was counted, in an approved reconciliation. */
export interface CountFact {
  readonly approvedAt: number;
  readonly counted: number;
  readonly recorded: number;
}

/** A report that was due. */
export interface ReportDueFact {
  readonly dueAt: number;
  /** When the first report since the deadline before arrived; null = not yet. */
  readonly receivedAt: number | null;
}

/** What became of pieces of an order line. */
export interface LineEvent {
  readonly at: number;
  /** `EXCUSED`: not shipped, and not for the supplier's fault (called off by us or the customer, stopped by us). */
  readonly kind: "SHIPPED" | "SHORT" | "EXCUSED";
  readonly pieces: number;
  /** Of `SHORT`: the pieces among them that the supplier kept for us, which is a breach. */
  readonly keptPieces?: number;
}

/** A line that was sent to the supplier. */
export interface OrderLineFact {
  readonly sentAt: number;
  readonly pieces: number;
  readonly confirmationDueAt: number;
  /** When the last of its pieces was confirmed or told short; null = not yet. */
  readonly answeredAt: number | null;
  readonly events: readonly LineEvent[];
}

/** A change of more than X %. */
export interface BigChangeFact {
  readonly receivedAt: number;
  readonly late: boolean;
}

/** All that a scorecard rests on, in any order. What lies outside the period may be among it. */
export interface ScorecardFacts {
  readonly counts: readonly CountFact[];
  readonly reportsDue: readonly ReportDueFact[];
  readonly lines: readonly OrderLineFact[];
  readonly bigChanges: readonly BigChangeFact[];
}

/** How a supplier did in a period. */
export interface Scorecard {
  readonly ratios: { readonly [M in Metric]: Ratio };
  /** Basis points; null where nothing was measured. */
  readonly basisPoints: { readonly [M in Metric]: number | null };
  /** Pieces short that were kept for us. */
  readonly keptBreachPieces: number;
  readonly bigChanges: number;
  readonly bigChangesLate: number;
  /** The mean of what was measured, `SHORTAGE_RATE` turned round, basis points; null where nothing was. */
  readonly score: number | null;
}

/**
 * The scorecard of a period, from facts alone:
 * - stock accuracy = 1 − Σ|counted − recorded| ÷ Σ recorded, of what was approved in the period; never below 0;
 * - fill rate = pieces shipped ÷ pieces settled, of the lines sent in the period; settled = shipped or short: what is excused
 *   or still under way counts on neither side;
 * - on-time reports = reports in time ÷ reports due in the period;
 * - on-time confirmations = lines answered in time ÷ lines whose confirmation fell due in the period;
 * - shortage rate = lines with a piece short ÷ lines with a piece settled, of the lines sent in the period.
 */
export function scorecardOf(facts: ScorecardFacts, period: Period): Scorecard {
  const within = (at: number) => at >= period.from && at < period.to && at < period.knownBefore;
  const lines = facts.lines.filter(({ sentAt }) => within(sentAt)).map((line) => settledOf(line, period));
  const settled = lines.filter(({ shipped, short }) => shipped + short > 0);
  const ratios: { readonly [M in Metric]: Ratio } = {
    STOCK_ACCURACY: accuracyOf(facts.counts.filter(({ approvedAt }) => within(approvedAt))),
    FILL_RATE: { part: sum(settled, "shipped"), of: sum(settled, "shipped") + sum(settled, "short") },
    ON_TIME_REPORTS: shareOf(
      facts.reportsDue.filter(({ dueAt }) => within(dueAt)),
      ({ receivedAt, dueAt }) => isBy(receivedAt, dueAt),
    ),
    ON_TIME_CONFIRMATIONS: shareOf(
      facts.lines.filter(({ confirmationDueAt }) => within(confirmationDueAt)),
      ({ answeredAt, confirmationDueAt }) => isBy(answeredAt, confirmationDueAt),
    ),
    SHORTAGE_RATE: shareOf(settled, ({ short }) => short > 0),
  };
  const basisPoints = Object.fromEntries(METRICS.map((metric) => [metric, basisPointsOf(ratios[metric])])) as {
    [M in Metric]: number | null;
  };
  const changes = facts.bigChanges.filter(({ receivedAt }) => within(receivedAt));
  return {
    ratios,
    basisPoints,
    keptBreachPieces: sum(lines, "kept"),
    bigChanges: changes.length,
    bigChangesLate: changes.filter(({ late }) => late).length,
    score: scoreOf(basisPoints),
  };
}

const isBy = (at: number | null, due: number): boolean => at !== null && at <= due;

function accuracyOf(counts: readonly CountFact[]): Ratio {
  const recorded = sum(counts, "recorded");
  const off = counts.reduce((total, count) => total + Math.abs(count.counted - count.recorded), 0);
  // Nothing recorded and something found is as wrong as can be, and not unmeasured.
  if (recorded === 0) return { part: 0, of: off };
  return { part: Math.max(0, recorded - off), of: recorded };
}

interface Settled {
  readonly shipped: number;
  readonly short: number;
  readonly kept: number;
}

function settledOf(line: OrderLineFact, { knownBefore }: Period): Settled {
  const events = line.events.filter(({ at }) => at < knownBefore);
  const pieces = (kind: LineEvent["kind"]) =>
    sum(
      events.filter((event) => event.kind === kind),
      "pieces",
    );
  const kept = events.reduce((total, { kind, keptPieces }) => total + (kind === "SHORT" ? (keptPieces ?? 0) : 0), 0);
  return { shipped: pieces("SHIPPED"), short: pieces("SHORT"), kept };
}

function shareOf<T>(all: readonly T[], counts: (one: T) => boolean): Ratio {
  return { part: all.filter(counts).length, of: all.length };
}

function sum<K extends string>(all: readonly { readonly [key in K]: number }[], field: K): number {
  return all.reduce((total, one) => total + one[field], 0);
}

function scoreOf(basisPoints: { readonly [M in Metric]: number | null }): number | null {
  const measured = METRICS.flatMap((metric) => {
    const value = basisPoints[metric];
    return value === null ? [] : [metric === "SHORTAGE_RATE" ? 10_000 - value : value];
  });
  if (measured.length === 0) return null;
  return Math.round(measured.reduce((total, value) => total + value, 0) / measured.length);
}

import { bytewise } from "@septet/stock-contracts";

/** A time of day on a wall clock, `hh:mm` from 00:00 to 23:59. */
export type LocalTime = string;
/** A day of a calendar, `yyyy-mm-dd`. */
export type LocalDay = string;

/** What is held back of a report: the largest of the three. 0 = this rule holds nothing back. */
export interface BufferRule {
  readonly fixedPieces: number;
  /** Of the reported quantity, 0 to 100. */
  readonly reportPercent: number;
  /** Of our daily sales of the SKU at the supplier, 0 to 1,000. */
  readonly dailySalesPercent: number;
}

/** What the supplier keeps for our channel alone; offered without buffer. A report may state its own figure instead. */
export type KeptRule =
  | { readonly rule: "NONE" }
  | { readonly rule: "FIXED"; readonly pieces: number }
  /** `percent` of our daily sales, 20 to 50. */
  | { readonly rule: "DAILY_SALES"; readonly percent: number };

/** How an offer loses its worth with the age of the report that it rests on. */
export interface FreshnessRule {
  /** Up to this age a report is worth all of itself; minutes. */
  readonly fadeAfterMinutes: number;
  /** Past this age nothing is offered, not even what is kept; minutes, more than `fadeAfterMinutes`. */
  readonly zeroAfterMinutes: number;
  /** In so many equal steps the rest fades to nothing between the two ages. */
  readonly steps: number;
}

/** How often a supplier's SKU is looked at: the hot near real time, the long tail once or twice a day. */
export const TIERS = ["HOT", "MIDDLE", "LONG_TAIL"] as const;
export type Tier = (typeof TIERS)[number];

/** What puts a SKU into a tier, and how often each tier is due. */
export interface TierRule {
  /** Hot from so many pieces a day on. */
  readonly hotDailySales: number;
  /** Hot while something sells and what is offered lasts no longer than this; days. */
  readonly hotCoverDays: number;
  /** Below so many pieces a day it is of the long tail. */
  readonly longTailDailySales: number;
  /** How far past a limit a SKU goes before it leaves its tier for a slower one, percent of the limit. */
  readonly hysteresisPercent: number;
  /** By tier: how long after a look the next is due, minutes. */
  readonly everyMinutes: { readonly [T in Tier]: number };
  /** Looks are spread by up to this share of the interval, so that suppliers are not all asked at once; percent. */
  readonly jitterPercent: number;
}

/** What a row that a full sheet lacks means. */
export const MISSING_ROW_RULES = ["UNCHANGED", "ZERO"] as const;
export type MissingRowRule = (typeof MISSING_ROW_RULES)[number];

/** What scorecards measure; each a share in basis points, the higher the better except `SHORTAGE_RATE`. */
export const METRICS = [
  "STOCK_ACCURACY",
  "FILL_RATE",
  "ON_TIME_REPORTS",
  "ON_TIME_CONFIRMATIONS",
  "SHORTAGE_RATE",
] as const;
export type Metric = (typeof METRICS)[number];

/** A step of a settlement: reached with this value or a better one. */
export interface SettlementTier {
  /** Basis points; "at least" for every metric but `SHORTAGE_RATE`, where it is "at most". */
  readonly fromBp: number;
  /** What is added to the settled amount, or with a minus taken from it; basis points of the amount. */
  readonly adjustmentBp: number;
}

/** Reward or penalty by one metric. The best tier reached counts; where none is, `elseBp`. */
export interface SettlementRule {
  readonly metric: Metric;
  readonly tiers: readonly SettlementTier[];
  readonly elseBp: number;
}

/** What a supplier has agreed to. All times are those of the supplier's own time zone. */
export interface SupplierTerms {
  /** By these times of each day a report is due; ascending, at least one, at most 24. */
  readonly updateDeadlines: readonly LocalTime[];
  /** Orders from before this time of day are sent with the day's batch, others with the next. */
  readonly cutOff: LocalTime;
  /** By its first occurrence after the cut-off every line of a batch is confirmed or short. */
  readonly confirmationDue: LocalTime;
  /** A change of more than this share of what was recorded must come at once; percent. */
  readonly bigChangePercent: number;
  /** A big change is late when it arrives longer than this after its as-of; minutes. */
  readonly lateAfterMinutes: number;
  readonly buffer: BufferRule;
  /** Instead of `buffer` while the supplier is on trial. */
  readonly trialBuffer: BufferRule;
  readonly kept: KeptRule;
  readonly freshness: FreshnessRule;
  readonly tiers: TierRule;
  readonly missingRows: MissingRowRule;
  /** An entered quantity this many times the recorded one, or as many times less, waits for confirmation. */
  readonly plausibleFactor: number;
  /** At or below so many offered pieces supplier and operator are told. */
  readonly alertLinePieces: number;
  /** So often what the supplier counts is compared with what is recorded; 1 or 2 weeks. */
  readonly reconcileEveryWeeks: number;
  readonly settlement: readonly SettlementRule[];
}

/** Terms and the first day on which they hold, a day of the supplier's calendar. */
export interface TermsVersion {
  /** From 1, counted up. */
  readonly version: number;
  readonly effectiveFrom: LocalDay;
  readonly terms: SupplierTerms;
}

const DAY_MINUTES = 24 * 60;

/** What holds where nothing else was agreed. */
export const DEFAULT_TERMS: SupplierTerms = {
  updateDeadlines: ["09:00", "18:00"],
  cutOff: "22:00",
  confirmationDue: "23:00",
  bigChangePercent: 30,
  lateAfterMinutes: 15,
  buffer: { fixedPieces: 0, reportPercent: 20, dailySalesPercent: 0 },
  trialBuffer: { fixedPieces: 5, reportPercent: 40, dailySalesPercent: 0 },
  kept: { rule: "NONE" },
  freshness: { fadeAfterMinutes: DAY_MINUTES, zeroAfterMinutes: 3 * DAY_MINUTES, steps: 4 },
  tiers: {
    hotDailySales: 20,
    hotCoverDays: 1,
    longTailDailySales: 1,
    hysteresisPercent: 20,
    everyMinutes: { HOT: 1, MIDDLE: 30, LONG_TAIL: DAY_MINUTES / 2 },
    jitterPercent: 10,
  },
  missingRows: "UNCHANGED",
  plausibleFactor: 10,
  alertLinePieces: 10,
  reconcileEveryWeeks: 1,
  settlement: [],
};

/** Terms from before the first that were agreed. */
export const NO_TERMS_YET: TermsVersion = { version: 0, effectiveFrom: "0000-01-01", terms: DEFAULT_TERMS };

/**
 * The terms in force on a day: those that took effect last, of several from the same day the newest. Where none has taken
 * effect yet, `NO_TERMS_YET`. The order of the versions does not matter.
 */
export function termsOn(versions: Iterable<TermsVersion>, day: LocalDay): TermsVersion {
  let inForce = NO_TERMS_YET;
  for (const version of versions) {
    if (version.effectiveFrom <= day && isNewer(version, inForce)) inForce = version;
  }
  return inForce;
}

function isNewer(a: TermsVersion, b: TermsVersion): boolean {
  return (bytewise(a.effectiveFrom, b.effectiveFrom) || a.version - b.version) > 0;
}

/** A part of terms that contradicts another. */
export interface TermsFlaw {
  /** Path within the terms. */
  readonly field: string;
  readonly reason: string;
}

/** What does not fit together in terms whose every field is in its range; empty when they can be agreed. */
export function flawsOf(terms: SupplierTerms): TermsFlaw[] {
  const { freshness, tiers, settlement, updateDeadlines } = terms;
  const flaws: TermsFlaw[] = [];
  const flaw = (field: string, reason: string) => flaws.push({ field, reason });
  if (freshness.zeroAfterMinutes <= freshness.fadeAfterMinutes) {
    flaw("freshness.zeroAfterMinutes", "must be more than fadeAfterMinutes");
  }
  if (updateDeadlines.some((time, i) => i > 0 && time <= updateDeadlines[i - 1]!)) {
    flaw("updateDeadlines", "must ascend, each time once");
  }
  if (tiers.longTailDailySales > tiers.hotDailySales) {
    flaw("tiers.longTailDailySales", "must not be more than hotDailySales");
  }
  const { HOT, MIDDLE, LONG_TAIL } = tiers.everyMinutes;
  if (HOT > MIDDLE || MIDDLE > LONG_TAIL) flaw("tiers.everyMinutes", "must not be shorter for a slower tier");
  if (terms.confirmationDue === terms.cutOff) flaw("confirmationDue", "must leave time after cutOff");
  settlement.forEach(({ metric, tiers: steps }, i) => {
    const better = metric === "SHORTAGE_RATE" ? -1 : 1;
    const descending = steps.every((step, j) => j === 0 || (steps[j - 1]!.fromBp - step.fromBp) * better > 0);
    if (!descending) flaw(`settlement[${i}].tiers`, "must go from the best to the worst, each value once");
    if (settlement.findIndex((other) => other.metric === metric) < i) {
      flaw(`settlement[${i}].metric`, "has a rule already");
    }
  });
  return flaws;
}

import { LIMITS } from "@septet/stock-contracts";
import { z } from "zod";
import { DEFAULT_TERMS, flawsOf, METRICS, MISSING_ROW_RULES, type SupplierTerms } from "../domain/terms.js";

/** A month: an older report says nothing about today. */
const MAX_AGE_MINUTES = 31 * 24 * 60;
const MAX_DEADLINES = 24;
const MAX_SETTLEMENT_TIERS = 20;

const whole = (least: number, most: number) => z.number().int().min(least).max(most);
const pieces = whole(0, LIMITS.MAX_QUANTITY_PIECES);
const basisPoints = whole(0, 10_000);
const localTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: "takes a local time as hh:mm" })
  .describe("in the supplier's time zone");

const buffer = (defaults: SupplierTerms["buffer"]) =>
  z
    .strictObject({
      fixedPieces: pieces.default(0),
      reportPercent: whole(0, 100).default(0).describe("of the report, rounded up"),
      dailySalesPercent: whole(0, 1_000).default(0).describe("of our daily sales there, rounded up"),
    })
    .default(defaults)
    .describe("held back: the largest of the three");

const KEPT = z
  .discriminatedUnion("rule", [
    z.strictObject({ rule: z.literal("NONE") }),
    z.strictObject({ rule: z.literal("FIXED"), pieces: pieces.min(1) }),
    z.strictObject({ rule: z.literal("DAILY_SALES"), percent: whole(20, 50) }),
  ])
  .default(DEFAULT_TERMS.kept)
  .describe("kept for us alone and offered without buffer; a report may state its own figure");

const { freshness, tiers } = DEFAULT_TERMS;
const FRESHNESS = z
  .strictObject({
    fadeAfterMinutes: whole(1, MAX_AGE_MINUTES).default(freshness.fadeAfterMinutes),
    zeroAfterMinutes: whole(2, MAX_AGE_MINUTES).default(freshness.zeroAfterMinutes),
    steps: whole(1, 100).default(freshness.steps),
  })
  .default(freshness)
  .describe("with the age of its report an offer fades in steps to what is kept, at zeroAfterMinutes to 0");

const TIER_RULE = z
  .strictObject({
    hotDailySales: z.number().min(0).max(LIMITS.MAX_QUANTITY_PIECES).default(tiers.hotDailySales),
    hotCoverDays: z.number().min(0).max(365).default(tiers.hotCoverDays),
    longTailDailySales: z.number().min(0).max(LIMITS.MAX_QUANTITY_PIECES).default(tiers.longTailDailySales),
    hysteresisPercent: whole(0, 100).default(tiers.hysteresisPercent),
    everyMinutes: z
      .strictObject({
        HOT: whole(1, MAX_AGE_MINUTES).default(tiers.everyMinutes.HOT),
        MIDDLE: whole(1, MAX_AGE_MINUTES).default(tiers.everyMinutes.MIDDLE),
        LONG_TAIL: whole(1, MAX_AGE_MINUTES).default(tiers.everyMinutes.LONG_TAIL),
      })
      .default(tiers.everyMinutes),
    jitterPercent: whole(0, 50).default(tiers.jitterPercent),
  })
  .default(tiers);

const SETTLEMENT_RULE = z.strictObject({
  metric: z.enum(METRICS),
  tiers: z
    .array(z.strictObject({ fromBp: basisPoints, adjustmentBp: whole(-10_000, 10_000) }))
    .min(1)
    .max(MAX_SETTLEMENT_TIERS)
    .describe("from the best to the worst"),
  elseBp: whole(-10_000, 10_000).default(0).describe("where no tier is reached"),
});

/** The terms of a supplier as they come over HTTP: what is left out is `DEFAULT_TERMS`; what contradicts itself is refused. */
export const TERMS: z.ZodType<SupplierTerms> = z
  .strictObject({
    updateDeadlines: z
      .array(localTime)
      .min(1)
      .max(MAX_DEADLINES)
      .default([...DEFAULT_TERMS.updateDeadlines]),
    cutOff: localTime.default(DEFAULT_TERMS.cutOff),
    confirmationDue: localTime.default(DEFAULT_TERMS.confirmationDue),
    bigChangePercent: whole(0, 10_000).default(DEFAULT_TERMS.bigChangePercent),
    lateAfterMinutes: whole(0, MAX_AGE_MINUTES).default(DEFAULT_TERMS.lateAfterMinutes),
    buffer: buffer(DEFAULT_TERMS.buffer),
    trialBuffer: buffer(DEFAULT_TERMS.trialBuffer),
    kept: KEPT,
    freshness: FRESHNESS,
    tiers: TIER_RULE,
    missingRows: z.enum(MISSING_ROW_RULES).default(DEFAULT_TERMS.missingRows),
    plausibleFactor: whole(2, 1_000_000).default(DEFAULT_TERMS.plausibleFactor),
    alertLinePieces: pieces.default(DEFAULT_TERMS.alertLinePieces),
    reconcileEveryWeeks: whole(1, 2).default(DEFAULT_TERMS.reconcileEveryWeeks),
    settlement: z
      .array(SETTLEMENT_RULE)
      .max(METRICS.length)
      .default([...DEFAULT_TERMS.settlement] as never),
  })
  .superRefine((terms, context) => {
    for (const { field, reason } of flawsOf(terms)) {
      const path = field.split(/[.[\]]+/).filter((step) => step !== "");
      context.addIssue({
        code: "custom",
        message: reason,
        path: path.map((step) => (/^\d+$/.test(step) ? +step : step)),
      });
    }
  });

import { LIMITS } from "@septet/stock-contracts";
import { z } from "zod";
import { CLAIM_OUTCOMES, CLAIM_SIDES, isEvidenceUrl, MAX_CLAIM_LINES } from "../domain/claim.js";
import { currency, id, lineId, location, minor, name, quantity, reason, sku } from "./schemas.js";

/** Links of one claim, at most. */
export const MAX_EVIDENCE_LINKS = 100;
const MAX_URL_CHARS = 2_000;

const LINK = z.strictObject({
  url: z
    .string()
    .trim()
    .max(MAX_URL_CHARS)
    .refine(isEvidenceUrl, "takes an https:// address without a name or password in it"),
  note: reason.optional(),
});

/** A line of a claim; the location may stand for all lines beside them. */
export const LINE = z.strictObject({
  sku,
  location: location.optional(),
  quantity,
  reason: reason.optional(),
  claimedMinor: minor.optional(),
});

const located = <T extends { location?: string | undefined; lines: readonly { location?: string | undefined }[] }>(
  body: T,
  context: z.RefinementCtx<T>,
): void => {
  body.lines.forEach((line, index) => {
    if (line.location !== undefined || body.location !== undefined) return;
    context.addIssue({
      code: "custom",
      path: ["lines", index, "location"],
      message: "is missing, here and for all lines",
    });
  });
};

export const OPENING = z
  .strictObject({
    claimId: id.optional(),
    against: z.enum(CLAIM_SIDES),
    party: name,
    reference: id.optional(),
    note: reason.optional(),
    currency: currency.optional(),
    location: location.optional(),
    lines: z.array(LINE).max(MAX_CLAIM_LINES).default([]),
    evidence: z.array(LINK).max(MAX_EVIDENCE_LINKS).default([]),
  })
  .superRefine(located);

export const LINES = z
  .strictObject({ location: location.optional(), lines: z.array(LINE).min(1).max(MAX_CLAIM_LINES) })
  .superRefine(located);

export const EVIDENCE = z.strictObject({ links: z.array(LINK).min(1).max(MAX_EVIDENCE_LINKS) });

export const REMARK = z.strictObject({ note: reason.optional() }).optional();

export const SETTLEMENT = z.strictObject({
  outcome: z.enum(CLAIM_OUTCOMES).describe("of all lines that are not named"),
  creditedMinor: minor.optional().describe("the amount as a whole; else the sum of the lines'"),
  currency: currency.optional(),
  lines: z
    .array(z.strictObject({ line: lineId, outcome: z.enum(CLAIM_OUTCOMES), creditedMinor: minor.optional() }))
    .max(MAX_CLAIM_LINES)
    .refine((told) => new Set(told.map(({ line }) => line)).size === told.length, "names a line twice")
    .default([]),
  note: z.string().trim().min(1).max(LIMITS.MAX_TEXT_CHARS).optional(),
});

import { DAILY_SALES_WINDOW_DAYS } from "@septet/stock-contracts";
import type { BufferRule, KeptRule } from "./terms.js";

/** Which rule a buffer rests on, and its pieces. */
export interface Buffer {
  readonly pieces: number;
  readonly rule: "NONE" | "FIXED" | "REPORT_PERCENT" | "DAILY_SALES_PERCENT";
}

/** `percent` of the daily sales that `soldPieces` of 28 days make; a fraction of a piece goes as `round` says. */
function ofDailySales(percent: number, soldPieces: number, round: (pieces: number) => number): number {
  // One division of whole numbers: what comes out even is not rounded up by a binary fraction.
  return round((percent * Math.max(0, soldPieces)) / (100 * DAILY_SALES_WINDOW_DAYS));
}

/**
 * The buffer of a report: the largest of a fixed number, a share of the report and a share of daily sales; shares are
 * rounded up. Of equal ones the first of this order names the rule. 100 reported with 20 % leave 80.
 * @param soldPieces our sales of the SKU at the supplier in 28 days.
 */
export function bufferOf(rule: BufferRule, reported: number, soldPieces: number): Buffer {
  const candidates: readonly Buffer[] = [
    { pieces: rule.fixedPieces, rule: "FIXED" },
    { pieces: Math.ceil((rule.reportPercent * reported) / 100), rule: "REPORT_PERCENT" },
    { pieces: ofDailySales(rule.dailySalesPercent, soldPieces, Math.ceil), rule: "DAILY_SALES_PERCENT" },
  ];
  return candidates.reduce<Buffer>((largest, one) => (one.pieces > largest.pieces ? one : largest), {
    pieces: 0,
    rule: "NONE",
  });
}

/**
 * The pieces that a supplier keeps for us: as the report states, else as agreed. A share of daily sales is rounded down:
 * a piece is kept whole or not at all.
 * @param stated in the report; null where it says nothing.
 * @param soldPieces our sales of the SKU at the supplier in 28 days.
 */
export function keptOf(rule: KeptRule, stated: number | null, soldPieces: number): number {
  if (stated !== null) return stated;
  if (rule.rule === "NONE") return 0;
  return rule.rule === "FIXED" ? rule.pieces : ofDailySales(rule.percent, soldPieces, Math.floor);
}

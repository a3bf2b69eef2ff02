import type { StockMovement } from "@septet/stock-contracts";
import type { Loss } from "../world/history.js";
import type { Evidence } from "./auditor.js";
import type { Findings } from "./findings.js";
import { movementsOf } from "./movement-rules.js";
import type { StocktakeLineRow } from "./tables.js";

const FINISHED = new Set(["APPROVED", "SUPERSEDED", "CANCELLED"]);

/** Counts made while trading went on end at what is truly there; what is adjusted by hand is adjusted as told. */
export function stocktakeRules(evidence: Evidence, findings: Findings): void {
  if (evidence.tables.onHand === undefined) return;
  const movements = movementsOf(evidence);
  countsEndAtTheTruth(evidence, movements, findings);
  adjustmentsAreBookedOnce(evidence, movements, findings);
}

/**
 * The plain recount: all that came and went, and what pickers told that they missed, less what vanished before the last
 * count and nobody told. Only what stocktakes themselves booked is left out.
 */
function countsEndAtTheTruth(
  { tables, history }: Evidence,
  movements: readonly StockMovement[],
  findings: Findings,
): void {
  const stocktakes = new Set(tables.stocktakeLines.map((line) => line.stocktake_id));
  const told = new Map<string, number>();
  for (const { sku, kind, reference, legs } of movements) {
    if (kind === "COUNT_ADJUST" && stocktakes.has(reference.id)) continue;
    for (const { location, bucket, delta } of legs) {
      if (bucket === "total") add(told, JSON.stringify([sku, location]), delta);
    }
  }
  const last = new Map<string, StocktakeLineRow>();
  for (const line of tables.stocktakeLines) {
    if (history.uncounted.has(JSON.stringify([line.sku, line.location]))) continue;
    const shown = () => JSON.stringify(line);
    findings.expect(FINISHED.has(line.state) || line.counted_at === null, "what is counted comes to an end", shown);
    // They come in the order of their counts.
    if (line.state === "APPROVED") last.set(JSON.stringify([line.sku, line.location]), line);
  }
  for (const [place, { sku, location, counted_at, stocktake_id }] of last) {
    const total = tables.onHand?.find((row) => row.sku === sku && row.location === location)?.total ?? 0;
    const gone = history.losses.filter((loss) => loss.sku === sku && loss.location === location);
    const expected = (told.get(place) ?? 0) - gone.filter((loss) => wasGone(loss, counted_at!)).length;
    const shown = () => `${place}: the book says ${total}, there are ${expected}; counted last in ${stocktake_id}`;
    findings.expect(total === expected, "a count made while trading goes on ends at what is there", shown);
  }
}

const wasGone = ({ at, toldAt, foundAt }: Loss, countedAt: number): boolean =>
  at <= countedAt && toldAt === null && (foundAt === null || foundAt > countedAt);

function adjustmentsAreBookedOnce(
  { history }: Evidence,
  movements: readonly StockMovement[],
  findings: Findings,
): void {
  const booked = new Map<string, number>();
  for (const { kind, reference, legs } of movements) {
    if (kind !== "COUNT_ADJUST") continue;
    for (const { bucket, delta } of legs) if (bucket === "total") add(booked, reference.id, delta);
  }
  for (const { move, answers } of history.exchanges) {
    if (move.do !== "adjust") continue;
    const taken = answers.some(({ status }) => status < 300);
    const { line } = move;
    const change = "delta" in line ? line.delta : line.quantity - line.expected;
    const pieces = booked.get(move.reference) ?? 0;
    const shown = () => `${JSON.stringify(move)} was ${taken ? "taken" : "refused"}, ${pieces} pieces are booked`;
    findings.expect(pieces === (taken ? change : 0), "an adjustment is booked once, by what it says", shown);
  }
}

function add(map: Map<string, number>, key: string, pieces: number): void {
  map.set(key, (map.get(key) ?? 0) + pieces);
}

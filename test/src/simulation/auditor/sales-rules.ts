import type { Evidence } from "./auditor.js";
import type { Findings } from "./findings.js";
import { movementsOf } from "./movement-rules.js";

const DAY_MS = 24 * 60 * 60 * 1_000;
const WINDOW_DAYS = 28;
const LEFT_WITH_AN_ORDER = new Set(["SHIP", "DROPSHIP_SHIP"]);

/** The copies that suggestions rest on are what the movements add up to: what may be sold, and what was sold on which day. */
export function salesRules(evidence: Evidence, findings: Findings): void {
  const { stockCopies, dailySales } = evidence.tables;
  if (stockCopies === undefined || dailySales === undefined) return;
  const sellable = new Map<string, number>();
  const sold = new Map<string, number>();
  const today = Math.floor(evidence.now / DAY_MS);
  for (const { sku, kind, legs, occurredAt } of movementsOf(evidence)) {
    const day = Math.floor(occurredAt / DAY_MS);
    for (const { location, bucket, delta } of legs) {
      if (bucket === "sellable") add(sellable, JSON.stringify([sku, location]), delta);
      if (bucket !== "orderReserved" || !LEFT_WITH_AN_ORDER.has(kind)) continue;
      if (day > today - WINDOW_DAYS) add(sold, JSON.stringify([sku, location, day]), -delta);
    }
  }
  const copied = new Map(stockCopies.map((row) => [JSON.stringify([row.sku, row.location]), row.sellable]));
  same(copied, sellable, "a copy of the stock equals the fold of the movements", findings);
  const inWindow = dailySales.filter(({ day }) => day > today - WINDOW_DAYS);
  const counted = new Map(inWindow.map((row) => [JSON.stringify([row.sku, row.location, row.day]), row.pieces]));
  same(counted, sold, "daily sales are what left with orders on each day", findings);
}

function same(
  has: ReadonlyMap<string, number>,
  folded: ReadonlyMap<string, number>,
  statement: string,
  findings: Findings,
): void {
  for (const place of new Set([...has.keys(), ...folded.keys()])) {
    const [here, there] = [has.get(place) ?? 0, folded.get(place) ?? 0];
    findings.expect(here === there, statement, () => `${place}: has ${here}, the movements say ${there}`);
  }
}

function add(map: Map<string, number>, key: string, delta: number): void {
  map.set(key, (map.get(key) ?? 0) + delta);
}

import type { Session } from "@septet/messaging";
import { onHandKey } from "../domain/on-hand.js";
import type { PhysicalEntry } from "../domain/physical-log.js";
import type { Stocktake, StocktakeLine } from "../domain/stocktake.js";
import { lineKey, NO_STOCKTAKES, type StocktakeWorld } from "../domain/stocktake-book.js";
import type { CountingScope } from "./counting-scope.js";
import { type EntriesAfter, loadEntriesAfter } from "./physical-log.js";
import { loadLines, loadStocktakes } from "./stocktake-rows.js";

/** No sequence comes after it. */
const NO_SEQUENCE = Number.MAX_SAFE_INTEGER;

/** Reads what the commands count, under their locks: heads, lines, and what the physical log has after their counts. */
export async function loadStocktaking(session: Session, scope: CountingScope, now: number): Promise<StocktakeWorld> {
  if (scope.lines.length === 0 && scope.watched.size === 0) return NO_STOCKTAKES;
  const heads = await loadStocktakes(session, [...scope.stocktakes]);
  const found = await loadLines(session, scope.lines, [...scope.watched]);
  const lines = new Map(found.map((line) => [lineKey(line.stocktakeId, line.sku), line]));
  const entries = await loadEntriesAfter(session, asked(scope, heads, lines, now));
  return { heads, lines, watched: scope.watched, entries: byPlace(entries) };
}

/** By location: the codes that would become lines by their counts, since the book knows of no such goods there. */
export function codesFoundBeside(
  { lines }: Pick<CountingScope, "lines">,
  known: Pick<StocktakeWorld, "heads" | "lines">,
): Map<string, Set<string>> {
  const codes = new Map<string, Set<string>>();
  for (const { stocktakeId, sku } of lines) {
    const location = known.heads.get(stocktakeId)?.location;
    if (location === undefined || known.lines.has(lineKey(stocktakeId, sku))) continue;
    codes.set(location, (codes.get(location) ?? new Set<string>()).add(sku));
  }
  return codes;
}

/** From where each SKU and location is to be read: of several counts of the same, from the earliest. */
function asked(
  scope: CountingScope,
  heads: ReadonlyMap<string, Stocktake>,
  lines: ReadonlyMap<string, StocktakeLine>,
  now: number,
): EntriesAfter[] {
  const all = new Map<string, EntriesAfter>();
  for (const { stocktakeId, sku, entriesAfter } of scope.lines) {
    const location = heads.get(stocktakeId)?.location;
    if (location === undefined || entriesAfter === null) continue;
    const count = entriesAfter === "LAST_COUNT" ? lines.get(lineKey(stocktakeId, sku))?.count : undefined;
    const told = typeof entriesAfter === "number";
    const one = { sequence: count?.sequence ?? NO_SEQUENCE, at: count?.countedAt ?? (told ? entriesAfter : now), told };
    const known = all.get(onHandKey(sku, location));
    all.set(onHandKey(sku, location), {
      sku,
      location,
      sequence: Math.min(one.sequence, known?.sequence ?? NO_SEQUENCE),
      at: Math.min(one.at, known?.at ?? one.at),
      told: told || known?.told === true,
    });
  }
  return [...all.values()];
}

function byPlace(entries: readonly PhysicalEntry[]): Map<string, PhysicalEntry[]> {
  const places = new Map<string, PhysicalEntry[]>();
  for (const entry of entries) {
    const key = onHandKey(entry.sku, entry.location);
    const known = places.get(key);
    if (known) known.push(entry);
    else places.set(key, [entry]);
  }
  return places;
}

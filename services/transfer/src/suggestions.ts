import type { Session } from "@septet/messaging";
import { type Database, decodeCursor, type Page, page, readNow, transact } from "@septet/service-kit";
import { bytewise } from "@septet/stock-contracts";
import { type Suggestion, type SuggestionPolicy, suggest } from "./domain/suggestion.js";
import { claimRun, type RankedPlace, readRanking, replaceRanking } from "./store/suggestion-ranking.js";
import { nextRange, readStock, readStockApart } from "./store/warehouse-stock.js";

/** Places (a SKU at a warehouse) gone through in one statement: some 50 ms, and other work comes between. */
const PLACES_PER_RANGE_ROWS = 5_000;
/** The list is for people: of more, those furthest apart. */
export const MAX_SUGGESTIONS_ROWS = 10_000;

export interface SuggestionSettings {
  readonly policy: SuggestionPolicy;
  /** How often all SKUs are gone through, s. */
  readonly everySeconds: number;
}

/** Which suggestions; what is missing does not matter. */
export interface SuggestionFilter {
  readonly sku?: string | undefined;
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
}

/**
 * Proposes transfers, and makes none. Which SKUs to look at is found now and then by going through all of them; what is shown of them is
 * always made from the figures of the moment, so that a drafted transfer is not proposed again.
 */
export class Suggestions {
  readonly #db: Database;
  readonly #settings: SuggestionSettings;

  constructor(db: Database, settings: SuggestionSettings) {
    this.#db = db;
    this.#settings = settings;
  }

  /** Goes through all SKUs if it is time to, and no other instance does. */
  async refresh(): Promise<void> {
    if (!(await claimRun(this.#db, this.#settings.everySeconds))) return;
    const now = await readNow(this.#db);
    let places: RankedPlace[] = [];
    for (let range = await nextRange(this.#db, "", PLACES_PER_RANGE_ROWS); range !== undefined; ) {
      const stocks = await readStockApart(this.#db, range, this.#settings.policy, now);
      for (const [sku, at] of stocks) places.push(...suggest(sku, at, this.#settings.policy).map(placeOf));
      if (places.length > 2 * MAX_SUGGESTIONS_ROWS) places = furthestApart(places);
      range = await nextRange(this.#db, range.upTo, PLACES_PER_RANGE_ROWS);
    }
    await transact(this.#db, {}, (unit) => replaceRanking(unit, furthestApart(places)));
  }

  /** What is suggested for one SKU on the figures of `now` (epoch ms by the database's clock). */
  async of(session: Session, sku: string, now: number): Promise<Suggestion[]> {
    const stocks = await readStock(session, [sku], now);
    return suggest(sku, stocks.get(sku) ?? [], this.#settings.policy);
  }

  /**
   * A page of suggestions, furthest apart first. One that no longer stands is left out, so a page may have fewer items than
   * asked for although more follow; with a SKU named nothing is left to the last going through.
   * @throws Problem 400 for a cursor that is none of ours
   */
  async list(filter: SuggestionFilter, cursor: string | undefined, limit: number): Promise<Page<Suggestion>> {
    const after = cursor === undefined ? null : placeAt(cursor);
    const now = await readNow(this.#db);
    if (filter.sku !== undefined) {
      const found = (await this.of(this.#db, filter.sku, now)).filter((one) => matches(one, filter));
      const rest = found.filter((one) => after === null || compare(placeOf(one), after) > 0);
      return page(rest, limit, (one) => keyOf(placeOf(one)));
    }
    const { items: places, nextCursor } = page(await readRanking(this.#db, filter, after, limit + 1), limit, keyOf);
    const stocks = await readStock(this.#db, [...new Set(places.map(({ sku }) => sku))], now);
    const items = places.flatMap(({ sku, destination }) =>
      suggest(sku, stocks.get(sku) ?? [], this.#settings.policy).filter(
        (one) => one.destination.location === destination && matches(one, filter),
      ),
    );
    return { items, nextCursor };
  }
}

type PlaceKey = Omit<RankedPlace, "source">;

function placeOf({ sku, source, destination, differenceDays }: Suggestion): RankedPlace {
  const apartMillidays = Math.floor(differenceDays * 1_000);
  return { sku, source: source.location, destination: destination.location, apartMillidays };
}

const keyOf = ({ apartMillidays, sku, destination }: PlaceKey) => [apartMillidays, sku, destination];

function placeAt(cursor: string): PlaceKey {
  const [apartMillidays, sku, destination] = decodeCursor(cursor, ["whole", "text", "text"]);
  return { apartMillidays: Number(apartMillidays), sku: String(sku), destination: String(destination) };
}

function compare(a: PlaceKey, b: PlaceKey): number {
  return b.apartMillidays - a.apartMillidays || bytewise(a.sku, b.sku) || bytewise(a.destination, b.destination);
}

function furthestApart(places: readonly RankedPlace[]): RankedPlace[] {
  return [...places].sort(compare).slice(0, MAX_SUGGESTIONS_ROWS);
}

function matches(suggestion: Suggestion, { source, destination }: SuggestionFilter): boolean {
  if (source !== undefined && suggestion.source.location !== source) return false;
  return destination === undefined || suggestion.destination.location === destination;
}

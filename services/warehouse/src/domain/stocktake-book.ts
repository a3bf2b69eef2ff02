import type { RecountReason } from "@septet/stock-contracts";
import { concerns, isAfter } from "./count-arithmetic.js";
import { onHandKey } from "./on-hand.js";
import type { PhysicalEntry, WhenBooked } from "./physical-log.js";
import { reopened, type Stocktake, type StocktakeLine, superseded } from "./stocktake.js";

/** What is known of counting, as far as the commands of a slice are concerned. */
export interface StocktakeWorld {
  readonly heads: ReadonlyMap<string, Stocktake>;
  /** By `lineKey`: the named lines, and the standing ones of `watched`. */
  readonly lines: ReadonlyMap<string, StocktakeLine>;
  /** SKUs whose standing counts were read: those that something told later, or a reversal, is about, and those approved. */
  readonly watched: ReadonlySet<string>;
  /** By `onHandKey`, of named lines: at least what is after their counts, and what is told to have happened after now. */
  readonly entries: ReadonlyMap<string, readonly PhysicalEntry[]>;
}

export const NO_STOCKTAKES: StocktakeWorld = {
  heads: new Map(),
  lines: new Map(),
  watched: new Set(),
  entries: new Map(),
};

/** Names a line; no id holds the separator. */
export const lineKey = (stocktakeId: string, sku: string): string => `${stocktakeId}\u0000${sku}`;

/** The working copy of stocktakes that one slice of commands is decided on. */
export class StocktakeBook {
  readonly #world: StocktakeWorld;
  readonly #lines = new Map<string, StocktakeLine>();
  readonly #standing = new Map<string, string>();
  readonly #entries = new Map<string, PhysicalEntry[]>();

  constructor(world: StocktakeWorld) {
    this.#world = world;
    for (const [key, line] of world.lines) if (line.standing) this.#standing.set(placeOf(line), key);
  }

  /** Nothing here is counted or approved by this slice, so that what it books by itself need not be followed. */
  get isIdle(): boolean {
    return this.#world.heads.size === 0;
  }

  head(stocktakeId: string): Stocktake | undefined {
    return this.#world.heads.get(stocktakeId);
  }

  line(stocktakeId: string, sku: string): StocktakeLine | undefined {
    const key = lineKey(stocktakeId, sku);
    return this.#lines.get(key) ?? this.#world.lines.get(key);
  }

  /** Keeps a line as it is now. When it stands, the one that stood before does not any more. */
  keep(line: StocktakeLine): void {
    const key = lineKey(line.stocktakeId, line.sku);
    const before = this.#standing.get(placeOf(line));
    if (line.standing && before !== key) {
      const other = before === undefined ? undefined : this.#at(before);
      if (other !== undefined) this.#lines.set(before!, superseded(other));
      this.#standing.set(placeOf(line), key);
    }
    this.#lines.set(key, line);
  }

  /** The line that the book rests on at a SKU and location. */
  standing(sku: string, location: string): StocktakeLine | undefined {
    if (!this.#world.watched.has(sku)) throw new Error(`whether a count of ${sku} stands was not read`);
    const key = this.#standing.get(onHandKey(sku, location));
    return key === undefined ? undefined : this.#at(key);
  }

  /** What is known to have happened to a SKU at a location, this slice included. */
  entries(sku: string, location: string): readonly PhysicalEntry[] {
    const key = onHandKey(sku, location);
    return [...(this.#world.entries.get(key) ?? []), ...(this.#entries.get(key) ?? [])];
  }

  /**
   * Takes in what this slice does to what lies here, and reopens the line that must be counted again for it.
   * @param reversed the entry that it reverses; undefined = nobody knows, so it may be of before any count
   */
  note(entry: PhysicalEntry, reversed?: WhenBooked): void {
    const key = onHandKey(entry.sku, entry.location);
    const known = this.#entries.get(key);
    if (known) known.push(entry);
    else this.#entries.set(key, [entry]);
    if (!entry.toldLater && entry.reverses === null) return;
    const line = this.standing(entry.sku, entry.location);
    if (line?.state !== "APPROVED") return;
    const why = reasonToRecount(entry, line, reversed);
    if (why !== undefined) this.keep(reopened(line, why));
  }

  /** The lines that differ from what was loaded. */
  changes(): StocktakeLine[] {
    return [...this.#lines].flatMap(([key, line]) => (this.#world.lines.get(key) === line ? [] : [line]));
  }

  #at(key: string): StocktakeLine | undefined {
    return this.#lines.get(key) ?? this.#world.lines.get(key);
  }
}

const placeOf = ({ sku, location }: StocktakeLine): string => onHandKey(sku, location);

/**
 * Why an approved line must be counted again for something that comes now. The count may have seen it, and the approval
 * has then booked it already: goods that moved before the count, told only now; a correction of the book for something of
 * before the approval; an entry undone that was in the book when the count was compared with it.
 */
function reasonToRecount(
  entry: PhysicalEntry,
  line: StocktakeLine,
  reversed: WhenBooked | undefined,
): RecountReason | undefined {
  const { count, approval } = line;
  if (count === null || approval === null || !concerns(entry, count)) return undefined;
  if (entry.reverses !== null) return reversed !== undefined && isAfter(reversed, count) ? undefined : "REVERSAL";
  if (entry.correctsBook) return entry.occurredAt <= approval.approvedAt ? "LATE_CORRECTION" : undefined;
  return entry.occurredAt <= count.countedAt ? "LATE_MOVEMENT" : undefined;
}

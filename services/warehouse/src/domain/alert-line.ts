import { type AlertCode, LIMITS } from "@septet/stock-contracts";
import type { DomainEvent } from "./decision.js";
import { type OnHand, type OnHandStep, onHandKey } from "./on-hand.js";

const CODE: AlertCode = "LOW_STOCK";

/** No line at all: nothing is ever low. */
export const LINE_OFF = -1;
/** The place of a line that holds at every location without one of its own. */
export const EVERYWHERE = "";

/** Where somebody wants to hear that a SKU runs low, and who buys it. What is null comes from the next wider line. */
export interface AlertLine {
  readonly sku: string;
  /** A warehouse, or `EVERYWHERE`. */
  readonly location: string;
  /** At or below so many usable pieces it is low; `LINE_OFF` = never; null = the default. */
  readonly pieces: number | null;
  readonly buyer: string | null;
}

/** All lines of the SKUs concerned by `onHandKey`, and the line of those that have none (pieces, or `LINE_OFF`). */
export interface AlertLines {
  readonly lines: ReadonlyMap<string, AlertLine>;
  readonly defaultPieces: number;
}

export const NO_ALERT_LINES: AlertLines = { lines: new Map(), defaultPieces: LINE_OFF };

/** What holds at a location: the SKU's line there, else the SKU's, else the default. */
export function lineAt(
  { lines, defaultPieces }: AlertLines,
  sku: string,
  location: string,
): { readonly pieces: number; readonly buyer: string | null } {
  const here = lines.get(onHandKey(sku, location));
  const everywhere = lines.get(onHandKey(sku, EVERYWHERE));
  return {
    pieces: here?.pieces ?? everywhere?.pieces ?? defaultPieces,
    buyer: here?.buyer ?? everywhere?.buyer ?? null,
  };
}

/** A row that crossed its line; `low` is what is to be remembered of it. */
export interface LowChange {
  readonly sku: string;
  readonly location: string;
  readonly low: boolean;
}

/** Usable goods: what lies there and can be sold, whoever it is promised to. May be below 0 like total. */
const usable = ({ total, unsellable }: Pick<OnHand, "total" | "unsellable">): number => total - unsellable;

/**
 * The rows that crossed their line from `before` to `after`, and the alerts that say so: once when the usable pieces are at or
 * below it, once when they are above it again. A row that never had a usable piece is not low: nobody has stocked it.
 */
export function lowStock(
  steps: readonly OnHandStep[],
  lines: AlertLines,
): { readonly changes: LowChange[]; readonly events: DomainEvent[] } {
  const changes: LowChange[] = [];
  const events: DomainEvent[] = [];
  for (const { before, after, wasUsable } of steps) {
    const { sku, location } = before;
    const known = before.low ?? null;
    if (known === null && !wasUsable) continue;
    const { pieces, buyer } = lineAt(lines, sku, location);
    const low = pieces !== LINE_OFF && usable(after) <= pieces;
    if (low === known) continue;
    changes.push({ sku, location, low });
    if (low || known === true) events.push(alert(sku, location, low, pieces, buyer));
  }
  return { changes, events };
}

function alert(sku: string, location: string, low: boolean, pieces: number, buyer: string | null): DomainEvent {
  const about = {
    alertId: `${CODE}/${sku}/${location}`.slice(0, LIMITS.MAX_DERIVED_ID_CHARS),
    code: CODE,
    service: "warehouse",
    sku,
    location,
    supplierId: null,
    orderId: null,
  };
  const whose = buyer === null ? "" : `, bought by ${buyer}`;
  if (!low) return { name: "StockAlertCleared", value: { ...about, message: `${sku} is above its line${whose}` } };
  const message = `${sku} is at or below its line at ${location}${whose}`;
  const details = { line: String(pieces), ...(buyer === null ? {} : { buyer }) };
  return { name: "StockAlertRaised", value: { ...about, severity: "WARNING", message, details } };
}

import type { CountCause } from "@septet/stock-contracts";
import { countAdjustments } from "./count-adjustment.js";
import { afterCount, difference } from "./count-arithmetic.js";
import { labelFault } from "./labelling.js";
import type { LinesChanged, RowOutcome, RowsBooked } from "./outcomes.js";
import { type Refusal, type RefusalCode, type RefusedField, refuse } from "./refusal.js";
import {
  approved,
  COUNT_VALID_DAYS,
  COUNT_VALID_MS,
  type Count,
  counted,
  isCountable,
  openLine,
  type Stocktake,
  type StocktakeLine,
  toBeRecounted,
} from "./stocktake.js";
import type { Workbench } from "./workbench.js";

/** What somebody found of one SKU, in pieces. */
export interface CountedLine {
  readonly sku: string;
  readonly shelf: number;
  readonly picked: number;
  readonly unsellable: number | null;
  /** Epoch ms; null = as it is told. */
  readonly countedAt: number | null;
}

export interface ApprovedLine {
  readonly sku: string;
  readonly cause: CountCause | null;
  readonly note: string | null;
}

interface OfStocktake {
  readonly stocktakeId: string;
  readonly actor: string | null;
}

/** Tells what was found: every line or none. */
export interface CountLines extends OfStocktake {
  readonly type: "COUNT_LINES";
  readonly lines: readonly CountedLine[];
}

/** Sends counted lines back to be counted again: every line or none. */
export interface RecountLines extends OfStocktake {
  readonly type: "RECOUNT_LINES";
  readonly lines: readonly { readonly sku: string }[];
}

/** Makes the book say what was counted: every line or none, save those that turn out to need another count. */
export interface ApproveLines extends OfStocktake {
  readonly type: "APPROVE_LINES";
  readonly lines: readonly ApprovedLine[];
}

/** Counts of an upload: each by itself, whatever becomes of the others. */
export interface CountRows extends OfStocktake {
  readonly type: "COUNT_ROWS";
  readonly rows: readonly (CountedLine & { readonly row: number })[];
}

/** Approvals of an upload, likewise. */
export interface ApproveRows extends OfStocktake {
  readonly type: "APPROVE_ROWS";
  readonly rows: readonly (ApprovedLine & { readonly row: number })[];
}

/** Doubts of an upload, likewise. */
export interface RecountRows extends OfStocktake {
  readonly type: "RECOUNT_ROWS";
  readonly rows: readonly { readonly sku: string; readonly row: number }[];
}

export type CountingCommand = CountLines | RecountLines | ApproveLines | CountRows | RecountRows | ApproveRows;

/** A named line that cannot be: the code of the refusal, the field at fault and why. */
interface Fault extends RefusedField {
  readonly code: RefusalCode;
}

/** How far the clocks of other services may be ahead of ours, ms. */
const MAX_CLOCK_LEAD_MS = 5 * 60_000;

export function countLines(bench: Workbench, command: CountLines): LinesChanged | Refusal {
  return eachOrNone(bench, command, countFault, (stocktake, line) => {
    return countLine(bench, stocktake, line, command.actor);
  });
}

export function recountLines(bench: Workbench, command: RecountLines): LinesChanged | Refusal {
  return eachOrNone(bench, command, recountFault, ({ stocktakeId }, { sku }) => {
    const line = toBeRecounted(bench.stocktakes.line(stocktakeId, sku)!, "ASKED");
    bench.stocktakes.keep(line);
    return line;
  });
}

export function approveLines(bench: Workbench, command: ApproveLines): LinesChanged | Refusal {
  return eachOrNone(bench, command, approvalFault, (stocktake, line) => {
    return approveLine(bench, stocktake, line, command.actor);
  });
}

/** A row that says again what was counted last is passed over. */
export function countRows(bench: Workbench, command: CountRows): RowsBooked {
  return eachRow(bench, command, (stocktake, row) => {
    const last = bench.stocktakes.line(stocktake.stocktakeId, row.sku);
    if (last?.state === "COUNTED" && sameFigures(last.count!, row)) return "ALREADY_APPLIED";
    const fault = countFault(bench, stocktake, row);
    if (fault) return fault;
    countLine(bench, stocktake, row, command.actor);
    return "APPLIED";
  });
}

/** A line that is to be counted again already is passed over. */
export function recountRows(bench: Workbench, command: RecountRows): RowsBooked {
  return eachRow(bench, command, (stocktake, row) => {
    const line = bench.stocktakes.line(stocktake.stocktakeId, row.sku);
    if (line?.state === "RECOUNT_NEEDED") return "ALREADY_APPLIED";
    const fault = recountFault(bench, stocktake, row);
    if (fault) return fault;
    bench.stocktakes.keep(toBeRecounted(line!, "ASKED"));
    return "APPLIED";
  });
}

/** A line that is approved already is passed over; one that needs another count is rejected and stands to be counted. */
export function approveRows(bench: Workbench, command: ApproveRows): RowsBooked {
  return eachRow(bench, command, (stocktake, row) => {
    if (bench.stocktakes.line(stocktake.stocktakeId, row.sku)?.state === "APPROVED") return "ALREADY_APPLIED";
    const fault = approvalFault(bench, stocktake, row);
    if (fault) return fault;
    const { state, why } = approveLine(bench, stocktake, row, command.actor);
    return state === "APPROVED" ? "APPLIED" : { field: "sku", reason: `must be counted again: ${why}` };
  });
}

function eachOrNone<L extends { readonly sku: string }>(
  bench: Workbench,
  { stocktakeId, lines }: OfStocktake & { readonly lines: readonly L[] },
  faultOf: (bench: Workbench, stocktake: Stocktake, line: L) => Fault | undefined,
  carryOut: (stocktake: Stocktake, line: L) => StocktakeLine,
): LinesChanged | Refusal {
  const stocktake = bench.stocktakes.head(stocktakeId);
  if (!stocktake) return refuse("UNKNOWN_STOCKTAKE", "no stocktake has this id");
  const faults = lines.flatMap((line, index) => {
    const fault = faultOf(bench, stocktake, line);
    return fault === undefined
      ? []
      : [{ code: fault.code, field: `lines[${index}].${fault.field}`, reason: fault.reason }];
  });
  const first = faults[0];
  if (first !== undefined) {
    const errors = faults.filter(({ code }) => code === first.code).map(({ field, reason }) => ({ field, reason }));
    return refuse(first.code, first.reason, errors);
  }
  return { outcome: "LINES_CHANGED", stocktake, lines: lines.map((line) => carryOut(stocktake, line)) };
}

function eachRow<R extends { readonly row: number }>(
  bench: Workbench,
  { stocktakeId, rows }: OfStocktake & { readonly rows: readonly R[] },
  book: (stocktake: Stocktake, row: R) => "APPLIED" | "ALREADY_APPLIED" | RefusedField,
): RowsBooked {
  const stocktake = bench.stocktakes.head(stocktakeId);
  const outcomes = rows.map((row): RowOutcome => {
    const done = stocktake === undefined ? { field: "row", reason: "no stocktake has this id" } : book(stocktake, row);
    if (typeof done === "string") return { row: row.row, outcome: done };
    return { row: row.row, outcome: "REJECTED", field: done.field, reason: done.reason };
  });
  return { outcome: "ROWS_BOOKED", rows: outcomes };
}

function countFault(bench: Workbench, stocktake: Stocktake, { sku, countedAt }: CountedLine): Fault | undefined {
  const line = bench.stocktakes.line(stocktake.stocktakeId, sku);
  if (!line && stocktake.scope === "SKUS") return unknownLine(sku);
  const { labellings, listed } = bench.world;
  const label = line ? undefined : labelFault(sku, labellings.get(stocktake.location), (code) => listed.has(code));
  if (label !== undefined) return { code: "ALREADY_UNSELLABLE", field: "sku", reason: label };
  if (line && !isCountable(line)) {
    const advice = line.state === "COUNTED" ? "ask for a recount first" : "nothing is to be counted";
    return { code: "LINE_STATE", field: "sku", reason: `${sku} is ${line.state}: ${advice}` };
  }
  if (countedAt === null) return undefined;
  const { now } = bench.world;
  const earliest = Math.max(stocktake.createdAt, now - COUNT_VALID_MS);
  if (countedAt >= earliest && countedAt <= now) return undefined;
  const reason = `is not between the beginning of the stocktake (at most ${COUNT_VALID_DAYS} days ago) and now`;
  return { code: "COUNTED_AT", field: "countedAt", reason };
}

function countLine(bench: Workbench, stocktake: Stocktake, told: CountedLine, countedBy: string | null): StocktakeLine {
  const { sku, shelf, picked, unsellable } = told;
  const { location } = stocktake;
  const moment =
    told.countedAt === null ? momentNow(bench, sku, location) : momentTold(bench, sku, location, told.countedAt);
  const found = { shelf, picked, unsellable, ...moment, countedBy, variance: 0, unsellableVariance: null };
  const off = difference(
    found,
    afterCount(bench.stocktakes.entries(sku, location), found),
    bench.onHand.at(sku, location),
  );
  const unsellableVariance = unsellable === null ? null : off.unsellable;
  const line = counted(bench.stocktakes.line(stocktake.stocktakeId, sku) ?? openLine(stocktake, sku), {
    ...found,
    variance: off.total,
    unsellableVariance,
  });
  bench.stocktakes.keep(line);
  bench.countsTold.push(line);
  return line;
}

/**
 * A count that is told as it is made. What has come to the book by now happened before it, even when the clock of whoever
 * recorded it says later.
 */
function momentNow(bench: Workbench, sku: string, location: string): Pick<Count, "countedAt" | "sequence"> {
  const { now } = bench.world;
  const ahead = bench.stocktakes
    .entries(sku, location)
    .filter(({ toldLater, occurredAt }) => toldLater && occurredAt <= now + MAX_CLOCK_LEAD_MS)
    .map(({ occurredAt }) => occurredAt);
  return { countedAt: Math.max(now, ...ahead), sequence: bench.sequenceOf(sku) };
}

/** A count that is told later than it was made: own movements that were booked after that moment are after it. */
function momentTold(
  bench: Workbench,
  sku: string,
  location: string,
  countedAt: number,
): Pick<Count, "countedAt" | "sequence"> {
  const later = bench.stocktakes
    .entries(sku, location)
    .filter(({ toldLater, occurredAt }) => !toldLater && occurredAt > countedAt)
    .map(({ sequence }) => sequence - 1);
  return { countedAt, sequence: Math.min(bench.sequenceOf(sku), ...later) };
}

function recountFault(bench: Workbench, { stocktakeId }: Stocktake, { sku }: { sku: string }): Fault | undefined {
  const line = bench.stocktakes.line(stocktakeId, sku);
  if (!line) return unknownLine(sku);
  return line.state === "COUNTED" ? undefined : notCounted(line);
}

function approvalFault(bench: Workbench, stocktake: Stocktake, told: ApprovedLine): Fault | undefined {
  const line = bench.stocktakes.line(stocktake.stocktakeId, told.sku);
  if (!line) return unknownLine(told.sku);
  if (line.state !== "COUNTED") return notCounted(line);
  if (told.cause !== null || recountReason(bench, line) !== undefined) return undefined;
  const { total, unsellable } = differenceNow(bench, line);
  if (total === 0 && unsellable === 0) return undefined;
  return { code: "CAUSE_MISSING", field: "cause", reason: `${told.sku} differs from the book: say why` };
}

function approveLine(
  bench: Workbench,
  { stocktakeId, location }: Stocktake,
  { sku, cause, note }: ApprovedLine,
  actor: string | null,
): StocktakeLine {
  const line = bench.stocktakes.line(stocktakeId, sku)!;
  const why = recountReason(bench, line);
  if (why !== undefined) {
    const again = toBeRecounted(line, why);
    bench.stocktakes.keep(again);
    return again;
  }
  const off = differenceNow(bench, line);
  const about = { sku, location, id: stocktakeId, line: sku, reason: cause, actor };
  for (const movement of countAdjustments(about, off)) bench.record(movement);
  const stands = approved(line, { cause, note, ...off, approvedAt: bench.world.now, approvedBy: actor });
  bench.stocktakes.keep(stands);
  return stands;
}

/** Why a counted line cannot be compared with the book any more. */
function recountReason(bench: Workbench, line: StocktakeLine) {
  const count = line.count!;
  if (bench.world.now - count.countedAt > COUNT_VALID_MS) return "COUNT_TOO_OLD";
  const other = bench.stocktakes.standing(line.sku, line.location);
  if (other !== undefined && other.stocktakeId !== line.stocktakeId && isLater(other.count!, count))
    return "LATER_COUNT";
  return afterCount(bench.stocktakes.entries(line.sku, line.location), count).corrected ? "BOOK_CORRECTED" : undefined;
}

function differenceNow(bench: Workbench, { sku, location, count }: StocktakeLine) {
  const after = afterCount(bench.stocktakes.entries(sku, location), count!);
  return difference(count!, after, bench.onHand.at(sku, location));
}

const isLater = (a: Count, b: Count): boolean =>
  a.sequence > b.sequence || (a.sequence === b.sequence && a.countedAt > b.countedAt);

const sameFigures = (a: Count, b: CountedLine): boolean =>
  a.shelf === b.shelf && a.picked === b.picked && a.unsellable === b.unsellable;

const unknownLine = (sku: string): Fault => ({
  code: "UNKNOWN_LINE",
  field: "sku",
  reason: `the stocktake has no line ${sku}`,
});

const notCounted = (line: StocktakeLine): Fault => ({
  code: "LINE_STATE",
  field: "sku",
  reason: `${line.sku} is ${line.state}, not COUNTED`,
});

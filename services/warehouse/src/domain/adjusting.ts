import { countAdjustments } from "./count-adjustment.js";
import { labelFault } from "./labelling.js";
import type { Adjusted, RowOutcome, RowsBooked } from "./outcomes.js";
import { type Refusal, type RefusedField, refuse } from "./refusal.js";
import type { Workbench } from "./workbench.js";

/**
 * What is to become of one SKU: a change by `delta` pieces, or from `expected` to `quantity` pieces, refused when
 * `expected` is not what is there. Never a figure alone: it would undo what was booked since somebody read the old one.
 */
export type AdjustmentLine = { readonly line: string; readonly sku: string } & (
  | { readonly delta: number; readonly expected: null; readonly quantity: null }
  | { readonly delta: null; readonly expected: number; readonly quantity: number }
);

/** Of what the lines speak: of all that lies there, its sellable part changing; or of the unsellable part. */
export type AdjustmentBucket = "sellable" | "unsellable";

export interface AdjustmentHead {
  readonly location: string;
  readonly reference: string;
  readonly bucket: AdjustmentBucket;
  readonly reason: string | null;
  readonly actor: string | null;
}

/** A line as it was booked: `change` is the pieces that it came to. */
export type BookedAdjustment = AdjustmentLine & { readonly bucket: AdjustmentBucket; readonly change: number };

/** Adjusts the book: every line or none. */
export interface Adjust {
  readonly type: "ADJUST";
  readonly head: AdjustmentHead;
  readonly lines: readonly AdjustmentLine[];
}

/** Adjustments of an upload: each by itself, whatever becomes of the others. */
export interface AdjustRows {
  readonly type: "ADJUST_ROWS";
  readonly rows: readonly { readonly row: number; readonly head: AdjustmentHead; readonly line: AdjustmentLine }[];
}

/** One name for an adjustment; a warehouse's code never contains `/`. */
export const adjustmentIdOf = (head: Pick<AdjustmentHead, "location" | "reference">): string =>
  `ADJUSTMENT/${head.location}/${head.reference}`;

/** Books an adjustment as a whole, once: told again with the same content it stands, with other content it is refused. */
export function adjust(bench: Workbench, { head, lines }: Adjust): Adjusted | Refusal {
  if (!bench.world.warehouses.has(head.location)) {
    const reason = `no warehouse is called ${head.location}: define it first`;
    return refuse("UNKNOWN_WAREHOUSE", "the location is not a warehouse", [{ field: "location", reason }]);
  }
  const known = bench.adjustment(adjustmentIdOf(head));
  if (known.lineCount > 0) {
    const booked = lines.map((line) => known.line(line.line));
    const same = lines.every((line, index) => sameLine(head, line, booked[index]));
    if (known.lineCount === lines.length && same)
      return { outcome: "ADJUSTED", again: true, lines: booked as BookedAdjustment[] };
    const reason = `${head.reference} was booked before with other content: take a new reference`;
    return refuse("DOCUMENT_CONFLICT", "the reference stands for something else", [{ field: "reference", reason }]);
  }
  const labels = lines.flatMap(({ sku }, index) => {
    const reason = labelFaultOf(bench, head, sku);
    return reason === undefined ? [] : [{ field: `lines[${index}].sku`, reason }];
  });
  if (labels.length > 0)
    return refuse("ALREADY_UNSELLABLE", "codes that label unsellable stock are not adjusted", labels);
  const refused = refusal(bench, head, lines);
  if (refused) return refused;
  return { outcome: "ADJUSTED", again: false, lines: lines.map((line) => adjustLine(bench, head, line)) };
}

/** Books rows one by one; a bad row costs itself only. */
export function adjustRows(bench: Workbench, { rows }: AdjustRows): RowsBooked {
  return {
    outcome: "ROWS_BOOKED",
    rows: rows.map(({ row, head, line }): RowOutcome => {
      if (!bench.world.warehouses.has(head.location)) {
        return { row, outcome: "REJECTED", field: "location", reason: `no warehouse is called ${head.location}` };
      }
      const known = bench.adjustment(adjustmentIdOf(head)).line(line.line);
      if (known && sameLine(head, line, known)) return { row, outcome: "ALREADY_APPLIED" };
      if (known) {
        const reason = `line ${line.line} of ${head.reference} was booked before with other content`;
        return { row, outcome: "REJECTED", field: "reference", reason };
      }
      const label = labelFaultOf(bench, head, line.sku);
      if (label !== undefined) return { row, outcome: "REJECTED", field: "sku", reason: label };
      const fault = faultOf(bench, head, line);
      if (fault) return { row, outcome: "REJECTED", field: fault.field, reason: fault.reason };
      adjustLine(bench, head, line);
      return { row, outcome: "APPLIED" };
    }),
  };
}

const labelFaultOf = ({ world }: Workbench, { location }: AdjustmentHead, code: string): string | undefined =>
  labelFault(code, world.labellings.get(location), (one) => world.listed.has(one));

/** Every line is looked at before one is booked: a SKU stands in one line only. */
function refusal(bench: Workbench, head: AdjustmentHead, lines: readonly AdjustmentLine[]): Refusal | undefined {
  const faults = lines.flatMap((line, index) => {
    const fault = faultOf(bench, head, line);
    return fault === undefined ? [] : [{ ...fault, index, sku: line.sku }];
  });
  const named = (stale: boolean): (RefusedField & { sku: string; current: number })[] =>
    faults
      .filter((fault) => fault.stale === stale)
      .map(({ index, field, reason, sku, current }) => ({ field: `lines[${index}].${field}`, reason, sku, current }));
  const stale = named(true);
  if (stale.length > 0) {
    const current = stale.map(({ sku, current: quantity }) => ({ sku, quantity }));
    return { ...refuse("STALE_QUANTITY", "the book says something else by now: look again", stale), current };
  }
  const absent = named(false);
  return absent.length === 0 ? undefined : refuse("NOT_ON_HAND", "not that many pieces are there", absent);
}

interface Fault extends RefusedField {
  readonly stale: boolean;
  readonly current: number;
}

function faultOf(bench: Workbench, head: AdjustmentHead, line: AdjustmentLine): Fault | undefined {
  const now = bench.onHand.at(line.sku, head.location);
  const current = head.bucket === "unsellable" ? now.unsellable : now.total;
  if (line.delta === null && line.expected !== current) {
    const reason = `${line.sku} is not ${line.expected} but ${current}`;
    return { stale: true, field: "expected", reason, current };
  }
  const change = changeOf(line);
  const there = head.bucket === "unsellable" ? now.unsellable : now.total - now.unsellable;
  if (change >= 0 || there + change >= 0) return undefined;
  const field = line.delta === null ? "quantity" : "delta";
  return { stale: false, field, reason: `not that many of ${line.sku} are there`, current };
}

function adjustLine(bench: Workbench, head: AdjustmentHead, line: AdjustmentLine): BookedAdjustment {
  const { location, reference: id, reason, actor, bucket } = head;
  const change = changeOf(line);
  const pieces = { total: change, unsellable: bucket === "unsellable" ? change : 0 };
  const about = { sku: line.sku, location, id, line: line.line, reason, actor };
  for (const movement of countAdjustments(about, pieces)) bench.record(movement);
  const booked = { ...line, bucket, change };
  bench.addAdjustmentLine(head, booked);
  return booked;
}

const changeOf = (line: AdjustmentLine): number => (line.delta === null ? line.quantity - line.expected : line.delta);

const sameLine = (head: AdjustmentHead, line: AdjustmentLine, known: BookedAdjustment | undefined): boolean =>
  known !== undefined &&
  known.bucket === head.bucket &&
  known.sku === line.sku &&
  known.delta === line.delta &&
  known.expected === line.expected &&
  known.quantity === line.quantity;

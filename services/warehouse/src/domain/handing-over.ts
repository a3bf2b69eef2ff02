import type { CancelFulfilment, NamedPieces, ShipFulfilment, ShortFulfilment } from "./commands.js";
import { type Fulfilment, type FulfilmentLine, type LineQuantity, lineKey, openOf, settleLines } from "./fulfilment.js";
import { type Refusal, type RefusedField, refuse } from "./refusal.js";

export interface Step {
  readonly outcome: "STEP";
  readonly next: Fulfilment;
  /** The lines it touched, with the pieces of this step. */
  readonly lines: readonly LineQuantity[];
}

/** Someone begins to pick: only what nobody picks yet. */
export function pick(fulfilment: Fulfilment, now: number): Step | Refusal {
  if (fulfilment.state !== "REQUESTED") return wrongState(fulfilment, "picked");
  return { outcome: "STEP", next: { ...fulfilment, state: "PICKING", pickedAt: now }, lines: [] };
}

/** Pieces leave the building: the named ones, or all that are open. */
export function ship(fulfilment: Fulfilment, command: ShipFulfilment, now: number): Step | Refusal {
  if (fulfilment.state !== "PICKING") return wrongState(fulfilment, "shipped");
  const asked = command.lines ?? openLines(fulfilment);
  const chosen = chooseOpen(fulfilment, asked);
  if (chosen.outcome === "REFUSED") return chosen;
  const next = settleLines(fulfilment, "shipped", chosen.quantities, now);
  if (command.final === true && next.closedAt === null) {
    return refuse("LINES_STILL_OPEN", "the last shipment leaves nothing open: ship or short the other pieces first");
  }
  const tracking = command.tracking ?? fulfilment.tracking;
  return { outcome: "STEP", next: { ...next, tracking }, lines: chosen.lines };
}

export interface ShortStep extends Step {
  readonly damaged: readonly LineQuantity[];
}

/** Promised pieces are not found (`lines`) or found damaged (`damaged`) at picking. */
export function short(fulfilment: Fulfilment, command: ShortFulfilment, now: number): ShortStep | Refusal {
  if (fulfilment.state !== "PICKING") return wrongState(fulfilment, "shorted");
  const all = chooseOpen(fulfilment, command.lines);
  if (all.outcome === "REFUSED") return all;
  const missing = chooseOpen(
    fulfilment,
    command.lines.filter((line) => line.cause === "NOT_FOUND"),
  );
  const damaged = chooseOpen(
    fulfilment,
    command.lines.filter((line) => line.cause === "DAMAGED"),
  );
  if (missing.outcome === "REFUSED") return missing;
  if (damaged.outcome === "REFUSED") return damaged;
  const shorted = settleLines(fulfilment, "short", missing.quantities, now);
  const next = settleLines(shorted, "damaged", damaged.quantities, now);
  return { outcome: "STEP", next, lines: missing.lines, damaged: damaged.lines };
}

/** The order wants pieces back: it gets what is still open of them, at most what it asks; 0 says too late. */
export function cancel(fulfilment: Fulfilment, command: CancelFulfilment, now: number): Step {
  const open = new Map(fulfilment.lines.map((line) => [lineKey(line), openOf(line)]));
  const quantities = new Map<string, number>();
  const lines = command.lines.map((line) => {
    const key = lineKey(line);
    const cancelled = Math.min(line.quantity, open.get(key) ?? 0);
    open.set(key, (open.get(key) ?? 0) - cancelled);
    quantities.set(key, (quantities.get(key) ?? 0) + cancelled);
    return { lineId: line.lineId, sku: line.sku, quantity: cancelled };
  });
  const nothing = lines.every((line) => line.quantity === 0);
  return { outcome: "STEP", next: nothing ? fulfilment : settleLines(fulfilment, "cancelled", quantities, now), lines };
}

type Choice =
  | {
      readonly outcome: "CHOSEN";
      readonly quantities: ReadonlyMap<string, number>;
      readonly lines: readonly LineQuantity[];
    }
  | Refusal;

/**
 * Lines named twice count together; none may be unknown, none may take more than is open. Of a line with several SKUs the
 * SKU must be named.
 */
function chooseOpen(fulfilment: Fulfilment, asked: readonly NamedPieces[]): Choice {
  const known = new Map(fulfilment.lines.map((line) => [lineKey(line), line]));
  const ofLine = new Map<string, FulfilmentLine[]>();
  for (const line of fulfilment.lines) {
    const parts = ofLine.get(line.lineId);
    if (parts === undefined) ofLine.set(line.lineId, [line]);
    else parts.push(line);
  }
  const quantities = new Map<string, number>();
  const unknown: RefusedField[] = [];
  const tooMany: RefusedField[] = [];
  asked.forEach((pieces, index) => {
    const line = lineNamed(ofLine.get(pieces.lineId) ?? [], pieces);
    if (typeof line === "string") {
      unknown.push({ field: `lines[${index}].${line === SEVERAL ? "sku" : "lineId"}`, reason: line });
      return;
    }
    const key = lineKey(line);
    const sum = (quantities.get(key) ?? 0) + pieces.quantity;
    if (sum > openOf(line)) {
      tooMany.push({ field: `lines[${index}].quantity`, reason: `more than is open of line ${line.lineId}` });
    }
    quantities.set(key, sum);
  });
  if (unknown.length > 0) return refuse("UNKNOWN_LINE", "a line is not part of the fulfilment", unknown);
  if (tooMany.length > 0) return refuse("MORE_THAN_OPEN", "more pieces than are open", tooMany);
  const lines = [...quantities].flatMap(([key, quantity]) => {
    const line = known.get(key);
    return line === undefined ? [] : [{ lineId: line.lineId, sku: line.sku, quantity }];
  });
  return { outcome: "CHOSEN", quantities, lines };
}

const SEVERAL = "the line is a bundle: name the sku of its part";

/** What is meant of a line, or why it cannot be told. */
function lineNamed(ofLine: readonly FulfilmentLine[], { lineId, sku }: NamedPieces): FulfilmentLine | string {
  if (sku === undefined && ofLine.length > 1) return SEVERAL;
  const named = ofLine.find((line) => sku === undefined || line.sku === sku);
  if (named !== undefined) return named;
  return ofLine.length === 0
    ? `the fulfilment has no line ${lineId}`
    : `line ${lineId} of the fulfilment has no ${String(sku)}`;
}

const openLines = (fulfilment: Fulfilment): NamedPieces[] =>
  fulfilment.lines
    .map((line) => ({ lineId: line.lineId, sku: line.sku, quantity: openOf(line) }))
    .filter((line) => line.quantity > 0);

const wrongState = (fulfilment: Fulfilment, participle: string): Refusal =>
  refuse("FULFILMENT_STATE", `a fulfilment that is ${fulfilment.state} cannot be ${participle}`);

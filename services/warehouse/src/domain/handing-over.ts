import type { CancelFulfilment, ShipFulfilment, ShortFulfilment } from "./commands.js";
import { type Fulfilment, type LineQuantity, openOf, settleLines } from "./fulfilment.js";
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
  const open = new Map(fulfilment.lines.map((line) => [line.lineId, openOf(line)]));
  const quantities = new Map<string, number>();
  const lines = command.lines.map(({ lineId, sku, quantity }) => {
    const cancelled = Math.min(quantity, open.get(lineId) ?? 0);
    open.set(lineId, (open.get(lineId) ?? 0) - cancelled);
    quantities.set(lineId, (quantities.get(lineId) ?? 0) + cancelled);
    return { lineId, sku, quantity: cancelled };
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

/** Lines named twice count together; none may be unknown, none may take more than is open. */
function chooseOpen(
  fulfilment: Fulfilment,
  asked: readonly { readonly lineId: string; readonly quantity: number }[],
): Choice {
  const known = new Map(fulfilment.lines.map((line) => [line.lineId, line]));
  const quantities = new Map<string, number>();
  const unknown: RefusedField[] = [];
  const tooMany: RefusedField[] = [];
  asked.forEach(({ lineId, quantity }, index) => {
    const line = known.get(lineId);
    if (!line) {
      unknown.push({ field: `lines[${index}].lineId`, reason: `the fulfilment has no line ${lineId}` });
      return;
    }
    const sum = (quantities.get(lineId) ?? 0) + quantity;
    if (sum > openOf(line)) {
      tooMany.push({ field: `lines[${index}].quantity`, reason: `more than is open of line ${lineId}` });
    }
    quantities.set(lineId, sum);
  });
  if (unknown.length > 0) return refuse("UNKNOWN_LINE", "a line is not part of the fulfilment", unknown);
  if (tooMany.length > 0) return refuse("MORE_THAN_OPEN", "more pieces than are open", tooMany);
  const lines = [...quantities].map(([lineId, quantity]) => ({ lineId, sku: known.get(lineId)!.sku, quantity }));
  return { outcome: "CHOSEN", quantities, lines };
}

const openLines = (fulfilment: Fulfilment): { lineId: string; quantity: number }[] =>
  fulfilment.lines.map((line) => ({ lineId: line.lineId, quantity: openOf(line) })).filter((line) => line.quantity > 0);

const wrongState = (fulfilment: Fulfilment, participle: string): Refusal =>
  refuse("FULFILMENT_STATE", `a fulfilment that is ${fulfilment.state} cannot be ${participle}`);

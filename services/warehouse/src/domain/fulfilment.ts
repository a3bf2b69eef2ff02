import type { FulfilmentState } from "@septet/stock-contracts";

/**
 * Pieces of one SKU of an order line at this location; a line that is a bundle has one for each of its parts. What is neither shipped, short, damaged, cancelled nor reversed is open.
 * `reversed` pieces were told as shipped, short or damaged by mistake: who still wants them asks for them anew.
 */
export interface FulfilmentLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly shipped: number;
  readonly short: number;
  readonly damaged: number;
  readonly cancelled: number;
  readonly reversed: number;
}

/**
 * A fulfilment: what one location has to hand over for one order.
 *
 * REQUESTED → PICKING → closed, and closed is what became of it: SHIPPED when anything went out, else SHORT when anything
 * was not found, else DAMAGED when anything was found damaged, else CANCELLED, also when all was taken back. It closes by itself with its last open piece.
 */
export interface Fulfilment {
  readonly fulfilmentId: string;
  readonly orderId: string;
  readonly location: string;
  readonly state: FulfilmentState;
  /** Epoch ms, or null when the order names none. */
  readonly deliverBy: number | null;
  readonly requestedAt: number;
  readonly pickedAt: number | null;
  readonly closedAt: number | null;
  readonly tracking: string | null;
  readonly lines: readonly FulfilmentLine[];
}

/** What is still to be handed over of a line, in pieces. */
export const openOf = (line: FulfilmentLine): number =>
  line.quantity - line.shipped - line.short - line.damaged - line.cancelled - line.reversed;

/** True when no piece is open any more. */
export const isClosed = (fulfilment: Fulfilment): boolean =>
  fulfilment.state !== "REQUESTED" && fulfilment.state !== "PICKING";

/** The part of a line that a step is about. */
export interface LineQuantity {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

/** What tells the pieces of a fulfilment apart: the order's line and, of a bundle's line, the part. */
export const lineKey = ({ lineId, sku }: Pick<FulfilmentLine, "lineId" | "sku">): string => `${lineId}\u0000${sku}`;

/** Which account of a line a step moves open pieces into. */
export type LineAccount = "shipped" | "short" | "damaged" | "cancelled";

/** Moves open pieces of lines, by `lineKey`, into an account of theirs and closes the fulfilment when nothing is open any more. */
export function settleLines(
  fulfilment: Fulfilment,
  account: LineAccount,
  quantities: ReadonlyMap<string, number>,
  now: number,
): Fulfilment {
  const lines = fulfilment.lines.map((line) => {
    const quantity = quantities.get(lineKey(line)) ?? 0;
    return quantity === 0 ? line : { ...line, [account]: line[account] + quantity };
  });
  if (lines.some((line) => openOf(line) > 0)) return { ...fulfilment, lines };
  return { ...fulfilment, lines, state: closedState(lines), closedAt: now };
}

/** Takes pieces of a line out of an account again; a closed fulfilment stays closed, as what is left of it says. */
export function takeBack(
  fulfilment: Fulfilment,
  account: LineAccount,
  { lineId, sku, quantity }: LineQuantity,
): Fulfilment {
  const lines = fulfilment.lines.map((line) => {
    if (line.lineId !== lineId || line.sku !== sku) return line;
    return { ...line, [account]: line[account] - quantity, reversed: line.reversed + quantity };
  });
  return { ...fulfilment, lines, state: isClosed(fulfilment) ? closedState(lines) : fulfilment.state };
}

function closedState(lines: readonly FulfilmentLine[]): FulfilmentState {
  if (lines.some((line) => line.shipped > 0)) return "SHIPPED";
  if (lines.some((line) => line.short > 0)) return "SHORT";
  return lines.some((line) => line.damaged > 0) ? "DAMAGED" : "CANCELLED";
}

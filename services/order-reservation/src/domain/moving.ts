import type { MoveRefusalCode } from "@septet/stock-contracts";
import type { Draft } from "./draft.js";
import { freeExpiredHolds } from "./expiring.js";
import type { Allocation, Order } from "./order.js";
import { publishReserved } from "./outcome-events.js";
import type { MoveRefused, Outcome } from "./outcomes.js";
import { saleableAfter } from "./saleable.js";
import { placeKey } from "./world.js";

/** Pieces of a line that are to be held at another location; `quantity` null: all that are held at `from`. */
export interface MoveLine {
  lineId: string;
  /** The part, where the line is a bundle held of several there; left out: whichever there is. */
  sku?: string | undefined;
  from: string;
  to: string;
  quantity: number | null;
}

interface Step {
  allocation: Allocation;
  to: string;
  quantity: number;
}

/**
 * Holds pieces of an order elsewhere, as long as nobody has been asked to send them: every wish or none. The target must
 * have them to sell to the order's channel; what is released in the same act counts, expired holds are given back first.
 */
export function moveReservation(draft: Draft, orderId: string, moves: readonly MoveLine[]): Outcome {
  const order = draft.order(orderId);
  if (order === undefined || order.state === "UNPLACED") return refused("UNKNOWN_ORDER", order, null);
  const steps: Step[] = [];
  const taken = new Map<Allocation, number>();
  for (const [index, move] of moves.entries()) {
    const step = stepOf(draft, order, move, taken);
    if (typeof step === "string") return refused(step, order, index);
    steps.push(step);
  }
  const lacking = lackingStep(draft, order, steps);
  if (lacking !== undefined) return refused("OUT_OF_STOCK", order, lacking);
  for (const { allocation, quantity } of steps) draft.release(order, allocation, quantity, "RELOCATED");
  for (const { allocation, to, quantity } of steps) {
    draft.reserve(order, allocation.lineId, allocation.sku, to, quantity);
  }
  publishReserved(draft, order);
  return { type: "RECORDED", order };
}

const refused = (code: MoveRefusalCode, order: Order | undefined, index: number | null): MoveRefused => ({
  type: "MOVE_REFUSED",
  code,
  index,
  order,
});

function stepOf(
  draft: Draft,
  order: Order,
  { lineId, sku, from, to, quantity }: MoveLine,
  taken: Map<Allocation, number>,
): Step | MoveRefusalCode {
  if (!order.lines.some((line) => line.lineId === lineId)) return "UNKNOWN_LINE";
  if (from === to) return "SAME_LOCATION";
  const there = order.allocations.filter((a) => a.lineId === lineId && a.location === from && a.open > 0);
  if (sku === undefined && there.some((a) => a.sku !== there[0]?.sku)) return "PART_NOT_NAMED";
  const held = sku === undefined ? there : there.filter((a) => a.sku === sku);
  const allocation = held.find((a) => a.fulfilmentId === null);
  if (allocation === undefined) return held.length > 0 ? "SENT_TO_FULFILMENT" : "NOT_HELD_THERE";
  if (order.state !== "RESERVED") return "NOT_HELD_THERE";
  const left = allocation.open - (taken.get(allocation) ?? 0);
  const pieces = quantity ?? left;
  if (pieces > left || pieces === 0) return "NOT_HELD_THERE";
  taken.set(allocation, allocation.open - left + pieces);
  const known = draft.isDefined(to) || draft.rowsOf(allocation.sku).some((row) => row.location === to);
  if (!known || !draft.location(to).active) return "UNKNOWN_LOCATION";
  return { allocation, to, quantity: pieces };
}

/** The first step whose target has too little to sell for it and those before it. */
function lackingStep(draft: Draft, order: Order, steps: readonly Step[]): number | undefined {
  const rules = draft.rulesFor(order);
  const changes = new Map<string, number>();
  const add = (key: string, pieces: number) => changes.set(key, (changes.get(key) ?? 0) + pieces);
  for (const { allocation, quantity } of steps) add(placeKey(allocation.sku, allocation.location), quantity);
  for (const [index, { allocation, to, quantity }] of steps.entries()) {
    const { sku } = allocation;
    const key = placeKey(sku, to);
    const lacks = () => {
      const row = draft.rowsOf(sku).find(({ location }) => location === to);
      return (row === undefined ? 0 : saleableAfter(draft, row, rules, changes.get(key) ?? 0)) < quantity;
    };
    if (lacks()) freeExpiredHolds(draft, sku, order.orderId);
    if (lacks()) return index;
    add(key, -quantity);
  }
  return undefined;
}

import type { Command, Location, Order, Outcome, StockRow } from "../../../src/domain/index.js";
import { add, rule } from "./rule.js";

/** What stood before one command, to reckon without the engine what it should have done. */
export interface Before {
  now: number;
  releasableUpTo: number;
  rows: readonly StockRow[];
  orders: ReadonlyMap<string, Order>;
  locations: ReadonlyMap<string, Location>;
  held: ReadonlySet<string>;
}

/** Pieces of a SKU that could be promised: what is sellable at active locations once expired holds are given back. */
export function reachable(before: Before, sku: string, except?: string): number {
  const freed = new Map<string, number>();
  for (const order of before.orders.values()) {
    const due = order.expiresAt !== null && order.expiresAt <= Math.min(before.now, before.releasableUpTo);
    if (!due || order.orderId === except || !["RESERVED", "EXPIRED"].includes(order.state)) continue;
    for (const a of order.allocations) if (a.sku === sku && before.held.has(sku)) add(freed, a.location, a.open);
  }
  let pieces = 0;
  for (const row of before.rows) {
    const active = before.locations.get(row.location)?.active ?? true;
    if (row.sku === sku && active) pieces += Math.max(0, row.sellable + (freed.get(row.location) ?? 0));
  }
  return pieces;
}

/** Nobody is refused what is there, and nobody is served what is not. */
export function checkPlacement(command: Command, outcome: Outcome, before: Before): void {
  if (command.type !== "PlaceOrder" || outcome.type !== "DECIDED") return;
  const { order } = outcome;
  const wanted = new Map<string, number>();
  for (const { sku, quantity, cancelled } of order.lines) add(wanted, sku, quantity - cancelled);
  const lacking = [...wanted].filter(([sku, quantity]) => quantity > reachable(before, sku));
  const refused = order.reasons.some((reason) => reason.code === "OUT_OF_STOCK");
  const shorted = order.lines.some((line) => line.shorted > 0);
  rule("an order that can be served is not refused", lacking.length > 0 || !(refused || shorted), () => order);
  const whole = order.state === "RESERVED" && !order.allowPartial;
  rule("an order is not held that cannot be served whole", !whole || lacking.length === 0, () => order);
  if (!["RESERVED", "CONFIRMED", "SHORTED"].includes(order.state)) return;
  for (const [sku, quantity] of wanted) {
    const promised = order.allocations.reduce((sum, a) => (a.sku === sku ? sum + a.open : sum), 0);
    const due = Math.min(quantity, reachable(before, sku));
    rule("of a part, all that is there is promised", promised === due, () => ({ sku, promised, due, order }));
  }
}

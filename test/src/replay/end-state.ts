import type { OrderBook, OrderRecord } from "./order-book.js";
import { firstOutcome } from "./order-book.js";

/** Where an order ended, in a form in which two runs can be compared. */
export interface OrderEnd {
  readonly orderId: string;
  readonly first: string;
  readonly fulfilled: boolean;
  readonly rejected: readonly string[];
  /** [lineId, reserved, shorted, shipped] in pieces. */
  readonly lines: readonly (readonly [string, number, number, number])[];
}

/** The end of every order, by orderId. */
export function endStates(book: OrderBook): OrderEnd[] {
  const ends = [...book.orders.values()].map(endOf);
  return ends.sort((a, b) => (a.orderId < b.orderId ? -1 : 1));
}

function endOf(order: OrderRecord): OrderEnd {
  const pieces = (map: ReadonlyMap<string, number>, lineId: string) => map.get(lineId) ?? 0;
  return {
    orderId: order.planned.orderId,
    first: firstOutcome(order),
    fulfilled: order.fulfilled,
    rejected: [...order.rejectionCodes].sort(),
    lines: order.planned.lines.map(
      ({ lineId }) =>
        [lineId, pieces(order.reserved, lineId), pieces(order.shorted, lineId), pieces(order.shipped, lineId)] as const,
    ),
  };
}

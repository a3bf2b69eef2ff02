import type { ReservationWarningCode } from "@septet/stock-contracts";
import type { Draft } from "./draft.js";
import { isOpenUnpaid } from "./limits.js";
import type { Order, RejectionReason } from "./order.js";

/** What the sender of an order should know although it is taken; `orderId` names the other order that it is about. */
export interface Warning {
  code: ReservationWarningCode;
  orderId: string | null;
}

/** Another order of the same customer that is not paid yet: the latest in this slice, else the latest before it. */
function otherUnpaid(draft: Draft, order: Order): string | undefined {
  if (order.customerId === null) return undefined;
  let latest: Order | undefined;
  for (const other of draft.ownOrdersOf(order.customerId)) {
    const isLater = (other.placedAt ?? 0) >= (latest?.placedAt ?? 0);
    if (isLater && other.orderId !== order.orderId && isOpenUnpaid(draft, other)) latest = other;
  }
  return latest?.orderId ?? draft.world.counts.unpaidOrders.get(order.customerId);
}

/** Why a customer who has not paid yet may not order again: an order that is paid may always come. */
export function reasonsOfUnpaid(draft: Draft, order: Order): RejectionReason[] {
  if (order.paid || draft.rulesFor(order).policy.unpaidOrder !== "REJECT") return [];
  const other = otherUnpaid(draft, order);
  return other === undefined ? [] : [{ lineId: null, sku: null, code: "UNPAID_ORDER_EXISTS", orderId: other }];
}

/** What the sender of an order should know although it is taken. */
export function warningsAbout(draft: Draft, order: Order): Warning[] {
  if (order.customerId === null || draft.rulesFor(order).policy.unpaidOrder === "ALLOW") return [];
  const other = otherUnpaid(draft, order);
  return other === undefined ? [] : [{ code: "UNPAID_ORDER_EXISTS", orderId: other }];
}

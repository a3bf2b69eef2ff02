import { type AlertCode, outcomeText, type ShortageCause } from "@septet/stock-contracts";
import type { Draft } from "./draft.js";
import { openOfLine, shippedOfLine, unservedOfLine } from "./line-pieces.js";
import type { Allocation, Order, RejectionReason } from "./order.js";
import { remediesFor } from "./remedies.js";
import { decideByOf, type Shortage, shortageIdOf } from "./shortage.js";
import type { Want } from "./sourcing.js";
import type { Warning } from "./unpaid-orders.js";

/** `OrderReserved`: the reservation as it now stands, wherever it stands. */
export function publishReserved(draft: Draft, order: Order, warnings: readonly Warning[] = []): void {
  const lines = [];
  for (const line of order.lines) {
    const quantity = openOfLine(order, line);
    if (quantity === 0) continue;
    const allocations = [];
    for (const { lineId, sku, location, open } of order.allocations) {
      if (lineId !== line.lineId || open === 0) continue;
      allocations.push({ location, quantity: open, sku: sku === line.sku ? null : sku });
    }
    lines.push({ lineId: line.lineId, sku: line.sku, quantity, allocations });
  }
  draft.publish("OrderReserved", {
    orderId: order.orderId,
    expiresAt: order.expiresAt,
    lines,
    warnings: told(order, warnings),
  });
}

/** Warnings as the order's shopper is told of them. */
const told = ({ language }: Order, warnings: readonly Warning[]) =>
  warnings.map((warning) => ({ ...warning, text: outcomeText("WARNED", warning.code, language) }));

/** `OrderAwaitingPayment`: these lines are reserved when the payment arrives. */
export function publishAwaiting(
  draft: Draft,
  order: Order,
  waiting: readonly Want[],
  warnings: readonly Warning[],
): void {
  const lines = waiting.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }));
  draft.publish("OrderAwaitingPayment", { orderId: order.orderId, lines, warnings: told(order, warnings) });
}

/** `OrderReservationRejected`; a refusal never carries a quantity. */
export function reject(draft: Draft, order: Order, reasons: readonly RejectionReason[]): void {
  order.state = "REJECTED";
  order.expiresAt = null;
  order.reasons = reasons;
  order.shortageList = [];
  const { orderId, language } = order;
  draft.publish("OrderReservationRejected", {
    orderId,
    reasons: reasons.map((reason) => ({
      ...reason,
      orderId: reason.orderId ?? null,
      text: outcomeText("REJECTED", reason.code, language),
    })),
  });
}

/** Pieces given back, as `OrderReservationReleased` names them. */
export interface Given {
  lineId: string;
  sku: string;
  quantity: number;
  location: string;
}

export function publishReleased(draft: Draft, order: Order, reason: "CANCELLED" | "EXPIRED", given: Given[]): void {
  if (given.length === 0) return;
  const text = outcomeText("RELEASED", reason, order.language);
  draft.publish("OrderReservationReleased", { orderId: order.orderId, reason, lines: given, text });
}

/**
 * Says that pieces will not be delivered, and what may be done about it. Each shortage has an id of its own, so that its
 * settlement can name it. What an unpaid order is told with its first answer is not kept: its shopper pays for the rest.
 */
export function short(
  draft: Draft,
  order: Order,
  missing: readonly Want[],
  cause: ShortageCause,
  isFirstAnswer = false,
): void {
  if (missing.length === 0) return;
  order.shortages += 1;
  for (const want of missing) {
    const line = order.lines.find((candidate) => candidate.lineId === want.lineId);
    if (line !== undefined) line.shorted += want.quantity;
  }
  const rule = draft.rulesFor(order).policy.shortage;
  const isKept = order.paid || !isFirstAnswer;
  const shortage: Shortage = {
    number: order.shortages,
    cause,
    shortedAt: draft.now,
    decideBy: decideByOf(draft.now, rule),
    escalateAt: draft.now + rule.handleWithinMinutes * 60_000,
    acknowledged: null,
    lines: missing.map((want) => ({ ...want, remedies: isKept ? remediesFor(draft, order, want) : [], settled: null })),
  };
  if (isKept) order.shortageList = [...order.shortageList, shortage];
  draft.publish("OrderShorted", {
    orderId: order.orderId,
    shortageId: shortageIdOf(order.orderId, shortage),
    cause,
    decideBy: shortage.decideBy,
    groupLeaderId: order.groupLeaderId,
    lines: shortage.lines.map(({ lineId, sku, quantity, remedies }) => ({
      lineId,
      sku,
      shortQuantity: quantity,
      remedies: [...remedies],
    })),
    text: outcomeText("SHORTED", cause, order.language),
  });
}

const notHandledId = (order: Order, shortage: Shortage): string =>
  `SHORTAGE_NOT_HANDLED:${shortageIdOf(order.orderId, shortage)}`;

/** Nobody has handled a shortage in time: somebody has to look. */
export function raiseNotHandled(draft: Draft, order: Order, shortage: Shortage): void {
  const shortageId = shortageIdOf(order.orderId, shortage);
  const until = new Date(shortage.decideBy).toISOString();
  draft.publish("StockAlertRaised", {
    ...alertAbout(order, "SHORTAGE_NOT_HANDLED", notHandledId(order, shortage)),
    severity: "WARNING",
    message: `Nobody has handled shortage ${shortageId} in time. It is paid back at ${until}.`,
    details: order.groupLeaderId === null ? null : { groupLeaderId: order.groupLeaderId },
  });
}

/** @param how what has become of it */
export function clearNotHandled(draft: Draft, order: Order, shortage: Shortage, how: string): void {
  const message = `Shortage ${shortageIdOf(order.orderId, shortage)} is ${how}.`;
  draft.publish("StockAlertCleared", {
    ...alertAbout(order, "SHORTAGE_NOT_HANDLED", notHandledId(order, shortage)),
    message,
  });
}

const alertAbout = (order: Order, code: AlertCode, alertId: string) => ({
  alertId,
  code,
  service: "order-reservation",
  sku: order.lines[0]?.sku ?? null,
  location: null,
  supplierId: null,
  orderId: order.orderId,
});

/** Asks warehouse or supplier to send what is promised and not asked for yet: one request per location, a line per part of a bundle. */
export function requestFulfilment(draft: Draft, order: Order): void {
  const byLocation = new Map<string, Allocation[]>();
  for (const allocation of order.allocations) {
    if (allocation.fulfilmentId !== null || allocation.open === 0) continue;
    const there = byLocation.get(allocation.location);
    if (there === undefined) byLocation.set(allocation.location, [allocation]);
    else there.push(allocation);
  }
  for (const [location, allocations] of byLocation) {
    order.fulfilments += 1;
    const fulfilmentId = `${order.orderId}/${order.fulfilments}`;
    const lines = new Map<string, { lineId: string; sku: string; quantity: number }>();
    for (const allocation of allocations) {
      allocation.fulfilmentId = fulfilmentId;
      const { lineId, sku, open } = allocation;
      const key = `${lineId}\u0000${sku}`;
      const line = lines.get(key);
      if (line !== undefined) line.quantity += open;
      else lines.set(key, { lineId, sku, quantity: open });
    }
    const { orderId, deliverBy } = order;
    draft.publish("FulfilmentRequested", { fulfilmentId, orderId, location, lines: [...lines.values()], deliverBy });
  }
}

/** Asks the warehouse for pieces back; `asked` are the allocations whose last ask is new. */
export function publishCancelRequests(draft: Draft, order: Order, asked: readonly Allocation[]): void {
  const byFulfilment = new Map<string, Allocation[]>();
  for (const allocation of asked) {
    if (allocation.fulfilmentId === null) continue;
    const key = allocation.fulfilmentId;
    byFulfilment.set(key, [...(byFulfilment.get(key) ?? []), allocation]);
  }
  for (const [fulfilmentId, allocations] of byFulfilment) {
    draft.publish("FulfilmentCancelRequested", {
      fulfilmentId,
      orderId: order.orderId,
      location: allocations[0]!.location,
      lines: allocations.map(({ lineId, sku, asks }) => ({ lineId, sku, quantity: asks.at(-1)?.quantity ?? 0 })),
    });
  }
}

/**
 * Money was taken for something that will not be sent: somebody has to look.
 * @param about tells alerts of one kind about one order apart
 */
export function alertPayment(draft: Draft, order: Order, code: AlertCode, message: string, about?: string): void {
  const alertId = about === undefined ? `${code}:${order.orderId}` : `${code}:${order.orderId}:${about}`;
  draft.publish("StockAlertRaised", {
    ...alertAbout(order, code, alertId),
    severity: "WARNING",
    message,
    details: null,
  });
}

/** When nothing is promised any more, the order has come to its end. */
export function settle(draft: Draft, order: Order): void {
  if (order.state !== "RESERVED" && order.state !== "CONFIRMED") return;
  if (order.allocations.some((allocation) => allocation.open > 0)) return;
  // Of an unpaid order nobody has promised, shorted or cancelled only what its policy reserves at the payment.
  if (!order.paid && order.lines.some((line) => unservedOfLine(order, line) > 0)) {
    order.state = "AWAITING_PAYMENT";
    return;
  }
  order.expiresAt = null;
  const shipped = [];
  for (const line of order.lines) {
    const quantity = shippedOfLine(order, line);
    if (quantity > 0) shipped.push({ lineId: line.lineId, sku: line.sku, quantity });
  }
  if (shipped.length > 0) {
    order.state = "FULFILLED";
    draft.publish("OrderFulfilled", { orderId: order.orderId, lines: shipped });
    return;
  }
  const shorted = !order.cancelAsked && order.lines.some((line) => line.shorted > 0);
  order.state = shorted ? "SHORTED" : "CANCELLED";
}

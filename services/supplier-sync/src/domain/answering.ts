import { type AlertCode, LIMITS, movementDraft, supplierLocation } from "@septet/stock-contracts";
import type {
  AnswerCancel,
  ConfirmOrder,
  NamedPart,
  SendOrder,
  SettleOrder,
  ShipOrder,
  ShortOrder,
} from "./commands.js";
import type { NotedEvent } from "./decision.js";
import type { DepartedPieces } from "./offer.js";
import {
  isClosed,
  lineKey,
  type OrderLine,
  openOf,
  type SupplierOrder,
  takeNewest,
  takeOldest,
  unansweredOf,
  withLines,
} from "./order.js";
import { answerAsk, answerTooLate } from "./ordering.js";
import type { OrderChanged } from "./outcomes.js";
import { type Refusal, type RefusedField, refuse } from "./refusal.js";
import type { Workbench } from "./workbench.js";

const BREACH: AlertCode = "SUPPLIER_SHORTAGE_KEPT_STOCK";

/** An operator sends an order before its cut-off. */
export function send(bench: Workbench, command: SendOrder): OrderChanged | Refusal {
  const order = found(bench, command);
  if ("code" in order) return order;
  if (order.state !== "REQUESTED") return wrongState(order, "sent");
  return changed(bench, withLines({ ...order, sentAt: bench.world.now }, order.lines, bench.world.now));
}

/** The supplier will ship pieces: the named ones, or all that it has not answered for. */
export function confirm(bench: Workbench, command: ConfirmOrder): OrderChanged | Refusal {
  const order = found(bench, command);
  if ("code" in order) return order;
  if (order.sentAt === null || isClosed(order)) return wrongState(order, "confirmed");
  const chosen = choose(order, command.lines, unansweredOf);
  if (chosen.outcome === "REFUSED") return chosen;
  const { now } = bench.world;
  const lines = order.lines.map((line) => {
    const pieces = chosen.pieces.get(lineKey(line)) ?? 0;
    if (pieces === 0) return line;
    bench.changeFacts({ supplierId: order.supplierId, sku: line.sku }, { counted: { at: now, pieces } });
    return { ...line, confirmed: [...line.confirmed, { at: now, pieces }] };
  });
  return changed(bench, withLines(order, lines, now));
}

/** The supplier will not ship pieces after all, whether it had confirmed them or not: order-reservation serves them from elsewhere. */
export function short(bench: Workbench, command: ShortOrder): OrderChanged | Refusal {
  const order = found(bench, command);
  if ("code" in order) return order;
  if (order.sentAt === null || isClosed(order)) return wrongState(order, "shorted");
  const chosen = choose(order, command.lines, openOf);
  if (chosen.outcome === "REFUSED") return chosen;
  const next = depart(bench, order, chosen.pieces, "SHORT", command.actor);
  tellOfBreach(bench, next);
  const about = told(next, chosen.pieces, command.reason ?? "SUPPLIER_SHORT");
  bench.events.push({ name: "FulfilmentShort", value: { ...about, tracking: null } });
  return changed(bench, next);
}

/** Shorts what is open, sent or not; an order with nothing open stays as it is. */
export function settleOrder(bench: Workbench, command: Omit<SettleOrder, "type">): OrderChanged | Refusal {
  const order = found(bench, command);
  if ("code" in order) return order;
  if (isClosed(order)) return { outcome: "ORDER_CHANGED", order };
  const pieces = new Map(order.lines.map((line) => [lineKey(line), openOf(line)]));
  const next = depart(bench, order, pieces, "EXCUSED", command.actor);
  const why = bench.world.suppliers.get(order.supplierId)?.supplier.stopped ?? "SUPPLIER_SHORT";
  bench.events.push({ name: "FulfilmentShort", value: { ...told(next, pieces, why), tracking: null } });
  return changed(bench, next);
}

/** Pieces left the supplier. A physical fact: it is booked whether they were confirmed or not. */
export function ship(bench: Workbench, command: ShipOrder): OrderChanged | Refusal {
  const order = found(bench, command);
  if ("code" in order) return order;
  if (order.sentAt === null || isClosed(order)) return wrongState(order, "shipped");
  const chosen = choose(order, command.lines, openOf);
  if (chosen.outcome === "REFUSED") return chosen;
  const tracking = command.tracking ?? order.tracking;
  const next = { ...depart(bench, order, chosen.pieces, "SHIPPED", command.actor), tracking };
  bench.events.push({ name: "FulfilmentShipped", value: { ...told(next, chosen.pieces, null), tracking } });
  return changed(bench, next);
}

/** The supplier answers every cancel request that it has not answered: it gives back the named pieces, or all that were asked for. */
export function answerCancel(bench: Workbench, command: AnswerCancel): OrderChanged | Refusal {
  const order = found(bench, command);
  if ("code" in order) return order;
  if (order.asks.length === 0) return refuse("NOTHING_ASKED", "nobody asks this order for pieces back");
  let left = command.lines === null ? null : new Map<string, number>();
  if (command.lines !== null) {
    const chosen = choose(order, command.lines, openOf);
    if (chosen.outcome === "REFUSED") return chosen;
    left = new Map(chosen.pieces);
  }
  for (const asked of order.asks) {
    const granted = asked.lines.map((part) => {
      const quantity = left === null ? part.quantity : Math.min(part.quantity, left.get(lineKey(part)) ?? 0);
      left?.set(lineKey(part), (left.get(lineKey(part)) ?? 0) - quantity);
      return { ...part, quantity };
    });
    answerAsk(bench, bench.order(order.fulfilmentId)!, asked, granted);
  }
  return changed(bench, bench.order(order.fulfilmentId)!);
}

/** Takes pieces out of the order and our books: movements per line, and what the offer has to know of them. */
function depart(
  bench: Workbench,
  order: SupplierOrder,
  pieces: ReadonlyMap<string, number>,
  kind: NotedEvent["kind"],
  actor: string | null,
): SupplierOrder {
  const { now } = bench.world;
  const { supplierId, orderId } = order;
  const lines = order.lines.map((line): OrderLine => {
    const quantity = pieces.get(lineKey(line)) ?? 0;
    if (quantity === 0) return line;
    const { lineId, sku } = line;
    const isShipped = kind === "SHIPPED";
    const keptPieces = kind === "SHORT" ? breachOf(bench, supplierId, sku, quantity) : 0;
    const noted = { fulfilmentId: order.fulfilmentId, lineId, sku, at: now, kind, pieces: quantity, keptPieces };
    bench.lineEvents.push(noted);
    const { confirmed, taken } = isShipped ? takeOldest(line, quantity, now) : takeNewest(line, quantity, now);
    leave(bench, supplierId, sku, quantity, taken, isShipped);
    const reference = { type: "order", id: orderId, line: lineId } as const;
    const supplier = supplierLocation(supplierId);
    const moves = isShipped ? "DROPSHIP_SHIP" : "DROPSHIP_SHORT";
    bench.movements.push(movementDraft(moves, undefined, { sku, quantity, supplier, reference, actor }));
    const account = isShipped ? { shipped: line.shipped + quantity } : { short: line.short + quantity };
    return { ...line, ...account, confirmed };
  });
  return withLines(order, lines, now);
}

/** How many of the pieces that are short the supplier had kept for us: what stays open is served from those first. */
function breachOf(bench: Workbench, supplierId: string, sku: string, quantity: number): number {
  const { kept, open } = bench.explained({ supplierId, sku });
  return Math.max(0, Math.min(quantity, kept - (open - quantity)));
}

/** Somebody has to speak to a supplier that was short of what it had kept for us. */
function tellOfBreach(bench: Workbench, { fulfilmentId, orderId, supplierId }: SupplierOrder): void {
  const breach = bench.lineEvents.find((event) => event.fulfilmentId === fulfilmentId && event.keptPieces > 0);
  if (breach === undefined) return;
  const alertId = `${BREACH}/${fulfilmentId}`.slice(0, LIMITS.MAX_DERIVED_ID_CHARS);
  const about = { alertId, code: BREACH, service: "supplier-sync", sku: breach.sku, supplierId, orderId };
  const message = `${supplierId} is short of ${breach.sku}, which it had kept for us`;
  const value = { ...about, location: supplierLocation(supplierId), severity: "WARNING", message, details: null };
  bench.events.push({ name: "StockAlertRaised", value });
}

function leave(
  bench: Workbench,
  supplierId: string,
  sku: string,
  quantity: number,
  taken: readonly DepartedPieces[],
  isSale: boolean,
): void {
  const key = { supplierId, sku };
  const { virtual, reserved } = bench.offer(key);
  bench.changeOffer(key, { virtual: virtual - quantity, reserved: reserved - quantity }, "ORDERS");
  bench.changeFacts(key, { requested: -quantity, uncounted: taken, departed: taken, sold: isSale ? quantity : 0 });
}

function changed(bench: Workbench, order: SupplierOrder): OrderChanged {
  bench.keepOrder(order);
  answerTooLate(bench, order.fulfilmentId);
  return { outcome: "ORDER_CHANGED", order: bench.order(order.fulfilmentId)! };
}

/** A supplier knows its own orders only. */
function found(
  bench: Workbench,
  { fulfilmentId, supplierId }: { readonly fulfilmentId: string; readonly supplierId: string },
): SupplierOrder | Refusal {
  const order = bench.order(fulfilmentId);
  if (order === undefined || order.supplierId !== supplierId) return refuse("UNKNOWN_ORDER", "no order has this id");
  return order;
}

type Choice = { readonly outcome: "CHOSEN"; readonly pieces: ReadonlyMap<string, number> } | Refusal;

/** Lines named twice count together; none may be unknown, none may take more than there is. Null = all there is. */
function choose(order: SupplierOrder, asked: readonly NamedPart[] | null, most: (line: OrderLine) => number): Choice {
  const pieces = new Map<string, number>();
  if (asked === null) {
    for (const line of order.lines) if (most(line) > 0) pieces.set(lineKey(line), most(line));
    if (pieces.size === 0) return refuse("MORE_THAN_OPEN", "nothing of the order is open for this");
    return { outcome: "CHOSEN", pieces };
  }
  const unknown: RefusedField[] = [];
  const tooMany: RefusedField[] = [];
  asked.forEach(({ lineId, sku, quantity }, index) => {
    const named = order.lines.filter((line) => line.lineId === lineId && (sku === null || line.sku === sku));
    const [line] = named;
    if (line === undefined || named.length > 1) {
      const reason =
        line === undefined ? `the order has no such line ${lineId}` : `line ${lineId} has parts: name the sku`;
      unknown.push({ field: `lines[${index}].lineId`, reason });
      return;
    }
    const sum = (pieces.get(lineKey(line)) ?? 0) + quantity;
    if (sum > most(line))
      tooMany.push({ field: `lines[${index}].quantity`, reason: `more than is open of line ${lineId}` });
    pieces.set(lineKey(line), sum);
  });
  if (unknown.length > 0) return refuse("UNKNOWN_LINE", "a line is not part of the order", unknown);
  if (tooMany.length > 0) return refuse("MORE_THAN_OPEN", "more pieces than are open for this", tooMany);
  return { outcome: "CHOSEN", pieces };
}

/** What everybody is told of a step. */
function told(order: SupplierOrder, pieces: ReadonlyMap<string, number>, reason: string | null) {
  const { fulfilmentId, orderId, supplierId, lines } = order;
  const named = lines.flatMap(({ lineId, sku }) => {
    const quantity = pieces.get(lineKey({ lineId, sku })) ?? 0;
    return quantity === 0 ? [] : [{ lineId, sku, quantity, reason }];
  });
  return { fulfilmentId, orderId, location: supplierLocation(supplierId), lines: named, final: isClosed(order) };
}

const wrongState = ({ state }: SupplierOrder, participle: string): Refusal =>
  refuse("ORDER_STATE", `an order that is ${state} cannot be ${participle}`);

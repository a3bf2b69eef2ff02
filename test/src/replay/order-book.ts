import type { RecordName, RecordOf } from "@septet/stock-contracts";
import type { PlannedOrder } from "./plan.js";

/** What became of one order so far, from the outcomes on the topics. Pieces are by lineId. */
export interface OrderRecord {
  readonly planned: PlannedOrder;
  /** performance.now() of publishing and of the first outcome; undefined: not yet, or known from an earlier run. */
  publishedAt: number | undefined;
  decidedAt: number | undefined;
  /** Names of the outcomes in arrival order. */
  readonly outcomes: string[];
  readonly reserved: Map<string, number>;
  readonly shorted: Map<string, number>;
  readonly shortageCauses: Set<string>;
  readonly rejectionCodes: Set<string>;
  readonly shipped: Map<string, number>;
  /** How often a warehouse gave pieces back or found them missing: each time the order may be served again. */
  givenBack: number;
  fulfilled: boolean;
}

/** What a warehouse still has to hand over for an order. */
export interface OpenFulfilment {
  readonly fulfilmentId: string;
  readonly orderId: string;
  readonly location: string;
  /** Pieces open, by lineId. */
  readonly open: Map<string, { readonly sku: string; quantity: number }>;
}

/** Follows every order of the plan through the outcomes; an event seen twice counts once. */
export class OrderBook {
  readonly orders: ReadonlyMap<string, OrderRecord>;
  readonly fulfilments = new Map<string, OpenFulfilment>();
  private readonly seen = new Set<string>();

  constructor(planned: readonly PlannedOrder[]) {
    this.orders = new Map(planned.map((order) => [order.orderId, newRecord(order)]));
  }

  /** Takes one record of stock.reservations.v1 or stock.fulfilments.v1; returns a new request for the warehouse, if it is one. */
  take(name: RecordName, value: unknown, arrivedAt: number): OpenFulfilment | undefined {
    const { orderId, eventId } = value as { orderId: string | null; eventId: string };
    const order = orderId === null ? undefined : this.orders.get(orderId);
    if (!order || this.seen.has(eventId)) return undefined;
    this.seen.add(eventId);
    return this.takeOwn(order, name, value, arrivedAt);
  }

  private takeOwn(order: OrderRecord, name: RecordName, value: unknown, at: number): OpenFulfilment | undefined {
    switch (name) {
      case "OrderReserved":
        takeReserved(order, value as RecordOf<"OrderReserved">);
        return decided(order, name, at);
      case "OrderShorted":
        takeShorted(order, value as RecordOf<"OrderShorted">);
        return decided(order, name, at);
      case "OrderReservationRejected":
        for (const { code } of (value as RecordOf<"OrderReservationRejected">).reasons) order.rejectionCodes.add(code);
        return decided(order, name, at);
      case "OrderFulfilled":
        order.fulfilled = true;
        return undefined;
      case "FulfilmentRequested":
        return this.request(value as RecordOf<"FulfilmentRequested">);
      case "FulfilmentShipped":
        for (const line of (value as RecordOf<"FulfilmentShipped">).lines)
          add(order.shipped, line.lineId, line.quantity);
        return this.close(value as RecordOf<"FulfilmentShipped">);
      case "FulfilmentCancelled":
      case "FulfilmentShort":
        order.givenBack += 1;
        return this.close(value as RecordOf<"FulfilmentCancelled">);
      default:
        return undefined;
    }
  }

  /** An answer may be read before its request, for they lie on one topic but come from two services: open may go below 0. */
  private fulfilment(value: { fulfilmentId: string; orderId: string; location: string }): OpenFulfilment {
    const { fulfilmentId, orderId, location } = value;
    const known = this.fulfilments.get(fulfilmentId);
    if (known) return known;
    const fulfilment = { fulfilmentId, orderId, location, open: new Map() };
    this.fulfilments.set(fulfilmentId, fulfilment);
    return fulfilment;
  }

  private request(value: RecordOf<"FulfilmentRequested">): OpenFulfilment {
    const fulfilment = this.fulfilment(value);
    for (const line of value.lines) addOpen(fulfilment, line, line.quantity);
    return fulfilment;
  }

  private close(value: RecordOf<"FulfilmentCancelled">): undefined {
    const fulfilment = this.fulfilment(value);
    for (const line of value.lines) addOpen(fulfilment, line, -line.quantity);
  }
}

function newRecord(planned: PlannedOrder): OrderRecord {
  return {
    planned,
    publishedAt: undefined,
    decidedAt: undefined,
    outcomes: [],
    reserved: new Map(),
    shorted: new Map(),
    shortageCauses: new Set(),
    rejectionCodes: new Set(),
    shipped: new Map(),
    givenBack: 0,
    fulfilled: false,
  };
}

function decided(order: OrderRecord, name: RecordName, at: number): undefined {
  order.outcomes.push(name);
  if (order.decidedAt === undefined && order.publishedAt !== undefined) order.decidedAt = at;
}

function takeReserved(order: OrderRecord, value: RecordOf<"OrderReserved">): void {
  // The first outcome says what was there; later ones repeat it, moved or mended.
  if (order.outcomes.includes("OrderReserved")) return;
  for (const line of value.lines) add(order.reserved, line.lineId, line.quantity);
}

function takeShorted(order: OrderRecord, value: RecordOf<"OrderShorted">): void {
  order.shortageCauses.add(value.cause);
  for (const line of value.lines) add(order.shorted, line.lineId, line.shortQuantity);
}

function add(pieces: Map<string, number>, lineId: string, quantity: number): void {
  pieces.set(lineId, (pieces.get(lineId) ?? 0) + quantity);
}

function addOpen(fulfilment: OpenFulfilment, line: { lineId: string; sku: string }, quantity: number): void {
  const open = fulfilment.open.get(line.lineId);
  if (open) open.quantity += quantity;
  else fulfilment.open.set(line.lineId, { sku: line.sku, quantity });
}

/** Whether the order has had its first outcome, in this run or an earlier one. */
export function isDecided(order: OrderRecord): boolean {
  return order.outcomes.length > 0;
}

/** The first outcome in a word. */
export type FirstOutcome = "RESERVED" | "IN_PART" | "SHORTED" | "REJECTED" | "UNANSWERED";

export function firstOutcome(order: OrderRecord): FirstOutcome {
  if (!isDecided(order)) return "UNANSWERED";
  if (order.outcomes[0] === "OrderReservationRejected") return "REJECTED";
  if (order.reserved.size === 0) return "SHORTED";
  const whole = order.planned.lines.every((line) => (order.reserved.get(line.lineId) ?? 0) >= line.quantity);
  return whole ? "RESERVED" : "IN_PART";
}

/** Pieces ordered that are neither shipped nor said to be short; a rejected order has none. */
export function piecesOpen(order: OrderRecord): number {
  if (order.rejectionCodes.size > 0) return 0;
  let open = 0;
  for (const { lineId, quantity } of order.planned.lines)
    open += quantity - (order.shipped.get(lineId) ?? 0) - (order.shorted.get(lineId) ?? 0);
  return open;
}

/** Whether nothing more is to come: all shipped or shorted, and what was shipped reported as fulfilled. */
export function isSettled(order: OrderRecord): boolean {
  if (!isDecided(order)) return false;
  if (order.rejectionCodes.size > 0) return true;
  return piecesOpen(order) === 0 && (order.fulfilled || order.shipped.size === 0);
}

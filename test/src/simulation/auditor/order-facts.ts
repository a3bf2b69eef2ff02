import type { Evidence } from "./auditor.js";
import { movementsOf } from "./movement-rules.js";

export interface LineFacts {
  readonly sku: string;
  readonly ordered: number;
  reserved: number;
  released: number;
  shipped: number;
  /** Lost at picking: not found, or found damaged. */
  picked: number;
}

/** What the outside knows of one order: what was asked, what was paid, what came out. */
export interface OrderFacts {
  readonly orderId: string;
  /** A placement that keeps the contract was sent (and, over HTTP, answered). */
  placed: boolean;
  misplaced: boolean;
  paidAt: number | undefined;
  cancelledWhole: boolean;
  cancelledByLine: boolean;
  /** Pieces given up by line; a cancellation that was sent twice counts once. */
  readonly givenUp: Map<string, number>;
  readonly lines: Map<string, LineFacts>;
  /** Outcomes in the order of the log, repetitions left out. */
  readonly outcomes: Outcome[];
}

export interface Outcome {
  readonly kind:
    | "OrderReserved"
    | "OrderReservationRejected"
    | "OrderReservationReleased"
    | "OrderShorted"
    | "OrderFulfilled";
  readonly occurredAt: number;
  readonly expiresAt: number | null;
  readonly reason: string | null;
  readonly codes: readonly string[];
}

/** Gathers the facts about every order from messages and answers. */
export function gatherOrders(evidence: Evidence): Map<string, OrderFacts> {
  const orders = new Map<string, OrderFacts>();
  const order = (orderId: string): OrderFacts => {
    let facts = orders.get(orderId);
    if (facts === undefined) {
      facts = {
        orderId,
        placed: false,
        misplaced: false,
        paidAt: undefined,
        cancelledWhole: false,
        cancelledByLine: false,
        givenUp: new Map(),
        lines: new Map(),
        outcomes: [],
      };
      orders.set(orderId, facts);
    }
    return facts;
  };
  gatherWishes(evidence, order);
  gatherOutcomes(evidence, order);
  for (const { kind, reference, sku, legs } of movementsOf(evidence)) {
    if (reference.type !== "order") continue;
    const facts = order(reference.id);
    const line = facts.lines.get(reference.line ?? "") ?? noLine(facts, reference.line ?? "", sku);
    const promised = legs.reduce((sum, leg) => (leg.bucket === "orderReserved" ? sum + leg.delta : sum), 0);
    if (kind === "RESERVE") line.reserved += promised;
    else if (kind === "RELEASE") line.released -= promised;
    else if (kind === "SHIP") line.shipped -= promised;
    else line.picked -= promised;
  }
  return orders;
}

function gatherWishes({ history }: Evidence, order: (orderId: string) => OrderFacts): void {
  const place = (orderId: string, lines: readonly { lineId: string; sku: string; quantity: number }[]) => {
    const facts = order(orderId);
    facts.placed = true;
    for (const { lineId, sku, quantity } of lines) {
      if (!facts.lines.has(lineId)) {
        facts.lines.set(lineId, { sku, ordered: quantity, reserved: 0, released: 0, shipped: 0, picked: 0 });
      }
    }
  };
  const paid = (orderId: string, at: number) => {
    const facts = order(orderId);
    facts.paidAt = Math.min(at, facts.paidAt ?? at);
  };
  const heard = new Set<string>();
  for (const { message, record } of history.witnessed) {
    if (record?.name === "OrderPlaced") {
      if (record.value.lines.length === 0) order(record.value.orderId).misplaced = true;
      else place(record.value.orderId, record.value.lines);
      if (record.value.lines.length > 0 && record.value.payment === "PAID")
        paid(record.value.orderId, message.timestamp);
    }
    if (record?.name === "PaymentSucceeded") paid(record.value.orderId, message.timestamp);
    if (record?.name !== "OrderCancelled" || heard.has(record.value.eventId)) continue;
    heard.add(record.value.eventId);
    cancel(order(record.value.orderId), record.value.lines);
  }
  for (const { move, answers } of history.exchanges) {
    if (answers.length === 0) continue;
    if (move.do === "place") {
      place(move.orderId, move.lines);
      if (move.payment === "PAID") paid(move.orderId, Number.POSITIVE_INFINITY);
    }
    if (move.do === "cancel") cancel(order(move.orderId), move.lines);
  }
}

function cancel(facts: OrderFacts, lines: readonly { lineId: string; quantity: number }[] | null): void {
  if (lines === null) facts.cancelledWhole = true;
  else facts.cancelledByLine = true;
  for (const { lineId, quantity } of lines ?? []) {
    facts.givenUp.set(lineId, (facts.givenUp.get(lineId) ?? 0) + quantity);
  }
}

const OUTCOMES = new Set([
  "OrderReserved",
  "OrderReservationRejected",
  "OrderReservationReleased",
  "OrderShorted",
  "OrderFulfilled",
]);

function gatherOutcomes({ history }: Evidence, order: (orderId: string) => OrderFacts): void {
  const seen = new Set<string>();
  for (const { record } of history.witnessed) {
    if (record === undefined || !OUTCOMES.has(record.name)) continue;
    const value = record.value as {
      eventId: string;
      orderId: string;
      occurredAt: number;
      expiresAt?: number | null;
      reason?: string | null;
      reasons?: readonly { code: string }[];
    };
    if (seen.has(value.eventId)) continue;
    seen.add(value.eventId);
    order(value.orderId).outcomes.push({
      kind: record.name as Outcome["kind"],
      occurredAt: value.occurredAt,
      expiresAt: value.expiresAt ?? null,
      reason: value.reason ?? null,
      codes: value.reasons?.map(({ code }) => code) ?? [],
    });
  }
}

function noLine(facts: OrderFacts, lineId: string, sku: string): LineFacts {
  const line = { sku, ordered: 0, reserved: 0, released: 0, shipped: 0, picked: 0 };
  facts.lines.set(lineId, line);
  return line;
}

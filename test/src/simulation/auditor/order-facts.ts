import type { Evidence } from "./auditor.js";
import { movementsOf } from "./movement-rules.js";
import type { LineRow } from "./tables.js";

export interface LineFacts {
  readonly lineId: string;
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
  /** A placement that keeps the contract was sent (and, over HTTP, answered), and counts. */
  placed: boolean;
  /** A placement that breaks the contract was sent. */
  misplaced: boolean;
  /** Every placement under the id, in no order: the lines of one of them count, those of others are a conflict. */
  readonly placements: Placement[];
  paidAt: number | undefined;
  cancelledWhole: boolean;
  cancelledByLine: boolean;
  /** Pieces given up by line; a cancellation that was sent twice counts once. */
  readonly givenUp: Map<string, number>;
  readonly lines: Map<string, LineFacts>;
  /** Shipments that were taken back. */
  takenBack: number;
  /** How often more time was asked for. */
  prolonged: number;
  /** Lines that were exchanged for others. */
  exchanged: number;
  /** Outcomes in the order of the log, repetitions left out. */
  readonly outcomes: Outcome[];
}

export interface Placement {
  readonly lines: readonly { readonly lineId: string; readonly sku: string; readonly quantity: number }[];
  /** When its payment came (infinity: with a request); undefined: without one. */
  readonly paidAt: number | undefined;
}

export interface Outcome {
  readonly kind:
    | "OrderReserved"
    | "OrderAwaitingPayment"
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
        placements: [],
        paidAt: undefined,
        cancelledWhole: false,
        cancelledByLine: false,
        givenUp: new Map(),
        lines: new Map(),
        takenBack: 0,
        prolonged: 0,
        exchanged: 0,
        outcomes: [],
      };
      orders.set(orderId, facts);
    }
    return facts;
  };
  gatherWishes(evidence, order);
  const accepted = acceptedLines(evidence);
  for (const facts of orders.values()) choosePlacement(facts, accepted.get(facts.orderId));
  gatherOutcomes(evidence, order);
  for (const { order_id, line_id, sku, quantity, replaces } of evidence.tables.lines) {
    if (replaces === null) continue;
    const facts = order(order_id);
    facts.exchanged += 1;
    facts.lines.set(line_id, {
      lineId: line_id,
      sku,
      ordered: quantity,
      reserved: 0,
      released: 0,
      shipped: 0,
      picked: 0,
    });
  }
  for (const row of evidence.tables.lines) if (row.parts !== null) takeApart(order(row.order_id), row);
  for (const { kind, reference, sku, legs, reverses } of movementsOf(evidence)) {
    if (reference.type !== "order") continue;
    const facts = order(reference.id);
    if (reverses !== null && kind === "SHIP") facts.takenBack += 1;
    const lineId = reference.line ?? "";
    const line = facts.lines.get(lineId) ?? facts.lines.get(partKey(lineId, sku)) ?? noLine(facts, lineId, sku);
    const promised = legs.reduce((sum, leg) => (leg.bucket === "orderReserved" ? sum + leg.delta : sum), 0);
    if (kind === "RESERVE") line.reserved += promised;
    else if (kind === "RELEASE") line.released -= promised;
    else if (kind === "SHIP") line.shipped -= promised;
    else line.picked -= promised;
  }
  return orders;
}

/** Of a line of a bundle each part is followed by itself. */
const partKey = (lineId: string, sku: string): string => `${lineId}: ${sku}`;

function takeApart({ lines }: OrderFacts, { line_id, quantity, parts }: LineRow): void {
  lines.delete(line_id);
  for (const part of parts ?? []) {
    const ordered = part.quantity * quantity;
    const known = { lineId: line_id, sku: part.sku, ordered, reserved: 0, released: 0, shipped: 0, picked: 0 };
    lines.set(partKey(line_id, part.sku), known);
  }
}

/** One placement counts, as a whole; where several are possible, the service's own rows say which it took. */
function choosePlacement(facts: OrderFacts, accepted: string | undefined): void {
  const [any] = facts.placements;
  const chosen = facts.placements.filter(({ lines }) => accepted === undefined || namesOf(lines) === accepted);
  const [first] = chosen.length > 0 ? chosen : accepted === NO_LINES && facts.misplaced ? [] : [any];
  facts.placed = first !== undefined;
  for (const { lineId, sku, quantity } of first?.lines ?? []) {
    facts.lines.set(lineId, { lineId, sku, ordered: quantity, reserved: 0, released: 0, shipped: 0, picked: 0 });
  }
  for (const { paidAt } of chosen) {
    if (paidAt !== undefined) facts.paidAt = Math.min(paidAt, facts.paidAt ?? paidAt);
  }
}

/** The lines of an order in words, whatever their order. */
export const namesOf = (lines: Placement["lines"]): string =>
  lines
    .map(({ lineId, sku, quantity }) => `${lineId}: ${quantity} ${sku}`)
    .sort()
    .join(", ");

const NO_LINES = "";

/** What the service took down of each order; without an entry: the order is not known, or the service has no part in it. */
export function acceptedLines({ tables }: Pick<Evidence, "tables">): Map<string, string> {
  const lines = new Map<string, { lineId: string; sku: string; quantity: number }[]>();
  for (const { order_id } of tables.orders ?? []) lines.set(order_id, []);
  for (const { order_id, line_id, sku, quantity, replaces } of tables.lines) {
    if (replaces === null) lines.get(order_id)?.push({ lineId: line_id, sku, quantity });
  }
  return new Map([...lines].map(([orderId, taken]) => [orderId, namesOf(taken)]));
}

function gatherWishes({ history }: Evidence, order: (orderId: string) => OrderFacts): void {
  const heard = new Set<string>();
  for (const { message, record } of history.witnessed) {
    if (record?.name === "OrderPlaced") {
      const { orderId, lines, payment } = record.value;
      const paidAt = payment === "PAID" ? message.timestamp : undefined;
      if (lines.length === 0) order(orderId).misplaced = true;
      else order(orderId).placements.push({ lines, paidAt });
    }
    if (record?.name === "PaymentSucceeded") {
      const facts = order(record.value.orderId);
      facts.paidAt = Math.min(message.timestamp, facts.paidAt ?? message.timestamp);
    }
    if (record?.name !== "OrderCancelled" || heard.has(record.value.eventId)) continue;
    heard.add(record.value.eventId);
    cancel(order(record.value.orderId), record.value.lines);
  }
  for (const { move, answers } of history.exchanges) {
    if (answers.length === 0) continue;
    if (move.do === "place") {
      const paidAt = move.payment === "PAID" ? Number.POSITIVE_INFINITY : undefined;
      order(move.orderId).placements.push({ lines: move.lines, paidAt });
    }
    if (move.do === "extend") order(move.orderId).prolonged += 1;
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
  "OrderAwaitingPayment",
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
  const line = { lineId, sku, ordered: 0, reserved: 0, released: 0, shipped: 0, picked: 0 };
  facts.lines.set(lineId, line);
  return line;
}

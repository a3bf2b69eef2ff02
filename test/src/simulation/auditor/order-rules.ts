import type { Evidence } from "./auditor.js";
import { wholeOf } from "./bundle-rules.js";
import type { Findings } from "./findings.js";
import { acceptedLines, gatherOrders, namesOf, type OrderFacts, type Outcome } from "./order-facts.js";
import type { AllocationRow, LineRow, OrderRow } from "./tables.js";

/** An unpaid order is held this long, and payments that cannot be read are waited for this much longer, ms. */
const GRACE_MS = 120_000;
/** However much more time an unpaid order gets, ms. */
const LONGEST_HOLD_MS = 7_200_000;
/** What stock alone has refused, or too many unpaid orders of a device, can still be served once money comes. */
const OVERCOME_BY_PAYMENT: ReadonlySet<string> = new Set(["OUT_OF_STOCK", "DEVICE_VELOCITY", "IP_VELOCITY"]);
const FIRST_OUTCOMES = ["OrderReserved", "OrderAwaitingPayment", "OrderReservationRejected", "OrderShorted"];

/** What an order had lost its payment does not bring back when its customer, or its promotion, has had all of it meanwhile. */
const TOO_LATE: ReadonlySet<string> = new Set(["LIMIT_PER_CUSTOMER", "PROMOTION_SOLD_OUT"]);
const isTooLate = ({ kind, codes }: Outcome): boolean =>
  kind === "OrderReservationRejected" && codes.every((code) => TOO_LATE.has(code));

/** What must be true of every order. */
export function orderRules(evidence: Evidence, findings: Findings): void {
  const { orders: rows } = evidence.tables;
  if (rows === undefined) return;
  const byId = new Map(rows.map((row) => [row.order_id, row]));
  const lines = grouped(evidence.tables.lines);
  const allocations = grouped(evidence.tables.allocations);
  const accepted = acceptedLines(evidence);
  whoeverIsToldYesHasIt(evidence, accepted, findings);
  moreTimeIsKept(evidence, findings);
  for (const facts of gatherOrders(evidence).values()) {
    oneFirstOutcome(facts, findings);
    onePlacementCounts(facts, accepted.get(facts.orderId), findings);
    holdsEndInTime(facts, findings);
    holdsLiveNoLongerThanAllowed(facts, findings);
    piecesAddUp(facts, lines.get(facts.orderId) ?? [], allocations.get(facts.orderId) ?? [], findings);
    const row = byId.get(facts.orderId);
    if (row !== undefined)
      endsAsItMust(facts, row, lines.get(facts.orderId) ?? [], allocations.get(facts.orderId) ?? [], findings);
    else findings.expect(!facts.placed, "no order is lost", () => facts.orderId);
  }
}

function oneFirstOutcome(facts: OrderFacts, findings: Findings): void {
  const { orderId, placed, misplaced, outcomes, takenBack, exchanged, prolonged } = facts;
  const kinds = () =>
    `${orderId}: ${outcomes.map(({ kind, expiresAt }) => (expiresAt === null ? kind : `${kind} until ${expiresAt}`)).join(", ")}`;
  if (placed || misplaced) findings.expect(outcomes.length > 0, "every order gets an outcome", () => orderId);
  const [begin, ...later] = outcomes;
  const afterwards = later.filter(isTooLate).length;
  const rejected = outcomes.filter(({ kind }) => kind === "OrderReservationRejected").length - afterwards;
  findings.expect(afterwards <= 1, "an order is refused once", kinds);
  const holds = new Set(
    outcomes.flatMap(({ kind, expiresAt }) => (kind === "OrderReserved" && expiresAt !== null ? [expiresAt] : [])),
  );
  findings.expect(rejected + holds.size <= 1 + prolonged, "an order is decided once", kinds);
  const first = begin;
  const possible = first === undefined || FIRST_OUTCOMES.includes(first.kind);
  findings.expect(possible, "the first outcome says reserved, waiting, rejected or shorted", kinds);
  if (rejected > 0)
    findings.expect(first?.kind === "OrderReservationRejected", "no order is refused after it was reserved", kinds);
  const fulfilled = outcomes.filter(({ kind }) => kind === "OrderFulfilled").length;
  findings.expect(
    fulfilled <= 1 + takenBack + exchanged,
    "an order is fulfilled once, and once more for each shipment taken back and each exchange",
    kinds,
  );
}

/** The same id with other lines is a conflict, not a change. */
function onePlacementCounts(
  { orderId, placements, misplaced }: OrderFacts,
  accepted: string | undefined,
  findings: Findings,
): void {
  if (accepted === undefined || placements.length === 0 || (misplaced && accepted === "")) return;
  const possible = placements.map(({ lines }) => namesOf(lines));
  const shown = () => `${orderId} has ${accepted}, placed was ${possible.join(" or ")}`;
  findings.expect(possible.includes(accepted), "an order has the lines of one placement, whole", shown);
}

function whoeverIsToldYesHasIt({ history }: Evidence, accepted: Map<string, string>, findings: Findings): void {
  for (const { move, answers } of history.exchanges) {
    if (move.do !== "place" || !answers.some(({ status }) => status >= 200 && status < 300)) continue;
    const has = accepted.get(move.orderId);
    const shown = () => `${JSON.stringify(move)} was answered yes; the order has ${has}`;
    findings.expect(has === namesOf(move.lines), "an order id with other lines is refused", shown);
  }
}

function holdsEndInTime({ orderId, outcomes, paidAt }: OrderFacts, findings: Findings): void {
  let expiresAt: number | null = null;
  for (const outcome of outcomes) {
    if (outcome.kind === "OrderReserved" && outcome.expiresAt !== null) expiresAt = outcome.expiresAt;
    if (outcome.kind !== "OrderReservationReleased" || outcome.reason !== "EXPIRED") continue;
    const { occurredAt } = outcome;
    const shown = () => `${orderId} ends at ${expiresAt}, was given back at ${occurredAt}, paid at ${paidAt}`;
    findings.expect(expiresAt !== null && occurredAt >= expiresAt, "no hold is given back before its time", shown);
    if (expiresAt === null || paidAt === undefined || paidAt >= expiresAt) continue;
    findings.expect(occurredAt >= expiresAt + GRACE_MS, "a payment that came in time keeps its hold", shown);
  }
}

/** However often it is given more time; where a hold's own time is longer, the day's rules say nothing else. */
function holdsLiveNoLongerThanAllowed({ orderId, outcomes }: OrderFacts, findings: Findings): void {
  const begun = outcomes[0]?.occurredAt ?? 0;
  for (const { kind, expiresAt } of outcomes) {
    if (kind !== "OrderReserved" || expiresAt === null) continue;
    const shown = () => `${orderId} was decided at ${begun} and is held until ${expiresAt}`;
    findings.expect(expiresAt <= begun + LONGEST_HOLD_MS, "no hold lives longer than the longest", shown);
  }
}

/** What was told to whoever asked for more time: no less than was asked for, and nothing is given back before. */
function moreTimeIsKept({ history }: Evidence, findings: Findings): void {
  const until = new Map<string, number>();
  for (const { move, answers, askedAt } of history.exchanges) {
    const told = answers.find(({ status }) => status === 200);
    if (move.do !== "extend" || told === undefined) continue;
    const { expiresAt } = told.body as { expiresAt: string | null };
    const end = expiresAt === null ? 0 : Date.parse(expiresAt);
    const shown = () => `${move.orderId} asked for ${move.seconds} s more at ${askedAt}, told is ${end}`;
    findings.expect(end > askedAt + move.seconds * 1_000, "more time is as much as was asked for", shown);
    until.set(move.orderId, Math.max(end, until.get(move.orderId) ?? 0));
  }
  for (const { value } of history.records("OrderReservationReleased")) {
    if (value.reason !== "EXPIRED") continue;
    const end = until.get(value.orderId) ?? 0;
    const shown = () => `${value.orderId} was told to be held until ${end}, given back at ${value.occurredAt}`;
    findings.expect(value.occurredAt >= end, "whoever was given more time has it", shown);
  }
}

function piecesAddUp(
  facts: OrderFacts,
  rows: readonly LineRow[],
  allocations: readonly AllocationRow[],
  findings: Findings,
): void {
  for (const line of facts.lines.values()) {
    const { lineId, sku } = line;
    const open = line.reserved - line.released - line.shipped - line.picked;
    const shown = () => `${facts.orderId}/${lineId}: ${JSON.stringify(line)}`;
    findings.expect(open >= 0, "no promise is given back or shipped twice", shown);
    findings.expect(open + line.shipped <= line.ordered, "no line gets more than was ordered", shown);
    const here = allocations.filter((row) => row.line_id === lineId && row.sku === sku);
    const openHere = here.reduce((sum, row) => sum + row.open, 0);
    const shippedHere = here.reduce((sum, row) => sum + row.shipped, 0);
    findings.expect(
      openHere === open,
      "what an order shows as promised is what the movements say",
      () => `${shown()}, shows ${openHere}`,
    );
    findings.expect(
      shippedHere === line.shipped,
      "what an order shows as shipped is what the movements say",
      () => `${shown()}, shows ${shippedHere}`,
    );
    const row = rows.find((one) => one.line_id === lineId);
    if (row === undefined) continue;
    const mine = allocations.filter((one) => one.line_id === lineId);
    const served = row.parts === null ? open + line.shipped : wholeOf(row, mine);
    const told = served + row.cancelled + row.shorted;
    const wanted = facts.cancelledWhole ? row.quantity : (facts.givenUp.get(lineId) ?? 0);
    const given = () => `${shown()}, ${row.cancelled} cancelled, ${wanted} given up`;
    findings.expect(row.cancelled <= wanted, "no more is cancelled than the shopper gave up", given);
    findings.expect(told <= row.quantity, "a piece has one fate", () => `${shown()}, ${JSON.stringify(row)}`);
  }
}

function endsAsItMust(
  facts: OrderFacts,
  row: OrderRow,
  lines: readonly LineRow[],
  allocations: readonly AllocationRow[],
  findings: Findings,
): void {
  const shown = () =>
    `${facts.orderId} is ${row.state}${row.paid ? ", paid" : ""}; ${allocations.length} allocations; ${facts.outcomes.map(({ kind, reason }) => kind + (reason ?? "")).join(", ")}`;
  if (["CONFIRMED", "FULFILLED", "SHORTED", "CANCELLED"].includes(row.state)) {
    for (const line of lines) {
      const { line_id, quantity, cancelled, shorted, parts } = line;
      const mine = allocations.filter((one) => one.line_id === line_id);
      const all = mine.reduce((sum, one) => sum + one.open + one.shipped, 0);
      const served = parts === null ? all : wholeOf(line, mine);
      const told = () =>
        `${shown()}; ${line_id}: ${quantity} ordered, ${served} served, ${cancelled} cancelled, ${shorted} shorted`;
      findings.expect(served + cancelled + shorted === quantity, "no piece of an order is forgotten", told);
    }
  }
  const waits = row.state === "RESERVED" || row.state === "AWAITING_PAYMENT";
  findings.expect(!waits && row.expires_at === null, "no hold outlives its time", shown);
  findings.expect(row.paid === (facts.paidAt !== undefined), "a payment is neither ignored nor invented", shown);
  const refusedFor = facts.outcomes.flatMap(({ codes }) => codes);
  const forStockOnly = refusedFor.every((code) => OVERCOME_BY_PAYMENT.has(code));
  if (facts.placed && facts.paidAt !== undefined && !facts.cancelledWhole && !facts.cancelledByLine && forStockOnly) {
    const served = ["CONFIRMED", "FULFILLED", "SHORTED"].includes(row.state);
    findings.expect(served, "a paid order is served or shorted, never left aside", shown);
  }
  const open = allocations.reduce((sum, one) => sum + one.open, 0);
  if (facts.cancelledWhole) findings.expect(open === 0, "at rest a cancelled order holds nothing", shown);
  if (["REJECTED", "EXPIRED", "CANCELLED", "SHORTED", "FULFILLED", "UNPLACED"].includes(row.state)) {
    findings.expect(open === 0, "an order that has ended holds nothing", shown);
  }
}

function grouped<T extends { order_id: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(row.order_id, [...(groups.get(row.order_id) ?? []), row]);
  return groups;
}

import { type Balance, bookTotal } from "@septet/stock-contracts";
import type { AuditSummary } from "../platform/audit.js";
import { percentile } from "../platform/percentile.js";
import { type InvoiceAccount, invoicesUnaccounted, type LineAccount, linesUnaccounted } from "./line-account.js";
import type { UnreadableRow } from "./log-line.js";
import { type FirstOutcome, firstOutcome, isSettled, type OrderRecord, piecesOpen } from "./order-book.js";
import type { ReplayPlan } from "./plan.js";
import type { FloorAccount } from "./warehouse-floor.js";
import type { Witness, WitnessFinding } from "./witness.js";

export interface DeadLetterCount {
  readonly topic: string;
  readonly messages: number;
}

/** What the run saw, before it is put into a report. */
export interface ReplayFindings {
  readonly plan: ReplayPlan;
  readonly orders: readonly OrderRecord[];
  readonly floor: FloorAccount;
  readonly witness: Witness;
  readonly audit: AuditSummary;
  /** Messages that came to dead letters during the run. */
  readonly deadLetters: readonly DeadLetterCount[];
  readonly openingPieces: number;
  readonly openingUnreadable: readonly UnreadableRow[];
  readonly openingRefused: readonly string[];
  /** Movements on the topic that were not there before. */
  readonly movementsRecorded: number;
  readonly errors: readonly string[];
  readonly elapsedMs: number;
}

/** Orders (and their lines) by their first outcome. */
export type OutcomeCount = Readonly<Record<FirstOutcome, number>>;

/** The end of a replay in figures; pieces, lines, orders and milliseconds as the names say. */
export interface ReplayReport {
  readonly files: number;
  readonly lines: Omit<LineAccount, "notGoodsByCode"> & { readonly notGoodsByCode: Readonly<Record<string, number>> };
  readonly invoices: InvoiceAccount;
  readonly unreadable: readonly UnreadableRow[];
  readonly orders: OutcomeCount;
  readonly orderLines: OutcomeCount;
  readonly rejectedByReason: Readonly<Record<string, number>>;
  readonly shortedByCause: Readonly<Record<string, number>>;
  readonly pieces: {
    ordered: number;
    reserved: number;
    shorted: number;
    rejected: number;
    shipped: number;
    open: number;
  };
  readonly floor: FloorAccount;
  readonly openingPieces: number;
  readonly ordersPublished: number;
  readonly ordersPerSecond: number;
  readonly latencyMs: { p50: number; p99: number };
  readonly elapsedMs: number;
  readonly network: Balance & { readonly bookTotal: number };
  readonly movements: number;
  readonly movementsRecorded: number;
  readonly audit: AuditSummary;
  readonly deadLetters: readonly DeadLetterCount[];
  /** Everything that makes the run a failure, a line each; empty = the replay holds. */
  readonly failures: readonly string[];
}

export function makeReport(findings: ReplayFindings): ReplayReport {
  const { plan, orders, witness } = findings;
  const { notGoodsByCode, ...lines } = plan.lines;
  const network = witness.network();
  return {
    files: plan.files.length,
    lines: { ...lines, notGoodsByCode: Object.fromEntries(notGoodsByCode) },
    invoices: plan.invoices,
    unreadable: [...plan.unreadable, ...findings.openingUnreadable],
    orders: countOutcomes(orders, () => 1),
    orderLines: countLines(orders),
    rejectedByReason: tally(orders.flatMap((order) => [...order.rejectionCodes])),
    shortedByCause: tally(orders.flatMap((order) => [...order.shortageCauses])),
    pieces: countPieces(orders),
    floor: findings.floor,
    openingPieces: findings.openingPieces,
    ...pace(orders),
    elapsedMs: findings.elapsedMs,
    network: { ...network, bookTotal: bookTotal(network) },
    movements: witness.movements,
    movementsRecorded: findings.movementsRecorded,
    audit: findings.audit,
    deadLetters: findings.deadLetters,
    failures: failuresOf(findings),
  };
}

function countOutcomes(orders: readonly OrderRecord[], weight: (order: OrderRecord) => number): OutcomeCount {
  const count = { RESERVED: 0, IN_PART: 0, SHORTED: 0, REJECTED: 0, UNANSWERED: 0 };
  for (const order of orders) count[firstOutcome(order)] += weight(order);
  return count;
}

/** A line by itself: of an order served in part, some lines are reserved whole, some in part, some not at all. */
function countLines(orders: readonly OrderRecord[]): OutcomeCount {
  const count = { RESERVED: 0, IN_PART: 0, SHORTED: 0, REJECTED: 0, UNANSWERED: 0 };
  for (const order of orders) {
    const outcome = firstOutcome(order);
    for (const { lineId, quantity } of order.planned.lines) {
      const reserved = order.reserved.get(lineId) ?? 0;
      if (outcome === "REJECTED" || outcome === "UNANSWERED") count[outcome] += 1;
      else if (reserved >= quantity) count.RESERVED += 1;
      else count[reserved > 0 ? "IN_PART" : "SHORTED"] += 1;
    }
  }
  return count;
}

function countPieces(orders: readonly OrderRecord[]): ReplayReport["pieces"] {
  const pieces = { ordered: 0, reserved: 0, shorted: 0, rejected: 0, shipped: 0, open: 0 };
  for (const order of orders) {
    const ordered = order.planned.lines.reduce((sum, line) => sum + line.quantity, 0);
    pieces.ordered += ordered;
    pieces.reserved += sumOf(order.reserved);
    pieces.shorted += sumOf(order.shorted);
    pieces.shipped += sumOf(order.shipped);
    if (order.rejectionCodes.size > 0) pieces.rejected += ordered;
    pieces.open += piecesOpen(order);
  }
  return pieces;
}

function sumOf(pieces: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const quantity of pieces.values()) sum += quantity;
  return sum;
}

function tally(words: readonly string[]): Record<string, number> {
  const count: Record<string, number> = {};
  for (const word of words) count[word] = (count[word] ?? 0) + 1;
  return count;
}

function pace(orders: readonly OrderRecord[]): Pick<ReplayReport, "ordersPublished" | "ordersPerSecond" | "latencyMs"> {
  const published = orders.filter((order) => order.publishedAt !== undefined);
  const decided = published.filter((order) => order.decidedAt !== undefined);
  const latencies = decided.map((order) => order.decidedAt! - order.publishedAt!);
  const begin = decided.reduce((least, order) => Math.min(least, order.publishedAt!), Number.POSITIVE_INFINITY);
  const end = decided.reduce((most, order) => Math.max(most, order.decidedAt!), 0);
  return {
    ordersPublished: published.length,
    ordersPerSecond: decided.length === 0 ? 0 : decided.length / ((end - begin) / 1_000),
    latencyMs: { p50: percentile(latencies, 50), p99: percentile(latencies, 99) },
  };
}

const NAMED_FINDINGS = 20;

/** Why the run is no success, a line each. Unreadable rows and refused write-offs are the log's, and no failure. */
function failuresOf(findings: ReplayFindings): string[] {
  const { plan, orders, witness, audit } = findings;
  const failures = [...findings.errors];
  const lines = linesUnaccounted(plan.lines);
  const planned = orders.reduce((sum, order) => sum + order.planned.lines.length, 0);
  const invoices = invoicesUnaccounted(plan.invoices);
  if (lines !== 0) failures.push(`${lines} lines of the log are not accounted for`);
  if (planned !== plan.lines.ordered)
    failures.push(`${plan.lines.ordered - planned} order lines were lost in planning`);
  if (invoices !== 0) failures.push(`${invoices} invoices of the log are not accounted for`);
  const booked = findings.floor.returnLines + findings.floor.writeOffsBooked + findings.floor.writeOffsRefused.length;
  const toBook = plan.lines.returned + plan.lines.writtenOff;
  if (booked !== toBook) failures.push(`${toBook - booked} return and write-off lines were neither booked nor refused`);
  failures.push(...orderFailures(orders));
  failures.push(...named("", witness.problems()), ...named("", needlessShortages(findings)));
  failures.push(...audit.failures);
  for (const { topic, messages } of findings.deadLetters)
    if (messages > 0) failures.push(`${messages} messages came to ${topic}`);
  if (findings.openingRefused.length > 0)
    failures.push(
      `opening stock was refused (${findings.openingRefused[0]}): it was received before with other figures; npm run reset`,
    );
  return failures;
}

function orderFailures(orders: readonly OrderRecord[]): string[] {
  const failures: string[] = [];
  const unsettled = orders.filter((order) => !isSettled(order));
  const contradictory = orders.filter((order) => order.rejectionCodes.size > 0 && order.reserved.size > 0);
  const first = (some: readonly OrderRecord[]) => `such as ${some[0]?.planned.orderId}`;
  if (unsettled.length > 0) failures.push(`${unsettled.length} orders are not settled, ${first(unsettled)}`);
  if (contradictory.length > 0)
    failures.push(`${contradictory.length} orders were reserved and rejected, ${first(contradictory)}`);
  return failures;
}

/** A SKU may be short only when all of it was promised: what is left over later can only have come back by returns. */
function needlessShortages({ plan, orders, witness }: ReplayFindings): WitnessFinding[] {
  const short = new Map<string, number>();
  for (const order of orders)
    for (const { lineId, sku } of order.planned.lines)
      short.set(sku, (short.get(sku) ?? 0) + (order.shorted.get(lineId) ?? 0));
  const returned = new Map<string, number>();
  for (const action of plan.timeline)
    if (action.kind === "return")
      for (const { sku, quantity } of action.lines) returned.set(sku, (returned.get(sku) ?? 0) + quantity);
  const findings: WitnessFinding[] = [];
  for (const [sku, pieces] of short) {
    const left = [...(witness.balances.get(sku)?.values() ?? [])].reduce((sum, place) => sum + place.sellable, 0);
    if (pieces > 0 && left > (returned.get(sku) ?? 0))
      findings.push({ sku, finding: `${pieces} pieces were short while ${left} stayed sellable` });
  }
  return findings;
}

function named(prefix: string, findings: readonly WitnessFinding[]): string[] {
  const shown = findings.slice(0, NAMED_FINDINGS).map(({ sku, finding }) => `${prefix}${sku}: ${finding}`);
  return findings.length > NAMED_FINDINGS
    ? [...shown, `and ${findings.length - NAMED_FINDINGS} more like these`]
    : shown;
}

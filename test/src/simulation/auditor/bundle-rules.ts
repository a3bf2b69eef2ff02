import { BUNDLE } from "../workload/bundling.js";
import type { Evidence } from "./auditor.js";
import type { Findings } from "./findings.js";
import { movementsOf } from "./movement-rules.js";
import type { AllocationRow, LineRow } from "./tables.js";

/** What is due of an order is served, shorted or cancelled by now. */
const DECIDED: ReadonlySet<string> = new Set(["CONFIRMED", "FULFILLED", "SHORTED", "CANCELLED"]);

/** A bundle is reserved and sent whole: of each part as many pieces as all others make pieces of the bundle of. */
export function bundleRules(evidence: Evidence, findings: Findings): void {
  const { tables } = evidence;
  if (tables.orders === undefined) return;
  bundlesHaveNoStock(evidence, findings);
  const states = new Map(tables.orders.map(({ order_id, state }) => [order_id, state]));
  const allocations = grouped(tables.allocations);
  for (const line of tables.lines) {
    if (line.parts === null) continue;
    if (DECIDED.has(states.get(line.order_id) ?? ""))
      wholePiecesAreServed(line, allocations.get(nameOf(line)) ?? [], findings);
  }
}

const nameOf = ({ order_id, line_id }: Pick<LineRow, "order_id" | "line_id">): string => `${order_id}/${line_id}`;

/** Pieces of a bundle that the pieces of its parts make. */
export function wholeOf({ parts }: LineRow, allocations: readonly AllocationRow[]): number {
  const pieces = (parts ?? []).map(({ sku, quantity }) => Math.floor(servedOf(sku, allocations) / quantity));
  return Math.min(...pieces);
}

const servedOf = (sku: string, allocations: readonly AllocationRow[]): number =>
  allocations.reduce((sum, one) => (one.sku === sku ? sum + one.open + one.shipped : sum), 0);

function wholePiecesAreServed(line: LineRow, allocations: readonly AllocationRow[], findings: Findings): void {
  const whole = wholeOf(line, allocations);
  for (const { sku, quantity } of line.parts ?? []) {
    const open = allocations.reduce((sum, one) => (one.sku === sku ? sum + one.open : sum), 0);
    const spare = Math.min(open, servedOf(sku, allocations) - quantity * whole);
    const shown = () => `${nameOf(line)}: ${spare} ${sku} too many for ${whole} whole pieces`;
    findings.expect(spare === 0, "at rest no part of a bundle is kept for pieces that nobody gets", shown);
  }
}

function bundlesHaveNoStock(evidence: Evidence, findings: Findings): void {
  const moved = movementsOf(evidence).find(({ sku }) => sku === BUNDLE);
  findings.expect(moved === undefined, "bundles have no stock of their own", () => JSON.stringify(moved));
}

function grouped(rows: readonly AllocationRow[]): Map<string, AllocationRow[]> {
  const groups = new Map<string, AllocationRow[]>();
  for (const row of rows) groups.set(nameOf(row), [...(groups.get(nameOf(row)) ?? []), row]);
  return groups;
}

import type { StockMovement } from "@septet/stock-contracts";
import { lineOf } from "../workload/uploading.js";
import type { Evidence } from "./auditor.js";
import type { Findings } from "./findings.js";
import { movementsOf } from "./movement-rules.js";
import { isTaken } from "./transfer-facts.js";

/** What documents do to the count; damages and restorations leave the pieces where they are. */
const COUNTED: Readonly<Record<string, number>> = { receipts: 1, returns: 1, disposals: -1 };
/** Told by others: what a clerk books by a document, and the way between warehouses, is counted from what was told. */
const BY_DOCUMENT = new Set(["receipt", "return", "disposal"]);

/**
 * Somebody who adds up what clerks told (goods in, goods thrown away, sheets, what left for other warehouses and what came
 * from there) comes to what the warehouse says is there. What leaves with orders, and what was put right afterwards, is told
 * piece by piece only in the movements.
 */
export function recountRules(evidence: Evidence, findings: Findings): void {
  const { onHand } = evidence.tables;
  if (onHand === undefined) return;
  const count = new Recount();
  const told = documentsTold(evidence, count);
  wayTold(evidence, count);
  for (const movement of movementsOf(evidence)) {
    if (!isToldOtherwise(movement, told)) count.addLegs(movement);
  }
  const rows = new Map(onHand.map((row) => [JSON.stringify([row.sku, row.location]), row.total]));
  for (const place of new Set([...rows.keys(), ...count.places.keys()])) {
    const [has, counted] = [rows.get(place) ?? 0, count.places.get(place) ?? 0];
    const shown = () => `${place}: the warehouse has ${has}, a recount of what was told comes to ${counted}`;
    findings.expect(has === counted, "what is there is what a plain recount comes to", shown);
  }
}

class Recount {
  readonly places = new Map<string, number>();

  add(sku: string, location: string, pieces: number): void {
    const place = JSON.stringify([sku, location]);
    this.places.set(place, (this.places.get(place) ?? 0) + pieces);
  }

  addLegs({ sku, legs }: StockMovement): void {
    for (const { location, bucket, delta } of legs) if (bucket === "total") this.add(sku, location, delta);
  }
}

/** Adds each document and each row of a sheet once, as it was taken; answers their references. */
function documentsTold({ history }: Evidence, count: Recount): ReadonlySet<string> {
  const references = new Set<string>();
  const known = new Set<string>();
  const first = (...name: string[]) =>
    !known.has(JSON.stringify(name)) && known.add(JSON.stringify(name)) !== undefined;
  for (const exchange of history.exchanges) {
    const { move, answers } = exchange;
    if (move.do === "book") {
      references.add(move.reference);
      if (!isTaken(exchange) || !first(move.what, move.location, move.reference)) continue;
      count.add(move.sku, move.location, move.quantity * (COUNTED[move.what] ?? 0));
    }
    if (move.do !== "upload") continue;
    references.add(move.reference);
    const answer = answers.find(({ status }) => status === 200);
    if (answer === undefined) continue;
    const refused = new Set((answer.body as { errors: { row: number }[] }).errors.map(({ row }) => row));
    move.rows.forEach((row, index) => {
      const line = lineOf(move, index);
      if ("bad" in row || refused.has(line) || !first("row", move.location, move.reference, String(line))) return;
      count.add(row.sku, move.location, row.quantity);
    });
  }
  return references;
}

/** What left for other warehouses, was missing before, and arrived, as clerks told it. */
function wayTold({ history, tables }: Evidence, count: Recount): void {
  const { transfers } = tables;
  if (transfers === undefined) return;
  const lines = new Map(transfers.lines.map((row) => [JSON.stringify([row.transfer_id, row.line_id]), row]));
  const lineAt = (transferId: string, lineId: string) => lines.get(JSON.stringify([transferId, lineId]));
  for (const { sku, source, quantity } of transfers.shipmentLines) count.add(sku, source, -quantity);
  for (const { transfer_id, line_id, location, sellable, damaged } of transfers.arrivalLines) {
    count.add(lineAt(transfer_id, line_id)?.sku ?? "", location, sellable + damaged);
  }
  for (const exchange of history.exchanges) {
    const { move } = exchange;
    if (move.do !== "notThere" || !isTaken(exchange)) continue;
    for (const { lineId, quantity, cause } of move.lines) {
      const line = lineAt(move.transferId, lineId);
      if (cause === "NOT_FOUND" && line !== undefined) count.add(line.sku, line.source, -quantity);
    }
  }
}

function isToldOtherwise({ reference, recordedBy, reverses }: StockMovement, told: ReadonlySet<string>): boolean {
  if (reverses !== null) return false;
  if (recordedBy === "transfer" || reference.id.startsWith("transfer:")) return true;
  return BY_DOCUMENT.has(reference.type) && told.has(reference.id);
}

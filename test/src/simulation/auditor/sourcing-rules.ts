import type { SourcingRules } from "../workload/sourcing.js";
import type { Evidence } from "./auditor.js";
import { Books } from "./books.js";
import type { Findings } from "./findings.js";
import { movementsOf } from "./movement-rules.js";

/** Where promises are taken from, and what is left for others. */
export function sourcingRules(evidence: Evidence, findings: Findings): void {
  if (evidence.tables.orders === undefined) return;
  keptPiecesAreKept(evidence, findings);
  excludedLocationsSellNothing(evidence, findings);
  firstPlaceFirst(evidence, findings);
}

/**
 * All orders and carts of the day are of one channel, so nobody may take what is kept for another; nor may a transfer. Where
 * stock is set aside from a promotion nothing is said: that may take what is kept, and what a cart held before it still is
 * the cart's.
 */
function keptPiecesAreKept(evidence: Evidence, findings: Findings): void {
  const kept = new Map<string, number>();
  for (const { step, move } of evidence.script.moves) {
    if (move.do !== "keep" || step > 0) continue;
    for (const [location, pieces] of Object.entries(move.at)) kept.set(location, pieces);
  }
  if (kept.size === 0) return;
  const books = new Books();
  const setAside = new Set<string>();
  for (const { kind, sku, legs } of movementsOf(evidence)) {
    if (kind === "LOCK") for (const { location } of legs) setAside.add(`${sku} at ${location}`);
  }
  for (const movement of movementsOf(evidence)) {
    books.fold(movement);
    const { kind, sku, reference, recordedBy, legs } = movement;
    if (recordedBy !== "order-reservation" || (kind !== "RESERVE" && kind !== "TRANSFER_RESERVE")) continue;
    for (const { location, bucket } of legs) {
      if (bucket !== "sellable" || setAside.has(`${sku} at ${location}`)) continue;
      const left = books.sellableSeen(sku, location);
      const shown = () => `${left} ${sku} at ${location} after ${reference.id}, ${kept.get(location)} are kept`;
      findings.expect(left >= (kept.get(location) ?? 0), "what is kept for a channel is not sold to others", shown);
    }
  }
}

function excludedLocationsSellNothing(evidence: Evidence, findings: Findings): void {
  const excluded = new Set(allDay(evidence)?.excluded);
  if (excluded.size === 0) return;
  for (const { kind, sku, reference, legs } of movementsOf(evidence)) {
    if (kind !== "RESERVE") continue;
    const from = legs.find(({ location }) => excluded.has(location))?.location;
    const shown = () => `${reference.type} ${reference.id} takes ${sku} from ${from}`;
    findings.expect(from === undefined, "a location that is left out sells nothing", shown);
  }
}

/** Where there is enough for everybody, everything comes from the location that is asked first. */
function firstPlaceFirst(evidence: Evidence, findings: Findings): void {
  const { script, history, tables } = evidence;
  if (script.ample !== true) return;
  const locations = script.moves.flatMap(({ move }) => (move.do === "define" ? [move.location] : [])).sort();
  const ruled = script.moves.flatMap(({ move }) => (move.do === "policy" ? [move.priority ?? []] : []));
  const nearest = nearestOf(allDay(evidence), locations);
  const first = nearest ?? ruled[0]?.[0] ?? locations[0];
  const lost = new Set(history.records("FulfilmentShort").map(({ value }) => value.orderId));
  for (const { order_id, line_id, location, open, shipped } of tables.allocations) {
    if (open + shipped === 0 || lost.has(order_id)) continue;
    const shown = () => `${order_id}/${line_id} is served from ${location}`;
    findings.expect(location === first, "an order is taken from the location that is asked first", shown);
  }
}

function nearestOf(rules: SourcingRules | undefined, locations: readonly string[]): string | undefined {
  if (rules?.strategy !== "DISTANCE" && rules?.strategy !== "COST") return undefined;
  const { figures } = rules;
  return [...locations].sort((a, b) => (figures[a] ?? 0) - (figures[b] ?? 0))[0];
}

/** The rules that held from the opening to the end. */
function allDay({ script }: Evidence): SourcingRules | undefined {
  const ruled = script.moves.filter(({ move }) => move.do === "policy" && move.scope === "default");
  const all = ruled.map(({ move }) => (move.do === "policy" ? move.sourcing : undefined));
  const [first] = all;
  const same = all.every((rules) => JSON.stringify(rules) === JSON.stringify(first));
  return ruled[0]?.step === 0 && same ? first : undefined;
}

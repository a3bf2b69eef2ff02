import type { StockMovement } from "@septet/stock-contracts";
import type { Evidence } from "./auditor.js";
import type { Findings } from "./findings.js";
import { movementsOf } from "./movement-rules.js";

/** What its recorder may take back; other kinds have their opposite. */
const TAKEN_BACK = new Set(["RECEIPT", "SHIP", "PICK_SHORT", "PICK_DAMAGE", "RETURN", "DISPOSE"]);

/** What is put right afterwards: movements taken back, and reservations held elsewhere. */
export function rightingRules(evidence: Evidence, findings: Findings): void {
  const movements = movementsOf(evidence);
  reversalsAreRight(movements, findings);
  reversalsAreTold(evidence, movements, findings);
  if (evidence.tables.onHand !== undefined) reversedPiecesLeaveTheirFulfilment(evidence, movements, findings);
  movedPiecesAreHeld(evidence, movements, findings);
}

function reversalsAreRight(movements: readonly StockMovement[], findings: Findings): void {
  const byId = new Map(movements.map((movement) => [movement.movementId, movement]));
  const seen = new Set<string>();
  for (const reversal of movements) {
    if (reversal.reverses === null) continue;
    const wrong = byId.get(reversal.reverses);
    const shown = () => `${JSON.stringify(reversal)} of ${JSON.stringify(wrong)}`;
    findings.expect(wrong !== undefined, "what is taken back was recorded", shown);
    findings.expect(!seen.has(reversal.reverses), "a movement is taken back once", shown);
    seen.add(reversal.reverses);
    if (wrong === undefined) continue;
    const same = wrong.kind === reversal.kind && wrong.sku === reversal.sku && wrong.recordedBy === reversal.recordedBy;
    findings.expect(same && TAKEN_BACK.has(wrong.kind), "what may be taken back is, by its recorder", shown);
    findings.expect(wrong.reverses === null, "a reversal is not taken back itself", shown);
    findings.expect(legsOf(wrong, 1) === legsOf(reversal, -1), "every leg is taken back, and no other", shown);
  }
}

const legsOf = ({ legs }: StockMovement, sign: 1 | -1): string =>
  JSON.stringify(legs.map(({ location, bucket, delta }) => [location, bucket, sign * delta]).sort());

/** A clerk who was told so has taken it back, and nothing is taken back that no clerk was told of. */
function reversalsAreTold({ history }: Evidence, movements: readonly StockMovement[], findings: Findings): void {
  const told = new Set<string>();
  for (const { move, answers } of history.exchanges) {
    if (move.do !== "reverse") continue;
    for (const { status, body } of answers) {
      if (status === 201) told.add((body as { reverses: string }).reverses);
    }
  }
  const done = new Set(movements.flatMap(({ reverses }) => reverses ?? []));
  for (const movementId of new Set([...told, ...done])) {
    const shown = () => `${movementId}: told ${told.has(movementId)}, done ${done.has(movementId)}`;
    findings.expect(
      told.has(movementId) === done.has(movementId),
      "what a clerk was told is taken back is taken back",
      shown,
    );
  }
}

function reversedPiecesLeaveTheirFulfilment(
  { tables }: Evidence,
  movements: readonly StockMovement[],
  findings: Findings,
): void {
  const pieces = new Map<string, number>();
  const add = (key: string, quantity: number) => pieces.set(key, (pieces.get(key) ?? 0) + quantity);
  for (const { reverses, reference, legs } of movements) {
    if (reverses === null || reference.type !== "order") continue;
    for (const { location, bucket, delta } of legs) {
      if (bucket === "orderReserved") add(JSON.stringify([reference.id, reference.line, location]), delta);
    }
  }
  for (const row of tables.fulfilmentLines) {
    add(JSON.stringify([row.order_id, row.line_id, row.location]), -row.reversed);
  }
  for (const [place, difference] of pieces) {
    const shown = () => `${place}: ${difference} more taken back than the fulfilments say`;
    findings.expect(difference === 0, "what is taken back leaves the fulfilment that handed it over", shown);
  }
}

/** What an operator was told is moved has left the one place for the other. */
function movedPiecesAreHeld({ history }: Evidence, movements: readonly StockMovement[], findings: Findings): void {
  const moved = new Map<string, number>();
  for (const { kind, reason, reference, legs } of movements) {
    if (reference.type !== "order" || (kind !== "RESERVE" && reason !== "RELOCATED")) continue;
    for (const { location, bucket, delta } of legs) {
      if (bucket !== "orderReserved") continue;
      const key = JSON.stringify([kind, reference.id, reference.line, location]);
      moved.set(key, (moved.get(key) ?? 0) + Math.abs(delta));
    }
  }
  const told = new Map<string, number>();
  for (const { move, answers } of history.exchanges) {
    if (move.do !== "relocate" || move.of === undefined || !answers.some(({ status }) => status === 200)) continue;
    const { to, quantity } = move;
    const { orderId, lineId, from } = move.of;
    for (const [kind, location] of [
      ["RELEASE", from],
      ["RESERVE", to],
    ] as const) {
      const key = JSON.stringify([kind, orderId, lineId, location]);
      told.set(key, (told.get(key) ?? 0) + (quantity ?? 1));
    }
  }
  for (const [key, pieces] of told) {
    const shown = () => `${key}: ${pieces} told, ${moved.get(key) ?? 0} moved`;
    findings.expect((moved.get(key) ?? 0) >= pieces, "what an operator moved is held where it was moved to", shown);
  }
}

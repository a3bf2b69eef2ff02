import type { Evidence } from "./auditor.js";
import type { Findings } from "./findings.js";
import { movementsOf } from "./movement-rules.js";
import type { ClaimLineRow } from "./tables.js";

/** Unsellable goods that somebody else shall make good. */
export function claimRules(evidence: Evidence, findings: Findings): void {
  if (evidence.tables.onHand === undefined) return;
  claimedPiecesAreThere(evidence, findings);
  piecesOfClaimsAddUp(evidence, findings);
  piecesGoMissingByARecountOnly(evidence, findings);
  goodsGoBackOnTheirClaim(evidence, findings);
  stepsAreTakenOnce(evidence, findings);
}

const placeOf = ({ sku, location }: { readonly sku: string; readonly location: string }) =>
  JSON.stringify([sku, location]);

function claimedPiecesAreThere({ tables }: Evidence, findings: Findings): void {
  const held = new Map<string, number>();
  for (const line of tables.claimLines) held.set(placeOf(line), (held.get(placeOf(line)) ?? 0) + line.held);
  for (const row of tables.onHand ?? []) {
    const pieces = held.get(placeOf(row)) ?? 0;
    held.delete(placeOf(row));
    const shown = () => `${placeOf(row)}: ${pieces} held, ${row.claimed} claimed, ${row.unsellable} unsellable`;
    findings.expect(pieces === row.claimed, "what is claimed of a place is what its claims hold", shown);
    findings.expect(pieces <= row.unsellable, "no more is claimed than is unsellable, and nothing twice", shown);
  }
  for (const [place, pieces] of held) {
    const shown = () => `${place}: ${pieces} held where nothing ever lay`;
    findings.expect(pieces === 0, "no more is claimed than is unsellable, and nothing twice", shown);
  }
}

function piecesOfClaimsAddUp({ tables }: Evidence, findings: Findings): void {
  for (const line of tables.claimLines) {
    const running = line.state === "OPEN" || line.state === "SENT";
    const known = line.held + line.sent_back + line.missing;
    const right = running ? known === line.quantity : line.held === 0 && known <= line.quantity;
    const shown = () => JSON.stringify(line);
    findings.expect(right, "a claim's pieces are here, went back or are missing; closed, it holds none", shown);
  }
}

/** What lies under a claim is not taken by anybody else. */
function piecesGoMissingByARecountOnly(evidence: Evidence, findings: Findings): void {
  const recounted = new Set<string>();
  for (const { sku, kind, reverses, legs } of movementsOf(evidence)) {
    if (kind !== "COUNT_ADJUST" && reverses === null) continue;
    for (const { location, bucket } of legs) if (bucket === "unsellable") recounted.add(placeOf({ sku, location }));
  }
  for (const line of evidence.tables.claimLines) {
    const shown = () => JSON.stringify(line);
    const right = line.missing === 0 || recounted.has(placeOf(line));
    findings.expect(right, "what lies under a claim leaves by it, unless a count finds it missing", shown);
  }
}

function goodsGoBackOnTheirClaim(evidence: Evidence, findings: Findings): void {
  const claims = new Map<string, string>();
  for (const { move, answers } of evidence.history.exchanges) {
    if (move.do !== "sendBack" || move.claimId === null) continue;
    if (answers.some(({ status }) => status === 200 || status === 201)) claims.set(move.reference, move.claimId);
  }
  const back = new Map<string, number>();
  for (const { sku, kind, reference, legs } of movementsOf(evidence)) {
    const claimId = kind === "DISPOSE" && reference.type === "disposal" ? claims.get(reference.id) : undefined;
    if (claimId === undefined) continue;
    for (const { location, bucket, delta } of legs) {
      if (bucket !== "unsellable") continue;
      const key = JSON.stringify([claimId, sku, location]);
      back.set(key, (back.get(key) ?? 0) - delta);
    }
  }
  for (const line of evidence.tables.claimLines) {
    const pieces = back.get(JSON.stringify([line.claim_id, line.sku, line.location])) ?? 0;
    const shown = () => `${JSON.stringify(line)}: ${pieces} by the movements`;
    findings.expect(pieces === line.sent_back, "what went back on a claim is what its disposals say", shown);
  }
}

/** Each step of a claim is taken by one request; whoever repeats it with another key is refused. */
function stepsAreTakenOnce({ history, tables }: Evidence, findings: Findings): void {
  const taken = new Map<string, number>();
  for (const { move, answers } of history.exchanges) {
    if (move.do !== "claimStep" || !answers.some(({ status }) => status === 200)) continue;
    const key = JSON.stringify([move.claimId, move.step]);
    taken.set(key, (taken.get(key) ?? 0) + 1);
  }
  for (const [key, times] of taken) {
    findings.expect(times === 1, "a claim takes each step once", () => `${key}: ${times} times`);
  }
  const states = new Map(tables.claimLines.map((line: ClaimLineRow) => [line.claim_id, line.state]));
  const ends = { settle: "SETTLED", withdraw: "WITHDRAWN" } as const;
  for (const [claimId, state] of states) {
    for (const [step, end] of Object.entries(ends)) {
      const told = taken.has(JSON.stringify([claimId, step]));
      const shown = () => `${claimId} is ${state}`;
      findings.expect(told === (state === end), "a claim is closed as a clerk was told, and not otherwise", shown);
    }
  }
}

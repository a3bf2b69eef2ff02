import type { Session } from "@septet/messaging";
import { isoTime } from "@septet/service-kit";
import type { ClaimLine } from "../domain/claim.js";
import { loadClaimHistory, loadEvidence, loadReplaced } from "../store/claim-list.js";
import { type ClaimHead, loadClaims } from "../store/claim-rows.js";

/** The newest entries of a claim's history that are shown. */
const HISTORY_ENTRIES = 200;

/** A claim's head, times in ISO 8601 UTC. */
export function claimHeadView({ lineCount, openedAt, sentAt, closedAt, ...head }: ClaimHead) {
  return { ...head, openedAt: isoTime(openedAt), sentAt: isoTime(sentAt), closedAt: isoTime(closedAt), lineCount };
}

/** A claim with its lines, its evidence, what came as a replacement, and what happened to it, the newest first. */
export async function claimView(session: Session, claimId: string) {
  const claim = (await loadClaims(session, [claimId])).get(claimId);
  if (claim === undefined) return undefined;
  const { lines, ...head } = claim;
  const evidence = await loadEvidence(session, claimId);
  const history = await loadClaimHistory(session, claimId, HISTORY_ENTRIES);
  return {
    ...claimHeadView(head),
    lines: lines as readonly ClaimLine[],
    replaced: await loadReplaced(session, claimId),
    evidence: evidence.map(({ addedAt, ...link }) => ({ ...link, addedAt: isoTime(addedAt) })),
    history: history.map(({ at, ...event }) => ({ ...event, at: isoTime(at) })),
  };
}

import type { Session } from "@septet/messaging";
import type { ReversedLine } from "../domain/decision.js";
import { addClaimed, type ClaimEvent, noteClaimEvents } from "./claim-rows.js";

// The youngest claims first: what was claimed longest is the most likely to have been looked at.
const HELD = `SELECT l.claim_id AS "claimId", l.line, l.sku, l.location, l.held FROM claim_line l JOIN claim c USING (claim_id)
  WHERE (l.sku, l.location) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND l.held > 0
  ORDER BY c.opened_at DESC, l.claim_id DESC, l.position DESC`;
const OVER = `SELECT sku, location, (claimed - unsellable)::float8 AS pieces FROM on_hand
  WHERE (sku, location) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND claimed > unsellable`;
const MISS = `UPDATE claim_line l SET held = l.held - m.missing, missing = l.missing + m.missing
  FROM unnest($1::text[], $2::text[], $3::int[]) AS m (claim_id, line, missing)
  WHERE l.claim_id = m.claim_id AND l.line = m.line`;
// Of a claim that is still with the other side, the pieces lie under it again.
const TAKE_BACK = `UPDATE claim_line l SET sent_back = l.sent_back - r.quantity,
    held = l.held + CASE WHEN c.state = 'SENT' THEN r.quantity ELSE 0 END
  FROM (SELECT d.claim, d.sku, h.location, sum(r.quantity) AS quantity
      FROM unnest($1::text[], $2::text[], $3::int[]) AS r (document_id, line, quantity)
      JOIN document_line d ON d.document_id = r.document_id AND d.line = r.line
      JOIN document h ON h.document_id = d.document_id
      WHERE d.claim IS NOT NULL GROUP BY d.claim, d.sku, h.location) r
    JOIN claim c ON c.claim_id = r.claim
  WHERE l.claim_id = r.claim AND l.sku = r.sku AND l.location = r.location
  RETURNING l.claim_id AS "claimId", l.line, l.sku, l.location, r.quantity::int AS quantity, c.state`;

/** Where goods lie. */
export interface Place {
  readonly sku: string;
  readonly location: string;
}

interface HeldRow {
  claimId: string;
  line: string;
  sku: string;
  location: string;
  held: number;
}

/**
 * Where less unsellable goods are left than are claimed (a count, an adjustment, a receipt that is taken back), the pieces are
 * missing from their claims: nothing physical is refused for their sake. The caller holds the streams.
 */
export async function missFromClaims(session: Session, watched: readonly Place[], now: number): Promise<void> {
  if (watched.length === 0) return;
  const places = await session.query<Place & { pieces: number }>(OVER, [
    watched.map((one) => one.sku),
    watched.map((one) => one.location),
  ]);
  if (places.length === 0) return;
  const rows = await session.query<HeldRow>(HELD, [places.map((one) => one.sku), places.map((one) => one.location)]);
  const left = new Map(places.map((one) => [JSON.stringify([one.sku, one.location]), one.pieces]));
  const missed = rows.flatMap((row) => {
    const key = JSON.stringify([row.sku, row.location]);
    const missing = Math.min(row.held, left.get(key) ?? 0);
    left.set(key, (left.get(key) ?? 0) - missing);
    return missing === 0 ? [] : [{ ...row, missing }];
  });
  if (missed.length === 0) return;
  await session.query(MISS, [
    missed.map((one) => one.claimId),
    missed.map((one) => one.line),
    missed.map((one) => one.missing),
  ]);
  await addClaimed(
    session,
    missed.map(({ sku, location, missing }) => ({ sku, location, claimed: -missing })),
  );
  const events = missed.map(({ claimId, line, missing }): ClaimEvent => {
    return { claimId, what: "MISSING", detail: `line ${line}: ${missing} are not there any more`, actor: null };
  });
  await noteClaimEvents(session, events, now);
}

/** Disposals that sent goods back were taken back: the goods are here. */
export async function unsendFromClaims(session: Session, lines: readonly ReversedLine[], now: number): Promise<void> {
  const disposed = lines.filter(({ documentId }) => documentId.startsWith("DISPOSAL/"));
  if (disposed.length === 0) return;
  const rows = await session.query<Omit<HeldRow, "held"> & { quantity: number; state: string }>(TAKE_BACK, [
    disposed.map((one) => one.documentId),
    disposed.map((one) => one.line),
    disposed.map((one) => one.quantity),
  ]);
  await addClaimed(
    session,
    rows.flatMap(({ sku, location, quantity, state }) =>
      state === "SENT" ? [{ sku, location, claimed: quantity }] : [],
    ),
  );
  const events = rows.map(({ claimId, line, quantity }): ClaimEvent => {
    return {
      claimId,
      what: "NOT_SENT_BACK",
      detail: `line ${line}: ${quantity}, the disposal was taken back`,
      actor: null,
    };
  });
  await noteClaimEvents(session, events, now);
}

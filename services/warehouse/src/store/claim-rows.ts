import type { Session } from "@septet/messaging";
import type { Claim, ClaimLine } from "../domain/claim.js";
import type { ClaimedChange, SentBack } from "../domain/claim-book.js";

const ms = (column: string, alias: string) => `round(extract(epoch FROM ${column}) * 1000)::float8 AS "${alias}"`;
const time = (column: string) => `to_timestamp(${column}::float8 / 1000.0)`;

/** The columns of a head, for `ClaimHead`. */
export const HEAD_COLUMNS = `c.claim_id AS "claimId", c.against, c.party, c.reference, c.note, c.state, c.outcome, c.currency,
  c.credited_minor::float8 AS "creditedMinor", c.pieces::float8 AS pieces, c.claimed_minor::float8 AS "claimedMinor",
  c.lines AS "lineCount", ${ms("c.opened_at", "openedAt")}, c.opened_by AS "openedBy", ${ms("c.sent_at", "sentAt")},
  ${ms("c.closed_at", "closedAt")}`;
const LOAD_HEADS = `SELECT ${HEAD_COLUMNS} FROM claim c WHERE c.claim_id = ANY($1::text[])`;
const LOAD_LINES = `SELECT claim_id AS "claimId", line, sku, location, quantity, reason,
    claimed_minor::float8 AS "claimedMinor", held, sent_back AS "sentBack", missing, outcome,
    credited_minor::float8 AS "creditedMinor"
  FROM claim_line WHERE claim_id = ANY($1::text[]) ORDER BY claim_id, position`;
const LOAD_SKUS = `SELECT DISTINCT sku FROM claim_line WHERE claim_id = $1`;

const CREATE = `INSERT INTO claim (claim_id, against, party, reference, note, state, currency, lines, pieces, claimed_minor,
    opened_at, opened_by) VALUES ($1, $2, $3, $4, $5, 'OPEN', $6, 0, 0, 0, ${time("$7")}, $8)`;
const CREATE_LINES = `INSERT INTO claim_line (claim_id, line, position, sku, location, quantity, reason, claimed_minor, held)
  SELECT $1, line, position, sku, location, quantity, reason, claimed_minor, quantity
  FROM unnest($2::text[], $3::int[], $4::text[], $5::text[], $6::int[], $7::text[], $8::bigint[])
    AS l (line, position, sku, location, quantity, reason, claimed_minor)`;
const COUNT_LINES = `UPDATE claim SET lines = lines + $2, pieces = pieces + $3, claimed_minor = claimed_minor + $4,
    currency = COALESCE(currency, $5) WHERE claim_id = $1`;
const CHANGE = `UPDATE claim SET state = $2, outcome = $3, currency = $4, credited_minor = $5, sent_at = ${time("$6")},
    closed_at = ${time("$7")} WHERE claim_id = $1`;
const CHANGE_LINES = `UPDATE claim_line l SET held = n.held, outcome = n.outcome, credited_minor = n.credited_minor
  FROM unnest($2::text[], $3::int[], $4::text[], $5::bigint[]) AS n (line, held, outcome, credited_minor)
  WHERE l.claim_id = $1 AND l.line = n.line`;
const ADD_CLAIMED = `UPDATE on_hand o SET claimed = o.claimed + c.claimed
  FROM unnest($1::text[], $2::text[], $3::bigint[]) AS c (sku, location, claimed)
  WHERE o.sku = c.sku AND o.location = c.location`;
const SEND_BACK = `UPDATE claim_line l SET sent_back = l.sent_back + b.quantity, held = l.held - b.released
  FROM (SELECT claim_id, line, sum(quantity) AS quantity, sum(released) AS released
    FROM unnest($1::text[], $2::text[], $3::int[], $4::int[]) AS b (claim_id, line, quantity, released)
    GROUP BY claim_id, line) AS b
  WHERE l.claim_id = b.claim_id AND l.line = b.line`;
const NOTE = `INSERT INTO claim_event (claim_id, what, detail, at, actor)
  SELECT claim_id, what, detail, ${time("$5")}, actor
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS e (claim_id, what, detail, actor, n)
  ORDER BY e.n`;

/** A claim without its lines, with their sums. */
export interface ClaimHead extends Omit<Claim, "lines"> {
  readonly lineCount: number;
  readonly pieces: number;
  readonly claimedMinor: number;
}

/** Something that happened to a claim. */
export interface ClaimEvent {
  readonly claimId: string;
  readonly what: string;
  readonly detail: string | null;
  readonly actor: string | null;
}

/** The claims with their lines, by id; unknown ids are missing. The streams of their SKUs keep them as they are. */
export async function loadClaims(session: Session, ids: readonly string[]): Promise<Map<string, Claim & ClaimHead>> {
  if (ids.length === 0) return new Map();
  const heads = await session.query<ClaimHead>(LOAD_HEADS, [ids]);
  const lines = new Map<string, ClaimLine[]>(heads.map((head) => [head.claimId, []]));
  for (const { claimId, ...line } of await session.query<ClaimLine & { claimId: string }>(LOAD_LINES, [ids])) {
    lines.get(claimId)?.push(line);
  }
  return new Map(heads.map((head) => [head.claimId, { ...head, lines: lines.get(head.claimId)! }]));
}

/** The SKUs of a claim that is known by its id only. */
export async function skusOfClaim(session: Session, claimId: string): Promise<string[]> {
  return (await session.query<{ sku: string }>(LOAD_SKUS, [claimId])).map((row) => row.sku);
}

/** @throws 23505 when a claim of this id was opened meanwhile. */
export async function createClaim(
  session: Session,
  claim: Pick<Claim, "claimId" | "against" | "party" | "reference" | "note" | "currency" | "openedAt" | "openedBy">,
): Promise<void> {
  const { claimId, against, party, reference, note, currency, openedAt, openedBy } = claim;
  await session.query(CREATE, [claimId, against, party, reference, note, currency, openedAt, openedBy]);
}

/** Adds lines to a claim, all of whose pieces lie here from now on under it. */
export async function addClaimLines(
  session: Session,
  claim: Pick<ClaimHead, "claimId" | "lineCount" | "currency">,
  lines: readonly ClaimLine[],
): Promise<void> {
  if (lines.length === 0) return;
  await session.query(CREATE_LINES, [
    claim.claimId,
    lines.map((line) => line.line),
    lines.map((_, index) => claim.lineCount + index),
    lines.map((line) => line.sku),
    lines.map((line) => line.location),
    lines.map((line) => line.quantity),
    lines.map((line) => line.reason),
    lines.map((line) => line.claimedMinor),
  ]);
  const sum = (of: (line: ClaimLine) => number) => lines.reduce((all, line) => all + of(line), 0);
  const pieces = sum((line) => line.quantity);
  const amount = sum((line) => line.claimedMinor ?? 0);
  await session.query(COUNT_LINES, [claim.claimId, lines.length, pieces, amount, claim.currency]);
  await addClaimed(
    session,
    lines.map(({ sku, location, quantity }) => ({ sku, location, claimed: quantity })),
  );
}

/** Writes what a step made of a claim. */
export async function changeClaim(session: Session, before: Claim, after: Claim): Promise<void> {
  const { claimId, state, outcome, currency, creditedMinor, sentAt, closedAt } = after;
  await session.query(CHANGE, [claimId, state, outcome, currency, creditedMinor, sentAt, closedAt]);
  const changed = after.lines.filter((line, index) => line !== before.lines[index]);
  if (changed.length === 0) return;
  await session.query(CHANGE_LINES, [
    claimId,
    changed.map((line) => line.line),
    changed.map((line) => line.held),
    changed.map((line) => line.outcome),
    changed.map((line) => line.creditedMinor),
  ]);
  const held = new Map(before.lines.map((line) => [line.line, line.held]));
  await addClaimed(
    session,
    changed.map((line) => ({ sku: line.sku, location: line.location, claimed: line.held - held.get(line.line)! })),
  );
}

/** Adds to the pieces under claim by place; several changes of one place are one. */
export async function addClaimed(session: Session, changes: readonly ClaimedChange[]): Promise<void> {
  const sums = new Map<string, ClaimedChange>();
  for (const { sku, location, claimed } of changes) {
    const key = JSON.stringify([sku, location]);
    sums.set(key, { sku, location, claimed: (sums.get(key)?.claimed ?? 0) + claimed });
  }
  const places = [...sums.values()].filter(({ claimed }) => claimed !== 0);
  if (places.length === 0) return;
  await session.query(ADD_CLAIMED, [
    places.map((place) => place.sku),
    places.map((place) => place.location),
    places.map((place) => place.claimed),
  ]);
}

/** Notes pieces that went back. */
export async function noteSentBack(session: Session, back: readonly SentBack[], now: number): Promise<void> {
  if (back.length === 0) return;
  await session.query(SEND_BACK, [
    back.map((one) => one.claimId),
    back.map((one) => one.line),
    back.map((one) => one.quantity),
    back.map((one) => one.released),
  ]);
  const events = back.map(({ claimId, line, quantity, reference, actor }) => {
    return { claimId, what: "SENT_BACK", detail: `line ${line}: ${quantity} by disposal ${reference}`, actor };
  });
  await noteClaimEvents(session, events, now);
}

/** Adds to the histories of claims, in this order. */
export async function noteClaimEvents(session: Session, events: readonly ClaimEvent[], now: number): Promise<void> {
  if (events.length === 0) return;
  await session.query(NOTE, [
    events.map((event) => event.claimId),
    events.map((event) => event.what),
    events.map((event) => event.detail),
    events.map((event) => event.actor),
    now,
  ]);
}

import type { Session } from "@septet/messaging";
import type { ClaimSums } from "../domain/claim-report.js";
import { type ClaimHead, HEAD_COLUMNS } from "./claim-rows.js";

const ms = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8`;
const EVIDENCE = `SELECT position, url, note, ${ms("added_at")} AS "addedAt", added_by AS "addedBy"
  FROM claim_evidence WHERE claim_id = $1 ORDER BY position`;
const HISTORY = `SELECT what, detail, ${ms("at")} AS at, actor FROM claim_event WHERE claim_id = $1
  ORDER BY event_id DESC LIMIT $2`;
const REPLACED = `SELECT sku, sum(quantity - reversed)::float8 AS pieces FROM document_line
  WHERE claim = $1 AND document_id >= 'RECEIPT/' AND document_id < 'RECEIPT0' GROUP BY sku ORDER BY sku`;
const ADD_EVIDENCE = `INSERT INTO claim_evidence (claim_id, position, url, note, added_at, added_by)
  SELECT $1, $2 + n, url, note, to_timestamp($5::float8 / 1000.0), $6
  FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS e (url, note, n)`;
const REPORT = `SELECT c.against, c.party, c.state, c.currency, count(*)::int AS claims, sum(c.pieces)::float8 AS pieces,
    sum(c.claimed_minor)::float8 AS "claimedMinor", sum(c.credited_minor)::float8 AS "creditedMinor",
    sum(s.sent_back)::float8 AS "sentBack", sum(s.missing)::float8 AS missing,
    count(*) FILTER (WHERE c.outcome = 'CREDITED')::int AS credited,
    count(*) FILTER (WHERE c.outcome = 'REPLACED')::int AS replaced,
    count(*) FILTER (WHERE c.outcome = 'REJECTED')::int AS rejected,
    count(*) FILTER (WHERE c.outcome = 'MIXED')::int AS mixed
  FROM claim c CROSS JOIN LATERAL
    (SELECT COALESCE(sum(sent_back), 0) AS sent_back, COALESCE(sum(missing), 0) AS missing
      FROM claim_line WHERE claim_id = c.claim_id) s`;

/** A link to what proves a claim; `addedAt` is epoch ms. */
export interface Evidence {
  readonly position: number;
  readonly url: string;
  readonly note: string | null;
  readonly addedAt: number;
  readonly addedBy: string;
}

export const loadEvidence = (session: Session, claimId: string): Promise<Evidence[]> =>
  session.query<Evidence>(EVIDENCE, [claimId]);

/** Adds links after those that are there; the claim's row is held. */
export async function addEvidence(
  session: Session,
  claimId: string,
  links: readonly { readonly url: string; readonly note: string | null }[],
  by: { readonly after: number; readonly now: number; readonly actor: string },
): Promise<void> {
  const urls = links.map((link) => link.url);
  const notes = links.map((link) => link.note);
  await session.query(ADD_EVIDENCE, [claimId, by.after, urls, notes, by.now, by.actor]);
}

/** The last `limit` things that happened to a claim, the newest first; `at` is epoch ms. */
export const loadClaimHistory = (
  session: Session,
  claimId: string,
  limit: number,
): Promise<{ what: string; detail: string | null; at: number; actor: string | null }[]> =>
  session.query(HISTORY, [claimId, limit]);

/** What has come as a replacement by a claim, by SKU. */
export const loadReplaced = (session: Session, claimId: string): Promise<{ sku: string; pieces: number }[]> =>
  session.query(REPLACED, [claimId]);

/** Which claims; what is undefined does not matter. */
export interface ClaimFilter {
  readonly state?: string | undefined;
  readonly supplier?: string | undefined;
  readonly carrier?: string | undefined;
  readonly sku?: string | undefined;
  readonly location?: string | undefined;
}

/** At most `limit` claims without their lines, oldest first, ties by id. */
export function listClaims(
  session: Session,
  filter: ClaimFilter,
  after: readonly [openedAt: number, claimId: string],
  limit: number,
): Promise<ClaimHead[]> {
  const values: unknown[] = [...after, limit];
  const value = (given: unknown) => `$${values.push(given)}`;
  // Only what is asked for becomes a condition, so that each listing finds its own index.
  const conditions = ["(c.opened_at, c.claim_id) > (to_timestamp($1::float8 / 1000.0), $2)"];
  if (filter.state !== undefined) conditions.push(`c.state = ${value(filter.state)}`);
  if (filter.supplier !== undefined) conditions.push(`c.against = 'SUPPLIER' AND c.party = ${value(filter.supplier)}`);
  if (filter.carrier !== undefined) conditions.push(`c.against = 'CARRIER' AND c.party = ${value(filter.carrier)}`);
  const lines = [
    ...(filter.sku === undefined ? [] : [`sku = ${value(filter.sku)}`]),
    ...(filter.location === undefined ? [] : [`location = ${value(filter.location)}`]),
  ];
  if (lines.length > 0) {
    conditions.push(`c.claim_id IN (SELECT claim_id FROM claim_line WHERE ${lines.join(" AND ")})`);
  }
  return session.query<ClaimHead>(
    `SELECT ${HEAD_COLUMNS} FROM claim c WHERE ${conditions.join(" AND ")} ORDER BY c.opened_at, c.claim_id LIMIT $3`,
    values,
  );
}

/** Sums of the claims opened from `from` to before `to` (epoch ms), by party, state and currency. */
export function reportClaims(
  session: Session,
  filter: Pick<ClaimFilter, "supplier" | "carrier">,
  from: number,
  to: number,
): Promise<ClaimSums[]> {
  const values: unknown[] = [from, to];
  const conditions = [
    "c.opened_at >= to_timestamp($1::float8 / 1000.0)",
    "c.opened_at < to_timestamp($2::float8 / 1000.0)",
  ];
  if (filter.supplier !== undefined) {
    conditions.push(`c.against = 'SUPPLIER' AND c.party = $${values.push(filter.supplier)}`);
  }
  if (filter.carrier !== undefined)
    conditions.push(`c.against = 'CARRIER' AND c.party = $${values.push(filter.carrier)}`);
  return session.query<ClaimSums>(
    `${REPORT} WHERE ${conditions.join(" AND ")} GROUP BY c.against, c.party, c.state, c.currency
     ORDER BY c.against, c.party, c.state, c.currency`,
    values,
  );
}

import { createHash } from "node:crypto";
import type { Session } from "@septet/messaging";
import { conflict, type Problem } from "./problem.js";
import type { RequestContext } from "./route.js";

/** How long a key is remembered, days. */
export const IDEMPOTENCY_DAYS = 7;
/** Longest key, characters. */
export const MAX_IDEMPOTENCY_KEY_CHARS = 200;

/** A caller's word that two requests are the same one. */
export interface IdempotencyClaim {
  /** sha256 over caller, method, path and key, hex: what is locked. */
  id: string;
  caller: string;
  method: string;
  path: string;
  key: string;
  /** sha256 of the body, hex. */
  bodyHash: string;
}

/** What was answered to a key. */
export interface StoredAnswer {
  status: number;
  body: unknown;
  bodyHash: string;
}

/** The claim of a request. A bulk route gives the hash of its body, or none when the key alone continues the upload. */
export function idempotencyClaim(
  context: Pick<RequestContext, "actor" | "method" | "path" | "idempotencyKey" | "bodyHash">,
  bodyHash: string = context.bodyHash,
): IdempotencyClaim {
  const { method, path, idempotencyKey: key } = context;
  const caller = context.actor.subject;
  return { id: sha256(JSON.stringify([caller, method, path, key])), caller, method, path, key, bodyHash };
}

/** Whether an answer is kept with its key: 2xx, 409 and 422. */
export function isStored(status: number): boolean {
  return (status >= 200 && status < 300) || status === 409 || status === 422;
}

/** The refusal of a key that came with another body. */
export function keyReused(): Problem {
  return conflict("idempotency-key-reused", "The idempotency key was used with another body");
}

/** sha256 of text, hex. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** sha256 of a JSON value whatever the order of its members, hex. */
export function hashOfJson(value: unknown): string {
  return sha256(JSON.stringify(canonical(value)) ?? "");
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, canonical(member)]),
  );
}

const CLAIM = `INSERT INTO idempotency_key (id, caller, method, path, key, body_hash)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS claim (id)
  ORDER BY id COLLATE "C"
  ON CONFLICT (id) DO NOTHING`;
const LOCK = `SELECT id, body_hash, status, answer FROM idempotency_key
  WHERE id = ANY($1::text[]) ORDER BY id COLLATE "C" FOR UPDATE`;

/**
 * Locks the claims, sorted, and tells what each was answered before. Of two transactions with one key the second waits
 * here until the first has committed its answer.
 */
export async function lockClaims(
  session: Session,
  claims: readonly IdempotencyClaim[],
): Promise<Map<string, StoredAnswer | undefined>> {
  const unique = [...new Map(claims.map((claim) => [claim.id, claim])).values()];
  const column = (name: keyof IdempotencyClaim) => unique.map((claim) => claim[name]);
  await session.query(CLAIM, [
    column("id"),
    column("caller"),
    column("method"),
    column("path"),
    column("key"),
    column("bodyHash"),
  ]);
  const rows = await session.query<{ id: string; body_hash: string; status: number | null; answer: unknown }>(LOCK, [
    column("id"),
  ]);
  return new Map(
    rows.map((row) => [
      row.id,
      row.status === null ? undefined : { status: row.status, body: row.answer, bodyHash: row.body_hash },
    ]),
  );
}

/** Writes the answers of this transaction; forgets claims that got none, so that their key is free again. */
export async function storeAnswers(
  session: Session,
  answers: ReadonlyMap<string, StoredAnswer>,
  unanswered: readonly string[],
): Promise<void> {
  if (answers.size > 0) {
    const rows = [...answers];
    await session.query(
      `UPDATE idempotency_key k SET status = a.status, answer = a.answer, body_hash = a.body_hash
       FROM unnest($1::text[], $2::int[], $3::json[], $4::text[]) AS a (id, status, answer, body_hash)
       WHERE k.id = a.id`,
      [
        rows.map(([id]) => id),
        rows.map(([, answer]) => answer.status),
        rows.map(([, answer]) => JSON.stringify(answer.body ?? null)),
        rows.map(([, answer]) => answer.bodyHash),
      ],
    );
  }
  if (unanswered.length > 0) {
    await session.query(`DELETE FROM idempotency_key WHERE id = ANY($1::text[])`, [unanswered]);
  }
}

/** Deletes keys older than seven days, in bites of `limit` rows. Returns how many. */
export async function deleteOldKeys(session: Session, limit = 5_000): Promise<number> {
  const rows = await session.query(
    `DELETE FROM idempotency_key WHERE id IN (
       SELECT id FROM idempotency_key WHERE created_at < clock_timestamp() - $1 * interval '1 day'
       ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
     ) RETURNING 1`,
    [IDEMPOTENCY_DAYS, limit],
  );
  return rows.length;
}

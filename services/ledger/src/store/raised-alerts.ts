import type { Session } from "@septet/messaging";
import type { AlertCode } from "@septet/stock-contracts";

import type { AlertSubject } from "../domain/audit.js";

/** Remembers that alerts stand. @returns the subjects that had none of this code standing */
export async function insertAlerts(
  session: Session,
  code: AlertCode,
  about: readonly AlertSubject[],
  now: number,
): Promise<Set<string>> {
  if (about.length === 0) return new Set();
  const rows = await session.query<{ subject: string }>(
    `INSERT INTO raised_alert (code, subject, sku, location, raised_at)
     SELECT $1, subject, sku, location, to_timestamp($5::float8 / 1000)
       FROM unnest($2::text[], $3::text[], $4::text[]) AS a (subject, sku, location) ORDER BY subject COLLATE "C"
     ON CONFLICT (code, subject) DO NOTHING RETURNING subject`,
    [code, about.map((a) => a.subject), about.map((a) => a.sku), about.map((a) => a.location), now],
  );
  return new Set(rows.map((row) => row.subject));
}

/** Forgets standing alerts. @returns those that did stand */
export async function deleteAlerts(
  session: Session,
  code: AlertCode,
  subjects: readonly string[],
): Promise<AlertSubject[]> {
  if (subjects.length === 0) return [];
  return session.query<AlertSubject>(
    `DELETE FROM raised_alert WHERE code = $1 AND subject = ANY ($2::text[]) RETURNING subject, sku, location`,
    [code, [...subjects]],
  );
}

/** The standing alerts of a code. */
export async function readAlerts(session: Session, code: AlertCode): Promise<AlertSubject[]> {
  return session.query<AlertSubject>(
    `SELECT subject, sku, location FROM raised_alert WHERE code = $1 ORDER BY subject`,
    [code],
  );
}

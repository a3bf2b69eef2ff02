import type { Session } from "@septet/messaging";
import type { Policy } from "../domain/index.js";

export interface StoredPolicy {
  scope: string;
  rules: Policy;
  version: number;
  changedAt: string;
  changedBy: string;
}

const COLUMNS = `scope, rules, version::float8, to_char(changed_at AT TIME ZONE 'UTC',
  'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "changedAt", changed_by AS "changedBy"`;
const LIST = `SELECT ${COLUMNS} FROM policy WHERE $1::text IS NULL OR scope = $1 ORDER BY scope`;
/** The row lock of the upsert makes versions of one scope rise one by one. */
const PUT = `
INSERT INTO policy AS p (scope, rules, version, changed_at, changed_by)
VALUES ($1, $2::jsonb, 1, septet_now(), $3)
ON CONFLICT (scope) DO UPDATE SET rules = excluded.rules, version = p.version + 1,
  changed_at = excluded.changed_at, changed_by = excluded.changed_by
RETURNING ${COLUMNS}`;

export const listPolicies = (session: Session, scope?: string): Promise<StoredPolicy[]> =>
  session.query(LIST, [scope ?? null]);

export async function putPolicy(session: Session, scope: string, rules: Policy, actor: string): Promise<StoredPolicy> {
  const [stored] = await session.query<StoredPolicy>(PUT, [scope, JSON.stringify(rules), actor]);
  if (stored === undefined) throw new Error(`policy ${scope} was not stored`);
  return stored;
}

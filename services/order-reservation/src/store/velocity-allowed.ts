import type { Session } from "@septet/messaging";

/** Hashes under the lasting key of what operators let through. */
export type AllowedSources = ReadonlySet<string>;

export interface AllowedSource {
  source: string;
  note: string;
  until: string;
  allowedBy: string;
}

const iso = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const COLUMNS = `source, note, ${iso("until")} AS until, allowed_by AS "allowedBy"`;
const FIND = `SELECT source FROM velocity_allowed WHERE source = ANY($1::text[]) AND until > septet_now()`;
const PUT = `INSERT INTO velocity_allowed (source, note, until, allowed_by)
VALUES ($1, $2, to_timestamp($3::float8 / 1000), $4)
ON CONFLICT (source) DO UPDATE SET note = excluded.note, until = excluded.until, allowed_by = excluded.allowed_by
RETURNING ${COLUMNS}`;
const LIST = `SELECT ${COLUMNS} FROM velocity_allowed
WHERE source > $1 COLLATE "C" AND until > septet_now() ORDER BY source LIMIT $2`;
const REMOVE = `DELETE FROM velocity_allowed WHERE source = $1 RETURNING 1 AS removed`;
const DROP_OLD = `DELETE FROM velocity_allowed WHERE until <= septet_now()`;

export async function findAllowed(session: Session, sources: readonly string[]): Promise<AllowedSources> {
  if (sources.length === 0) return new Set();
  const rows = await session.query<{ source: string }>(FIND, [sources]);
  return new Set(rows.map((row) => row.source));
}

/** `until` is epoch ms. */
export async function putAllowed(
  session: Session,
  o: { source: string; note: string; until: number; allowedBy: string },
): Promise<AllowedSource> {
  const [stored] = await session.query<AllowedSource>(PUT, [o.source, o.note, o.until, o.allowedBy]);
  if (stored === undefined) throw new Error("the allow-list took nothing");
  return stored;
}

/** After a source, bytewise; at most `limit`. */
export const listAllowed = (session: Session, after: string, limit: number): Promise<AllowedSource[]> =>
  session.query(LIST, [after, limit]);

export const removeAllowed = async (session: Session, source: string): Promise<boolean> =>
  (await session.query(REMOVE, [source])).length > 0;

export async function dropOldAllowed(session: Session): Promise<void> {
  await session.query(DROP_OLD, []);
}

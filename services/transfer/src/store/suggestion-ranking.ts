import type { Session } from "@septet/messaging";

/** Where covers were found apart; thousandths of a day, whole. */
export interface RankedPlace {
  readonly sku: string;
  readonly source: string;
  readonly destination: string;
  readonly apartMillidays: number;
}

/** Which places; what is missing does not matter. */
export interface RankingFilter {
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
}

// One of several instances goes through all SKUs; a clock that was set back does not keep it from it.
const CLAIM = `UPDATE suggestion_run SET began_at = septet_now()
  WHERE began_at IS NULL OR began_at > septet_now() OR began_at <= septet_now() - $1 * interval '1 second' RETURNING 1`;

/** True when the last going through began `everySeconds` ago or more; then it begins now, and it is the caller's. */
export async function claimRun(session: Session, everySeconds: number): Promise<boolean> {
  return (await session.query(CLAIM, [everySeconds])).length > 0;
}

/** Puts the places found in the place of those found before. Runs in a transaction. */
export async function replaceRanking(session: Session, places: readonly RankedPlace[]): Promise<void> {
  // Two that come to their ends at once: the later one is newer.
  await session.query("SELECT 1 FROM suggestion_run FOR UPDATE");
  await session.query("DELETE FROM suggestion");
  await session.query(
    `INSERT INTO suggestion (sku, source, destination, apart_millidays)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])`,
    [
      places.map(({ sku }) => sku),
      places.map(({ source }) => source),
      places.map(({ destination }) => destination),
      places.map(({ apartMillidays }) => apartMillidays),
    ],
  );
}

/** At most `limit` places after one, furthest apart first, ties by SKU and destination. */
export async function readRanking(
  session: Session,
  filter: RankingFilter,
  after: Omit<RankedPlace, "source"> | null,
  limit: number,
): Promise<RankedPlace[]> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const conditions = ["true"];
  if (filter.source !== undefined) conditions.push(`source = ${value(filter.source)}`);
  if (filter.destination !== undefined) conditions.push(`destination = ${value(filter.destination)}`);
  if (after !== null) {
    const { apartMillidays, sku, destination } = after;
    const place = `-${value(apartMillidays)}::bigint, ${value(sku)}, ${value(destination)}`;
    conditions.push(`(-apart_millidays, sku, destination) > (${place})`);
  }
  return session.query<RankedPlace>(
    `SELECT sku, source, destination, apart_millidays::float8 AS "apartMillidays" FROM suggestion
     WHERE ${conditions.join(" AND ")} ORDER BY -apart_millidays, sku, destination LIMIT ${value(limit)}`,
    values,
  );
}

import type { Session } from "@septet/messaging";
import type { PhysicalEntry } from "../domain/physical-log.js";

/**
 * How long an entry is kept, days after it happened: longer than a count can still be approved (`COUNT_VALID_DAYS`), since
 * an approval asks for everything after its count. What is older than every count that still counts is asked for by nobody.
 */
export const PHYSICAL_LOG_KEEP_DAYS = 21;

// Its key finds the own entries after a sequence, and those of others at one SKU and location; a second, small index the own
// ones that were told later than they happened.
const NOTE = `INSERT INTO physical_entry (sku, location, recorded_by, sequence, movement_id, kind, total, unsellable,
    occurred_at, told_later, corrects_book, reverses)
  SELECT sku, location, recorded_by, sequence, movement_id, kind, total, unsellable,
    to_timestamp(occurred_at / 1000.0), told_later, corrects_book, reverses
  FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
    $9::float8[], $10::bool[], $11::bool[], $12::text[])
    AS e (sku, location, recorded_by, sequence, movement_id, kind, total, unsellable, occurred_at, told_later,
      corrects_book, reverses)`;
// Ranges of its indexes, none of which reads what is before the count. Where a moment was told, the sequence is looked for
// from the end of the own entries backwards. Own entries told later are after the count by their moment, even those that
// were booked before the count was told.
const LOAD_AFTER = `SELECT e.sku, e.location, e.kind, e.recorded_by, e.sequence::float8 AS sequence, e.movement_id,
    e.total::float8 AS total, e.unsellable::float8 AS unsellable,
    round(extract(epoch FROM e.occurred_at) * 1000)::float8 AS occurred_at, e.told_later, e.corrects_book, e.reverses
  FROM (SELECT sku, location, sequence, to_timestamp(at / 1000.0) AS at, told
        FROM unnest($1::text[], $2::text[], $3::bigint[], $4::float8[], $5::bool[]) AS a (sku, location, sequence, at, told)) a
  CROSS JOIN LATERAL (
    SELECT least(a.sequence, CASE WHEN a.told THEN coalesce((
      SELECT sequence FROM physical_entry WHERE sku = a.sku AND location = a.location AND recorded_by = 'warehouse'
        AND occurred_at <= a.at AND NOT told_later ORDER BY sequence DESC LIMIT 1), 0) END) AS sequence
  ) seen
  CROSS JOIN LATERAL (
    SELECT * FROM physical_entry WHERE sku = a.sku AND location = a.location AND recorded_by = 'warehouse'
      AND sequence > seen.sequence
    UNION ALL
    SELECT * FROM physical_entry WHERE sku = a.sku AND location = a.location AND recorded_by = 'warehouse'
      AND told_later AND occurred_at > a.at AND sequence <= seen.sequence
    UNION ALL
    SELECT * FROM physical_entry WHERE sku = a.sku AND location = a.location AND recorded_by < 'warehouse' AND occurred_at > a.at
    UNION ALL
    SELECT * FROM physical_entry WHERE sku = a.sku AND location = a.location AND recorded_by > 'warehouse' AND occurred_at > a.at
  ) e`;
const FORGET = `DELETE FROM physical_entry WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM physical_entry WHERE occurred_at < septet_now() - $1 * interval '1 day' LIMIT $2
  )) RETURNING 1`;

/** From where the log of a SKU at a location is to be read. */
export interface EntriesAfter {
  readonly sku: string;
  readonly location: string;
  /** Own entries after this sequence … */
  readonly sequence: number;
  /** … and those of others after this moment, epoch ms; where it is `told`, own ones after it, too. */
  readonly at: number;
  readonly told: boolean;
}

type EntryRow = Pick<PhysicalEntry, "sku" | "location" | "kind" | "sequence" | "total" | "unsellable" | "reverses"> & {
  recorded_by: string;
  movement_id: string;
  occurred_at: number;
  told_later: boolean;
  corrects_book: boolean;
};

/** The entries after the asked points; each SKU and location is asked for once. */
export async function loadEntriesAfter(session: Session, asked: readonly EntriesAfter[]): Promise<PhysicalEntry[]> {
  if (asked.length === 0) return [];
  const rows = await session.query<EntryRow>(LOAD_AFTER, [
    asked.map(({ sku }) => sku),
    asked.map(({ location }) => location),
    asked.map(({ sequence }) => sequence),
    asked.map(({ at }) => at),
    asked.map(({ told }) => told),
  ]);
  return rows.map(({ recorded_by, movement_id, occurred_at, told_later, corrects_book, ...entry }) => ({
    ...entry,
    recordedBy: recorded_by,
    movementId: movement_id,
    occurredAt: occurred_at,
    toldLater: told_later,
    correctsBook: corrects_book,
  }));
}

/** Notes what movements did to what lies here, in the transaction that applies them. */
export async function notePhysical(session: Session, entries: readonly PhysicalEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const column = <K extends keyof PhysicalEntry>(name: K) => entries.map((entry) => entry[name]);
  await session.query(NOTE, [
    column("sku"),
    column("location"),
    column("recordedBy"),
    column("sequence"),
    column("movementId"),
    column("kind"),
    column("total"),
    column("unsellable"),
    column("occurredAt"),
    column("toldLater"),
    column("correctsBook"),
    column("reverses"),
  ]);
}

/** Deletes at most `limit` entries that no count can ask for any more. Returns how many. */
export async function forgetPhysical(session: Session, limit: number): Promise<number> {
  return (await session.query(FORGET, [PHYSICAL_LOG_KEEP_DAYS, limit])).length;
}

import type { Session } from "@septet/messaging";
import type { PhysicalEntry } from "../domain/physical-log.js";

/**
 * How long an entry is kept, days after it happened: longer than a count can still be approved (`COUNT_VALID_DAYS`), since
 * an approval asks for everything after its count. What is older than every count that still counts is asked for by nobody.
 */
export const PHYSICAL_LOG_KEEP_DAYS = 21;

// One index is all it has: its key finds the own entries after a sequence, and those of others at one SKU and location.
const NOTE = `INSERT INTO physical_entry (sku, location, recorded_by, sequence, movement_id, kind, total, unsellable,
    occurred_at, told_later, corrects_book, reverses)
  SELECT sku, location, recorded_by, sequence, movement_id, kind, total, unsellable,
    to_timestamp(occurred_at / 1000.0), told_later, corrects_book, reverses
  FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
    $9::float8[], $10::bool[], $11::bool[], $12::text[])
    AS e (sku, location, recorded_by, sequence, movement_id, kind, total, unsellable, occurred_at, told_later,
      corrects_book, reverses)`;
const FORGET = `DELETE FROM physical_entry WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM physical_entry WHERE occurred_at < septet_now() - $1 * interval '1 day' LIMIT $2
  )) RETURNING 1`;

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

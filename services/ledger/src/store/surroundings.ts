import type { Session } from "@septet/messaging";
import type { LocationDefined, SkuListed } from "@septet/stock-contracts";
import { bigints } from "./sql-arrays.js";

const LOCATIONS = `
  INSERT INTO location AS l (location, kind, name, active, version)
  SELECT DISTINCT ON (location) location, kind, name, active, version
    FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::bigint[])
      AS d (location, kind, name, active, version)
   ORDER BY location, version DESC
  ON CONFLICT (location) DO UPDATE
    SET kind = excluded.kind, name = excluded.name, active = excluded.active, version = excluded.version
  WHERE l.version < excluded.version`;

/** Keeps the highest version of each location; an older one that comes late changes nothing. */
export async function writeLocations(session: Session, defined: readonly LocationDefined[]): Promise<void> {
  if (defined.length === 0) return;
  await session.query(LOCATIONS, [
    defined.map((d) => d.location),
    defined.map((d) => d.kind),
    defined.map((d) => d.name),
    defined.map((d) => d.active),
    bigints(defined.map((d) => d.version)),
  ]);
}

const LISTINGS = `
  INSERT INTO sku_listing AS s (sku, name, active, source_offset)
  SELECT DISTINCT ON (sku) sku, name, active, source_offset
    FROM unnest($1::text[], $2::text[], $3::boolean[], $4::bigint[]) AS d (sku, name, active, source_offset)
   ORDER BY sku, source_offset DESC
  ON CONFLICT (sku) DO UPDATE
    SET name = excluded.name, active = excluded.active, source_offset = excluded.source_offset
  WHERE s.source_offset < excluded.source_offset`;

/** Keeps the latest listing of each SKU; `offset` is its offset in the SKU's partition. */
export async function writeListings(
  session: Session,
  listed: readonly { offset: number; value: SkuListed }[],
): Promise<void> {
  if (listed.length === 0) return;
  await session.query(LISTINGS, [
    listed.map(({ value }) => value.sku),
    listed.map(({ value }) => value.name),
    listed.map(({ value }) => value.active),
    bigints(listed.map(({ offset }) => offset)),
  ]);
}

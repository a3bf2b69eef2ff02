import type { Session } from "@septet/messaging";
import type { Location, SkuListing } from "../domain/index.js";

/** Sorted, because two instances may read the same SKUs or locations from different topics' partitions at once. */
const WRITE_LISTINGS = `
INSERT INTO sku_listing AS l (sku, active, unit_price_minor, currency, substitution_group, parts)
SELECT n.sku, n.active, n.unit_price_minor, n.currency, n.substitution_group, n.parts
FROM unnest($1::text[], $2::bool[], $3::bigint[], $4::text[], $5::text[], $6::jsonb[])
  AS n (sku, active, unit_price_minor, currency, substitution_group, parts) ORDER BY n.sku COLLATE "C"
ON CONFLICT (sku) DO UPDATE SET active = excluded.active, unit_price_minor = excluded.unit_price_minor,
  currency = excluded.currency, substitution_group = excluded.substitution_group, parts = excluded.parts
WHERE (l.active, l.unit_price_minor, l.currency, l.substitution_group, l.parts) IS DISTINCT FROM
  (excluded.active, excluded.unit_price_minor, excluded.currency, excluded.substitution_group, excluded.parts)`;

/** The highest version wins, whoever comes last. */
const WRITE_LOCATIONS = `
INSERT INTO location AS l (location, kind, active, version)
SELECT n.location, n.kind, n.active, n.version
FROM unnest($1::text[], $2::text[], $3::bool[], $4::bigint[]) AS n (location, kind, active, version)
ORDER BY n.location COLLATE "C"
ON CONFLICT (location) DO UPDATE SET kind = excluded.kind, active = excluded.active, version = excluded.version
WHERE l.version < excluded.version`;

export async function writeListings(session: Session, listings: readonly SkuListing[]): Promise<void> {
  if (listings.length === 0) return;
  await session.query(WRITE_LISTINGS, [
    listings.map((l) => l.sku),
    listings.map((l) => l.active),
    listings.map((l) => l.unitPriceMinor ?? null),
    listings.map((l) => l.currency ?? null),
    listings.map((l) => l.substitutionGroup ?? null),
    listings.map((l) => (l.parts == null ? null : JSON.stringify(l.parts))),
  ]);
}

export async function writeLocations(session: Session, locations: readonly Location[]): Promise<void> {
  if (locations.length === 0) return;
  await session.query(WRITE_LOCATIONS, [
    locations.map((l) => l.location),
    locations.map((l) => l.kind),
    locations.map((l) => l.active),
    locations.map((l) => l.version),
  ]);
}

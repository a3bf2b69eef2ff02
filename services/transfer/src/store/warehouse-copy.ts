import type { Session } from "@septet/messaging";
import type { LocationDefined } from "@septet/stock-contracts";

// Sorted, and after every lock of the transaction: two that keep the same places do not wait for each other in a circle.
const KEEP = `INSERT INTO warehouse_copy AS w (location, active, version)
  SELECT DISTINCT ON (location COLLATE "C") location, active, version
  FROM unnest($1::text[], $2::boolean[], $3::bigint[]) AS d (location, active, version)
  ORDER BY location COLLATE "C", version DESC
  ON CONFLICT (location) DO UPDATE SET active = excluded.active, version = excluded.version
  WHERE w.version < excluded.version`;

/** Keeps the highest version of each place; an older one that comes late changes nothing. */
export async function keepWarehouses(
  session: Session,
  defined: readonly Pick<LocationDefined, "location" | "active" | "version">[],
): Promise<void> {
  if (defined.length === 0) return;
  await session.query(KEEP, [
    defined.map(({ location }) => location),
    defined.map(({ active }) => active),
    defined.map(({ version }) => version),
  ]);
}

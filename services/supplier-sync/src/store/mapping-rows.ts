import type { Session } from "@septet/messaging";
import type { Mapping } from "../domain/mapping.js";

const NAMING = `SELECT code, sku FROM mapping WHERE supplier_id = $1 AND (code = ANY($2::text[]) OR sku = ANY($3::text[]))`;
const LIST = `SELECT code, sku FROM mapping WHERE supplier_id = $1 AND code > $2 ORDER BY code LIMIT $3`;
const ADD = `INSERT INTO mapping (supplier_id, code, sku)
  SELECT $1, code, sku FROM unnest($2::text[], $3::text[]) AS m (code, sku)`;
const DELETE = "DELETE FROM mapping WHERE supplier_id = $1 AND code = $2 RETURNING code, sku";

/** The supplier's mappings that name one of the codes or one of the SKUs. */
export function mappingsNaming(
  session: Session,
  supplierId: string,
  codes: readonly string[],
  skus: readonly string[],
): Promise<Mapping[]> {
  return session.query<Mapping>(NAMING, [supplierId, codes, skus]);
}

/** At most `limit` mappings whose code comes after `after`, by code. */
export function listMappings(session: Session, supplierId: string, after: string, limit: number): Promise<Mapping[]> {
  return session.query<Mapping>(LIST, [supplierId, after, limit]);
}

/** Writes new mappings; the caller holds the supplier. */
export async function addMappings(session: Session, supplierId: string, mappings: readonly Mapping[]): Promise<void> {
  if (mappings.length === 0) return;
  await session.query(ADD, [supplierId, mappings.map(({ code }) => code), mappings.map(({ sku }) => sku)]);
}

/** Takes a mapping back; undefined when there is none of this code. */
export async function deleteMapping(session: Session, supplierId: string, code: string): Promise<Mapping | undefined> {
  const [row] = await session.query<Mapping>(DELETE, [supplierId, code]);
  return row;
}

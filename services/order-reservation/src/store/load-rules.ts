import type { Session } from "@septet/messaging";
import type { Location, Policy, SkuListing } from "../domain/index.js";

/**
 * One round trip for all three. Locations and policies are read whole in every slice: a few hundred rows at most, and a
 * cache would have to be told of every other instance.
 */
const LOAD_RULES = `
SELECT (SELECT json_agg(json_build_object('sku', sku, 'active', active)) FROM sku_listing WHERE sku = ANY($1::text[]))
         AS listings,
       (SELECT json_agg(json_build_object('location', location, 'kind', kind, 'active', active, 'version', version))
          FROM location) AS locations,
       (SELECT json_agg(json_build_object('scope', scope, 'rules', rules)) FROM policy) AS policies`;

interface Row {
  listings: SkuListing[] | null;
  locations: Location[] | null;
  policies: { scope: string; rules: Policy }[] | null;
}

/** What orders are decided by beside stock: the listings of the SKUs, all locations, all policies. */
export interface Rules {
  listings: Map<string, SkuListing>;
  locations: Map<string, Location>;
  policies: Map<string, Policy>;
}

export async function loadRules(session: Session, skus: readonly string[]): Promise<Rules> {
  const [row] = await session.query<Row>(LOAD_RULES, [skus]);
  return {
    listings: new Map(row?.listings?.map((listing) => [listing.sku, listing])),
    locations: new Map(row?.locations?.map((location) => [location.location, location])),
    policies: new Map(row?.policies?.map(({ scope, rules }) => [scope, rules])),
  };
}

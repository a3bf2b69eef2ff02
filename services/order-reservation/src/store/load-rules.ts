import type { Session } from "@septet/messaging";
import { type CartHold, type Location, type Policy, type SkuListing, skuScope } from "../domain/index.js";
import { byCartKey, CART_AS_JSON, cartOf } from "./cart-holds.js";

/**
 * One round trip for all of it. Locations and the policies of sales are read whole in every slice: a few hundred rows at
 * most, and a cache would have to be told of every other instance; of the SKUs' own policies only those concerned. Cart
 * holds ride along, so that orders from carts cost no round trip of their own where nothing is held in carts.
 */
const LOAD_RULES = `
SELECT (SELECT json_agg(json_build_object('sku', sku, 'active', active)) FROM sku_listing WHERE sku = ANY($1::text[]))
         AS listings,
       (SELECT json_agg(json_build_object('location', location, 'kind', kind, 'active', active, 'version', version))
          FROM location) AS locations,
       (SELECT json_agg(json_build_object('scope', scope, 'rules', rules)) FROM
          (SELECT scope, rules FROM policy WHERE scope NOT LIKE 'sku:%'
           UNION ALL SELECT scope, rules FROM policy WHERE scope = ANY($2::text[])) AS applying) AS policies,
       (SELECT json_agg(${CART_AS_JSON}) FROM cart_hold WHERE cart_id = ANY($3::text[]) AND sku = ANY($1::text[]))
         AS carts`;

interface Row {
  listings: SkuListing[] | null;
  locations: Location[] | null;
  policies: { scope: string; rules: Policy }[] | null;
  carts: CartHold[] | null;
}

/** What orders are decided by beside stock: the listings of the SKUs, all locations, the policies, the carts named. */
export interface RulesOfSlice {
  listings: Map<string, SkuListing>;
  locations: Map<string, Location>;
  policies: Map<string, Policy>;
  carts: Map<string, CartHold>;
}

export async function loadRules(
  session: Session,
  skus: readonly string[],
  cartIds: readonly string[],
): Promise<RulesOfSlice> {
  const [row] = await session.query<Row>(LOAD_RULES, [skus, skus.map(skuScope), cartIds]);
  return {
    listings: new Map(row?.listings?.map((listing) => [listing.sku, listing])),
    locations: new Map(row?.locations?.map((location) => [location.location, location])),
    policies: new Map(row?.policies?.map(({ scope, rules }) => [scope, rules])),
    carts: byCartKey(row?.carts?.map(cartOf) ?? []),
  };
}

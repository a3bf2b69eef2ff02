import type { Session } from "@septet/messaging";
import { type CartHold, type Location, type Policy, type SkuListing, skuScope } from "../domain/index.js";
import { byCartKey, CART_AS_JSON, cartOf } from "./cart-holds.js";

/** What the catalogue says of a SKU, as json. */
export const LISTING_AS_JSON = `json_build_object('sku', sku, 'active', active, 'unitPriceMinor', unit_price_minor,
  'currency', currency, 'substitutionGroup', substitution_group, 'parts', parts)`;

/**
 * One round trip for all of it. Locations and the policies of sales are read whole in every slice: a few hundred rows at
 * most, and a cache would have to be told of every other instance; of the SKUs' own policies only those concerned. Cart
 * holds and unpaid orders ride along, so that carts and customers cost no round trip of their own where no rule asks.
 */
const LOAD_RULES = `
SELECT (SELECT json_agg(${LISTING_AS_JSON}) FROM sku_listing WHERE sku = ANY($1::text[]))
         AS listings,
       (SELECT json_agg(json_build_object('location', location, 'kind', kind, 'active', active, 'version', version))
          FROM location) AS locations,
       (SELECT json_agg(json_build_object('scope', scope, 'rules', rules)) FROM
          (SELECT scope, rules FROM policy WHERE scope NOT LIKE 'sku:%'
           UNION ALL SELECT scope, rules FROM policy WHERE scope = ANY($2::text[])) AS applying) AS policies,
       (SELECT json_agg(${CART_AS_JSON}) FROM cart_hold WHERE cart_id = ANY($3::text[]) AND sku = ANY($1::text[]))
         AS carts,
       (SELECT json_agg(json_build_array(customer_id, order_id)) FROM
          (SELECT DISTINCT ON (customer_id) customer_id, order_id FROM orders
           WHERE customer_id = ANY($4::text[]) AND NOT paid AND expires_at > septet_now()
             AND state IN ('RESERVED', 'AWAITING_PAYMENT') AND order_id <> ALL($5::text[])
           ORDER BY customer_id, placed_at DESC) AS latest) AS unpaid`;

interface Row {
  listings: SkuListing[] | null;
  locations: Location[] | null;
  policies: { scope: string; rules: Policy }[] | null;
  carts: CartHold[] | null;
  unpaid: [customerId: string, orderId: string][] | null;
}

/** What orders are decided by beside stock: the listings of the SKUs, all locations, the policies, the carts named. */
export interface RulesOfSlice {
  listings: Map<string, SkuListing>;
  locations: Map<string, Location>;
  policies: Map<string, Policy>;
  carts: Map<string, CartHold>;
  /** An unpaid order of each customer who has one, the latest. */
  unpaidOrders: Map<string, string>;
}

/** Of which orders, carts and customers the rules are asked. */
export interface RulesAsked {
  skus: readonly string[];
  cartIds: readonly string[];
  customerIds: readonly string[];
  /** Orders that the slice decides about itself. */
  own: readonly string[];
}

export async function loadRules(session: Session, asked: RulesAsked): Promise<RulesOfSlice> {
  const { skus, cartIds, customerIds, own } = asked;
  const [row] = await session.query<Row>(LOAD_RULES, [skus, skus.map(skuScope), cartIds, customerIds, own]);
  return {
    listings: new Map(row?.listings?.map((listing) => [listing.sku, listing])),
    locations: new Map(row?.locations?.map((location) => [location.location, location])),
    policies: new Map(row?.policies?.map(({ scope, rules }) => [scope, rules])),
    carts: byCartKey(row?.carts?.map(cartOf) ?? []),
    unpaidOrders: new Map(row?.unpaid),
  };
}

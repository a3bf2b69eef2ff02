import type { Session } from "@septet/messaging";
import { type Policy, type SkuListing, type SubstitutesAsked, skuScope, substitutesKey } from "../domain/index.js";
import { LISTING_AS_JSON } from "./load-rules.js";

/** So many of a group are looked at, the cheapest first: what is offered is offered from these. */
const MAX_MEMBERS = 50;

/** Not locking: an offer may be gone when it is chosen, and the choice is decided under the lock of its SKU. */
const MEMBERS = `
SELECT asked.nth::int, found.listing,
  (SELECT rules FROM policy WHERE scope = 'sku:' || found.sku) AS rules
FROM unnest($1::text[], $2::text[], $3::float8[]) WITH ORDINALITY AS asked (substitution_group, currency, from_minor, nth)
CROSS JOIN LATERAL (
  SELECT ${LISTING_AS_JSON} AS listing, unit_price_minor, sku FROM sku_listing l
  WHERE l.substitution_group = asked.substitution_group AND l.currency = asked.currency
    AND l.unit_price_minor >= asked.from_minor AND l.active
  ORDER BY l.unit_price_minor, l.sku LIMIT ${MAX_MEMBERS}
) AS found ORDER BY asked.nth, found.unit_price_minor, found.sku COLLATE "C"`;

/** What the catalogue would sell in place of shorted SKUs, the cheapest first, with the SKUs' own policies. */
export async function loadSubstitutes(
  session: Session,
  asked: readonly SubstitutesAsked[],
): Promise<{ substitutes: Map<string, string[]>; listings: SkuListing[]; policies: Map<string, Policy> }> {
  const substitutes = new Map(asked.map((one) => [substitutesKey(one), [] as string[]]));
  const listings: SkuListing[] = [];
  const policies = new Map<string, Policy>();
  if (asked.length === 0) return { substitutes, listings, policies };
  const rows = await session.query<{ nth: number; listing: SkuListing; rules: Policy | null }>(MEMBERS, [
    asked.map(({ group }) => group),
    asked.map(({ currency }) => currency),
    asked.map(({ fromMinor }) => fromMinor),
  ]);
  for (const { nth, listing, rules } of rows) {
    const one = asked[nth - 1];
    if (one !== undefined) substitutes.get(substitutesKey(one))?.push(listing.sku);
    listings.push(listing);
    if (rules !== null) policies.set(skuScope(listing.sku), rules);
  }
  return { substitutes, listings, policies };
}

import type { Session } from "@septet/messaging";
import type { Location, Policy, SkuListing } from "../domain/index.js";

const LOAD_LISTINGS = `SELECT sku, active FROM sku_listing WHERE sku = ANY($1::text[])`;
/** Read whole in every slice: a few hundred rows at most, and a cache would have to be told of every other instance. */
const LOAD_LOCATIONS = `SELECT location, kind, active, version::float8 FROM location`;
const LOAD_POLICIES = `SELECT scope, rules FROM policy`;

export async function loadListings(session: Session, skus: readonly string[]): Promise<Map<string, SkuListing>> {
  if (skus.length === 0) return new Map();
  const rows = await session.query<SkuListing>(LOAD_LISTINGS, [skus]);
  return new Map(rows.map((row) => [row.sku, row]));
}

export async function loadLocations(session: Session): Promise<Map<string, Location>> {
  const rows = await session.query<Location>(LOAD_LOCATIONS);
  return new Map(rows.map((row) => [row.location, row]));
}

export async function loadPolicies(session: Session): Promise<Map<string, Policy>> {
  const rows = await session.query<{ scope: string; rules: Policy }>(LOAD_POLICIES);
  return new Map(rows.map((row) => [row.scope, row.rules]));
}

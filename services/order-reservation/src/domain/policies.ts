/** How long an unpaid order is held when no policy says otherwise. */
export const DEFAULT_UNPAID_HOLD_SECONDS = 30 * 60;
/** How long a shopper has to choose a remedy for a shortage when nothing else is known: before the next day's dispatch. */
export const DECIDE_WITHIN_MS = 12 * 60 * 60 * 1000;

/** Rules of one scope; what a scope leaves out is taken from the next wider one. */
export interface Policy {
  unpaidHoldSeconds?: number | undefined;
  /** Locations in the order in which they are asked; those not named come after, by name. */
  locationPriority?: readonly string[] | undefined;
}

export type Policies = ReadonlyMap<string, Policy>;

/** Scopes that apply to a sale, the narrowest first: region and channel together, region, channel, default. */
export function scopesOf(channel: string | null, region: string | null): string[] {
  const scopes: string[] = [];
  if (region !== null && channel !== null) scopes.push(`region:${region},channel:${channel}`);
  if (region !== null) scopes.push(`region:${region}`);
  if (channel !== null) scopes.push(`channel:${channel}`);
  scopes.push("default");
  return scopes;
}

/** The rules for a sale: each rule from the narrowest scope that has it. */
export function policyFor(policies: Policies, channel: string | null, region: string | null) {
  const found: Required<{ unpaidHoldSeconds: number; locationPriority: readonly string[] }> = {
    unpaidHoldSeconds: DEFAULT_UNPAID_HOLD_SECONDS,
    locationPriority: [],
  };
  for (const scope of scopesOf(channel, region).reverse()) {
    const policy = policies.get(scope);
    if (policy?.unpaidHoldSeconds !== undefined) found.unpaidHoldSeconds = policy.unpaidHoldSeconds;
    if (policy?.locationPriority !== undefined) found.locationPriority = policy.locationPriority;
  }
  return found;
}

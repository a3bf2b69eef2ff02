import type { Draft, Sale } from "./draft.js";
import type { Policies } from "./policies.js";
import { saleableAt } from "./saleable.js";
import type { StockRow } from "./world.js";

const REGION = "region:";
const CHANNEL = "channel:";

/**
 * Sales between which policies can tell: one of no channel and region, which nearly always says it all, then of every channel
 * and region that has rules. What none of them may take, nobody may.
 */
export function* salesTold(policies: Policies): Generator<Sale> {
  yield { channel: null, region: null };
  const channels = new Set<string | null>([null]);
  const regions = new Set<string | null>([null]);
  for (const scope of policies.keys()) {
    if (scope.startsWith(CHANNEL)) channels.add(scope.slice(CHANNEL.length));
    if (!scope.startsWith(REGION)) continue;
    const comma = scope.indexOf(`,${CHANNEL}`);
    regions.add(scope.slice(REGION.length, comma < 0 ? undefined : comma));
    if (comma >= 0) channels.add(scope.slice(comma + 1 + CHANNEL.length));
  }
  for (const channel of channels) {
    for (const region of regions) if (channel !== null || region !== null) yield { channel, region };
  }
}

/** May anybody be sold a piece of our own stock there: what is sellable, less what is kept for others? */
export function isForSale(draft: Draft, row: StockRow): boolean {
  const { kind, active } = draft.location(row.location);
  if (kind !== "WAREHOUSE" || !active || row.sellable <= 0) return false;
  for (const sale of salesTold(draft.world.policies)) {
    if (saleableAt(draft, row, draft.rulesFor(sale)) > 0) return true;
  }
  return false;
}

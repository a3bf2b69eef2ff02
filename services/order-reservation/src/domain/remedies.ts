import { LIMITS } from "@septet/stock-contracts";
import type { Draft } from "./draft.js";
import { reasonAgainstMore } from "./limits.js";
import type { Order, OrderLine } from "./order.js";
import { isQuotaGone } from "./promotion-quota.js";
import type { Remedy } from "./shortage.js";
import { source, type Want } from "./sourcing.js";
import { type SubstitutesAsked, substitutesKey } from "./world.js";

/** A shopper is offered so many replacements at most, the cheapest first. */
export const MAX_SUBSTITUTES_OFFERED = 5;

/**
 * What the shopper may choose for pieces that are not delivered: the money back first, which is the default, then
 * replacements that are there, each with the coupon of the policy.
 */
export function remediesFor(draft: Draft, order: Order, { lineId, sku, quantity }: Want): Remedy[] {
  const line = order.lines.find((candidate) => candidate.lineId === lineId);
  const { couponMinor } = draft.rulesFor(order).policy.shortage;
  const refund: Remedy = { kind: "REFUND", sku: null, refundMinor: refundOf(line, quantity), couponMinor };
  const exchanges = substitutesFor(draft, order, { lineId, sku, quantity }).map(
    (other): Remedy => ({ kind: "EXCHANGE", sku: other, refundMinor: null, couponMinor }),
  );
  return [refund, ...exchanges];
}

/** What the pieces cost, as far as the order said it. */
function refundOf(line: OrderLine | undefined, quantity: number): number | null {
  const minor = line?.unitPriceMinor;
  if (minor == null || minor * quantity > LIMITS.MAX_MONEY_MINOR) return null;
  return minor * quantity;
}

/**
 * What replacements have to be like: of the same substitution group, at the price that was paid (or that of the catalogue) or
 * above, in the same currency. Undefined: nothing can replace the SKU.
 */
function wantedOf(draft: Draft, order: Order, lineId: string, sku: string): SubstitutesAsked | undefined {
  const listing = draft.listing(sku);
  const paid = order.lines.find((line) => line.lineId === lineId)?.unitPriceMinor;
  const fromMinor = paid ?? listing?.unitPriceMinor;
  const currency = order.currency ?? listing?.currency;
  // A price of the catalogue is in the catalogue's currency.
  if (paid == null && currency !== listing?.currency) return undefined;
  const group = listing?.substitutionGroup;
  return group == null || fromMinor == null || currency == null ? undefined : { group, currency, fromMinor };
}

/** May this SKU replace a shorted one? By the catalogue; whether it is there is another question. */
export function isSubstitute(draft: Draft, order: Order, shorted: Pick<Want, "lineId" | "sku">, sku: string): boolean {
  const wanted = wantedOf(draft, order, shorted.lineId, shorted.sku);
  const listing = draft.listing(sku);
  if (wanted === undefined || listing === undefined || sku === shorted.sku) return false;
  return (
    listing.active &&
    listing.substitutionGroup === wanted.group &&
    listing.currency === wanted.currency &&
    listing.unitPriceMinor != null &&
    listing.unitPriceMinor >= wanted.fromMinor
  );
}

function substitutesFor(draft: Draft, order: Order, want: Want): string[] {
  const wanted = wantedOf(draft, order, want.lineId, want.sku);
  if (wanted === undefined) return [];
  const known = draft.world.substitutes.get(substitutesKey(wanted));
  if (known === undefined) {
    draft.substitutesNeeded.set(substitutesKey(wanted), wanted);
    return [];
  }
  const rules = draft.rulesFor(order);
  const isThere = (sku: string) => {
    const found = source(draft, [{ ...want, sku }], rules);
    return found.reduce((pieces, { quantity }) => pieces + quantity, 0) === want.quantity;
  };
  const isFit = (sku: string) =>
    isSubstitute(draft, order, want, sku) &&
    !isQuotaGone(draft, order, sku) &&
    reasonAgainstMore(draft, order, sku, want.quantity) === undefined &&
    isThere(sku);
  const offered: string[] = [];
  for (const sku of known) {
    if (offered.length === MAX_SUBSTITUTES_OFFERED) break;
    if (isFit(sku)) offered.push(sku);
  }
  return offered;
}

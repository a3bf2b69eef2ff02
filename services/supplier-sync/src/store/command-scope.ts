import type { Command } from "../domain/commands.js";
import { supplierAt } from "../domain/decide.js";
import { type OfferKey, offerKey } from "../domain/offer-row.js";

/** Everything that commands name: what to lock and what to load for them. */
export interface CommandScope {
  /** By `offerKey`. */
  readonly offers: ReadonlyMap<string, OfferKey>;
  /** Orders named; the SKUs of those that are known come beside. */
  readonly orders: ReadonlySet<string>;
}

/** Reads off a slice of commands what they are about. */
export function scopeOf(commands: readonly Command[]): CommandScope {
  const offers = new Map<string, OfferKey>();
  const orders = new Set<string>();
  const add = ({ supplierId, sku }: OfferKey) => offers.set(offerKey({ supplierId, sku }), { supplierId, sku });
  for (const command of commands) {
    switch (command.type) {
      case "APPLY_REPORT":
      case "BRING_IN":
      case "ADJUST_REPORTED":
        for (const { sku } of command.lines) add({ supplierId: command.supplierId, sku });
        break;
      case "LOOK_AGAIN":
        for (const key of command.offers) add(key);
        break;
      case "STOP_SKU":
      case "FORGET_REPORTED":
        add(command);
        break;
      case "APPLY_MOVEMENT":
        for (const { location } of command.legs) {
          const supplierId = supplierAt(location);
          if (supplierId !== undefined) add({ supplierId, sku: command.sku });
        }
        break;
      case "REQUEST_ORDER":
        orders.add(command.fulfilmentId);
        for (const { sku } of command.lines) add({ supplierId: command.supplierId, sku });
        break;
      case "CANCEL_ORDER":
        orders.add(command.asked.fulfilmentId);
        for (const { sku } of command.asked.lines) add({ supplierId: command.supplierId, sku });
        break;
      default:
        orders.add(command.fulfilmentId);
    }
  }
  return { offers, orders };
}

/** The SKUs of a scope. */
export const skusIn = ({ offers }: CommandScope): string[] => [...new Set([...offers.values()].map(({ sku }) => sku))];

/** A scope with further offers. */
export function withOffers(scope: CommandScope, more: readonly OfferKey[]): CommandScope {
  return { ...scope, offers: new Map([...scope.offers, ...more.map((key) => [offerKey(key), key] as const)]) };
}

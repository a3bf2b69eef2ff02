import type { Command } from "../domain/commands.js";
import { supplierAt } from "../domain/decide.js";
import { type OfferKey, offerKey } from "../domain/offer-row.js";

/** Everything that commands name: what to lock and what to load for them. */
export interface CommandScope {
  /** SKUs whose streams are held. */
  readonly skus: ReadonlySet<string>;
  /** By `offerKey`. */
  readonly offers: ReadonlyMap<string, OfferKey>;
}

/** Reads off a slice of commands what they are about. */
export function scopeOf(commands: readonly Command[]): CommandScope {
  const offers = new Map<string, OfferKey>();
  const skus = new Set<string>();
  const add = ({ supplierId, sku }: OfferKey) => {
    skus.add(sku);
    offers.set(offerKey({ supplierId, sku }), { supplierId, sku });
  };
  for (const command of commands) {
    switch (command.type) {
      case "APPLY_REPORT":
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
    }
  }
  return { skus, offers };
}

import { type AlertCode, LIMITS } from "@septet/stock-contracts";
import type { DomainEvent } from "./decision.js";
import type { Crossing } from "./on-hand.js";

const CODE: AlertCode = "TOTAL_BELOW_ZERO";

/**
 * More has left a location than was ever booked into it: movements are still under way, or the book is wrong. Raised once
 * when total falls below 0, cleared once when it is back; whether it stays too long is for the watcher of alerts to judge.
 */
export function totalAlerts(crossings: readonly Crossing[]): DomainEvent[] {
  return crossings.map(({ sku, location, below }) => {
    const about = {
      alertId: `${CODE}/${sku}/${location}`.slice(0, LIMITS.MAX_DERIVED_ID_CHARS),
      code: CODE,
      service: "warehouse",
      sku,
      location,
    };
    const nobody = { supplierId: null, orderId: null };
    if (!below) return { name: "StockAlertCleared", value: { ...about, ...nobody, message: null } };
    const message = `more of ${sku} has left ${location} than was booked into it`;
    return { name: "StockAlertRaised", value: { ...about, ...nobody, severity: "WARNING", message, details: null } };
  });
}

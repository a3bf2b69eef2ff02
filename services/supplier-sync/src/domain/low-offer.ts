import { type AlertCode, LIMITS, supplierLocation } from "@septet/stock-contracts";
import type { DomainEvent } from "./decision.js";
import type { OfferRow } from "./offer-row.js";

const CODE: AlertCode = "LOW_STOCK";

/** What may still be sold there. */
export const offeredOf = ({ virtual, reserved }: Pick<OfferRow, "virtual" | "reserved">): number =>
  Math.max(0, virtual - Math.max(0, reserved));

/** Whether a row stands at or below its line. One that never had a piece to sell is not low: nobody has stocked it. */
export function isLow(row: OfferRow, linePieces: number): boolean | null {
  const offered = offeredOf(row);
  if (row.low === null && offered === 0) return null;
  return offered <= linePieces;
}

/** The alert of a row that crossed its line, once per crossing; undefined when it did not. */
export function lowAlert(before: OfferRow, after: OfferRow, linePieces: number): DomainEvent | undefined {
  if (after.low === before.low || (before.low === null && after.low === false)) return undefined;
  const { supplierId, sku } = after;
  const location = supplierLocation(supplierId);
  const about = {
    alertId: `${CODE}/${sku}/${location}`.slice(0, LIMITS.MAX_DERIVED_ID_CHARS),
    code: CODE,
    service: "supplier-sync",
    sku,
    location,
    supplierId,
    orderId: null,
  };
  if (after.low !== true) {
    return { name: "StockAlertCleared", value: { ...about, message: `${sku} is above its line at ${supplierId}` } };
  }
  const message = `${sku} is at or below its line at ${supplierId}`;
  const value = { ...about, severity: "WARNING", message, details: { line: String(linePieces) } };
  return { name: "StockAlertRaised", value };
}

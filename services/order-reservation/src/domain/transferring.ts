import { locationKindOf, type RejectionReasonCode } from "@septet/stock-contracts";
import type { TransferRequest } from "./commands.js";
import type { Draft } from "./draft.js";
import { freeExpiredHolds } from "./expiring.js";
import type { Outcome } from "./outcomes.js";
import { transferableAt } from "./saleable.js";

/**
 * Promises pieces to another warehouse, decided in arrival order among orders: what is promised to nobody and kept for no channel at the source,
 * expired holds given back first, and never more. All that is asked for or, with `allowPartial`, what there is; what is
 * refused is told with its reason.
 */
export function reserveTransfer(draft: Draft, request: TransferRequest): Outcome {
  const unfit = reasonAgainst(draft, request);
  const reserved = unfit === undefined ? promised(draft, request) : 0;
  if (reserved > 0) draft.reserveTransfer(request, reserved);
  const quantity = request.quantity - reserved;
  const code = quantity === 0 ? null : (unfit ?? "OUT_OF_STOCK");
  if (code !== null) {
    const { transferId, lineId, sku, source } = request;
    draft.publish("TransferReservationRejected", { transferId, lineId, sku, source, quantity, code });
  }
  return { type: "TRANSFER_DECIDED", reserved, code };
}

/**
 * Why the transfer cannot be, whatever the stock. An inactive source may be emptied; where goods lie is a location even
 * when its definition is still under way.
 */
function reasonAgainst(draft: Draft, { sku, source, destination }: TransferRequest): RejectionReasonCode | undefined {
  if (source === destination) return "SAME_LOCATION";
  const rows = draft.rowsOf(sku);
  if (rows.length === 0 && draft.listing(sku) === undefined) return "UNKNOWN_SKU";
  const known = draft.isDefined(source) || rows.some((row) => row.location === source);
  if (!known || !isWarehouse(draft, source)) return "UNKNOWN_LOCATION";
  if (!isWarehouse(draft, destination) || !draft.location(destination).active) return "UNKNOWN_LOCATION";
  return undefined;
}

/** By its definition and by its name: a supplier's goods are not moved by transfers. */
const isWarehouse = (draft: Draft, location: string): boolean =>
  draft.location(location).kind === "WAREHOUSE" && locationKindOf(location) === "WAREHOUSE";

function promised(draft: Draft, { sku, source, quantity, allowPartial }: TransferRequest): number {
  const there = () => {
    const row = draft.rowsOf(sku).find(({ location }) => location === source);
    return row === undefined ? 0 : transferableAt(draft, row);
  };
  if (there() < quantity) freeExpiredHolds(draft, sku, "");
  const pieces = Math.min(there(), quantity);
  return pieces < quantity && !allowPartial ? 0 : pieces;
}

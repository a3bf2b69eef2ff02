import { type DecodedMessage, isAccepted } from "@septet/service-kit";
import type { StockMovement } from "@septet/stock-contracts";
import type { ApplyMovement, CancelOrder, RequestOrder } from "../domain/commands.js";
import { supplierAt } from "../domain/decide.js";

/** What a message means here. */
export type MessageContent =
  | { readonly means: "MOVEMENT"; readonly movement: StockMovement }
  | { readonly means: "ORDER"; readonly command: RequestOrder | CancelOrder }
  | { readonly means: "NOTHING" }
  | { readonly means: "REFUSED"; readonly error: { readonly code: string; readonly message: string } };

const NOTHING = { means: "NOTHING" } as const;

/** Reads a decoded message. What is asked of a warehouse, and our own records, mean nothing here. */
export function contentOf(decoded: DecodedMessage): MessageContent {
  if (!isAccepted(decoded)) return { means: "REFUSED", error: decoded.error };
  switch (decoded.name) {
    case "StockMovement":
      return { means: "MOVEMENT", movement: decoded.value };
    case "FulfilmentRequested": {
      const { fulfilmentId, orderId, location, deliverBy, lines } = decoded.value;
      const supplierId = supplierAt(location);
      if (supplierId === undefined) return NOTHING;
      const about = { fulfilmentId, orderId, supplierId, deliverBy };
      return { means: "ORDER", command: { type: "REQUEST_ORDER", ...about, lines } };
    }
    case "FulfilmentCancelRequested": {
      const { eventId: requestId, fulfilmentId, orderId, location, lines } = decoded.value;
      const supplierId = supplierAt(location);
      if (supplierId === undefined) return NOTHING;
      const asked = { requestId, fulfilmentId, orderId, location, lines };
      return { means: "ORDER", command: { type: "CANCEL_ORDER", supplierId, asked } };
    }
    default:
      return NOTHING;
  }
}

/** What another's movement does here; most are about our own warehouses, and of those the position is remembered. */
export function commandOfMovement({ sku, legs }: StockMovement): ApplyMovement | undefined {
  const isOurs = legs.some(({ location, bucket }) => bucket === "orderReserved" && supplierAt(location) !== undefined);
  return isOurs ? { type: "APPLY_MOVEMENT", sku, legs } : undefined;
}

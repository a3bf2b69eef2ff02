import { type DecodedMessage, isAccepted } from "@septet/service-kit";
import type { StockMovement } from "@septet/stock-contracts";
import type { ApplyMovement } from "../domain/commands.js";
import { supplierAt } from "../domain/decide.js";

/** What a message means here. */
export type MessageContent =
  | { readonly means: "MOVEMENT"; readonly movement: StockMovement }
  | { readonly means: "NOTHING" }
  | { readonly means: "REFUSED"; readonly error: { readonly code: string; readonly message: string } };

/** Reads a decoded message. Records that are not for us mean nothing here. */
export function contentOf(decoded: DecodedMessage): MessageContent {
  if (!isAccepted(decoded)) return { means: "REFUSED", error: decoded.error };
  return decoded.name === "StockMovement" ? { means: "MOVEMENT", movement: decoded.value } : { means: "NOTHING" };
}

/** What another's movement does here; most are about our own warehouses, and of those the position is remembered. */
export function commandOfMovement({ sku, legs }: StockMovement): ApplyMovement | undefined {
  const isOurs = legs.some(({ location, bucket }) => bucket === "orderReserved" && supplierAt(location) !== undefined);
  return isOurs ? { type: "APPLY_MOVEMENT", sku, legs } : undefined;
}

import { type DecodedMessage, isAccepted } from "@septet/service-kit";
import type { RecordOf } from "@septet/stock-contracts";
import type { BookTransferSurplus, CancelFulfilment, LineSettled, RequestFulfilment } from "../domain/commands.js";

/** What a message means to the warehouse. */
export type MessageContent =
  | {
      readonly means: "COMMAND";
      readonly command: RequestFulfilment | CancelFulfilment | BookTransferSurplus | LineSettled;
    }
  | { readonly means: "MOVEMENT"; readonly movement: RecordOf<"StockMovement"> }
  /** The catalogue lists this SKU. */
  | { readonly means: "LISTING"; readonly sku: string }
  | { readonly means: "NOTHING" }
  | { readonly means: "REFUSED"; readonly error: { readonly code: string; readonly message: string } };

/** Reads a decoded message. Records that are not for the warehouse, its own events among them, mean nothing to it. */
export function contentOf(decoded: DecodedMessage): MessageContent {
  if (!isAccepted(decoded)) return { means: "REFUSED", error: decoded.error };
  switch (decoded.name) {
    case "StockMovement":
      return { means: "MOVEMENT", movement: decoded.value };
    case "FulfilmentRequested": {
      const { fulfilmentId, orderId, location, deliverBy, lines } = decoded.value;
      const command = { type: "REQUEST_FULFILMENT", fulfilmentId, orderId, location, deliverBy, lines } as const;
      return { means: "COMMAND", command };
    }
    case "FulfilmentCancelRequested": {
      const { eventId: requestId, fulfilmentId, orderId, location, lines } = decoded.value;
      const command = { type: "CANCEL_FULFILMENT", requestId, fulfilmentId, orderId, location, lines } as const;
      return { means: "COMMAND", command };
    }
    case "TransferSurplusArrived":
      return { means: "COMMAND", command: surplusCommand(decoded.value) };
    case "SkuListed":
      return { means: "LISTING", sku: decoded.value.sku };
    case "OrderShorted": {
      const { orderId, cause, lines } = decoded.value;
      return LOSSES.has(cause) ? settled(orderId, lines, "SHORTED") : { means: "NOTHING" };
    }
    case "OrderReservationReleased": {
      const { orderId, reason, lines } = decoded.value;
      return reason === "CANCELLED" ? settled(orderId, lines, "CANCELLED") : { means: "NOTHING" };
    }
    default:
      return { means: "NOTHING" };
  }
}

/** The receipt of a surplus is named after its transfer and arrival: told again, it is the same one. */
function surplusCommand(value: RecordOf<"TransferSurplusArrived">): BookTransferSurplus {
  const { transferId, arrivalId, lineId: line, sku, location, quantity, unsellable, actor, occurredAt } = value;
  const reference = `transfer:${transferId}/${arrivalId}`;
  return {
    type: "BOOK_TRANSFER_SURPLUS",
    head: { kind: "RECEIPT", location, reference, orderId: null, reason: null, actor },
    line: { line, sku, quantity, unsellable, missing: 0, lineId: null, orderId: null },
    arrivedAt: occurredAt,
  };
}

/** Causes of a shortage that the warehouse told of. */
const LOSSES: ReadonlySet<string> = new Set(["PICK_SHORT", "PICK_DAMAGE"]);

const settled = (orderId: string, lines: LineSettled["lines"], decision: LineSettled["decision"]): MessageContent => ({
  means: "COMMAND",
  command: { type: "LINE_SETTLED", orderId, lines, decision },
});

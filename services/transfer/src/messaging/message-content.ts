import { type DecodedMessage, isAccepted } from "@septet/service-kit";
import type { RecordOf, StockMovement } from "@septet/stock-contracts";
import type { ApplyMovement, TakeRejection, TakeReservation } from "../domain/commands.js";

/** What a message means to transfers. */
export type MessageContent =
  | { readonly means: "REJECTION"; readonly eventId: string; readonly command: TakeRejection }
  | { readonly means: "MOVEMENT"; readonly movement: StockMovement }
  | { readonly means: "NOTHING" }
  | { readonly means: "REFUSED"; readonly error: { readonly code: string; readonly message: string } };

/** Reads a decoded message. Records that are not for transfers, our own among them, mean nothing here. */
export function contentOf(decoded: DecodedMessage): MessageContent {
  if (!isAccepted(decoded)) return { means: "REFUSED", error: decoded.error };
  switch (decoded.name) {
    case "StockMovement":
      return { means: "MOVEMENT", movement: decoded.value };
    case "TransferReservationRejected":
      return { means: "REJECTION", eventId: decoded.value.eventId, command: rejectionOf(decoded.value) };
    default:
      return { means: "NOTHING" };
  }
}

function rejectionOf(value: RecordOf<"TransferReservationRejected">): TakeRejection {
  const { transferId, lineId, sku, quantity } = value;
  return { type: "TAKE_REJECTION", transferId, lineId, sku, quantity };
}

/** What another's movement does here: it answers for a line, moves our buckets, or neither. */
export function commandOfMovement(movement: StockMovement): TakeReservation | ApplyMovement | undefined {
  const { sku, legs, reference } = movement;
  const ours = legs.filter(({ bucket }) => bucket === "transferReserved" || bucket === "inTransit");
  if (ours.length === 0) return undefined;
  const [leg] = ours;
  if (movement.kind !== "TRANSFER_RESERVE" || reference.type !== "transfer" || leg === undefined || leg.delta <= 0) {
    return { type: "APPLY_MOVEMENT", sku, legs };
  }
  return {
    type: "TAKE_RESERVATION",
    transferId: reference.id,
    lineId: reference.line ?? "",
    sku,
    source: leg.location,
    quantity: leg.delta,
    legs,
  };
}

import { type ConsumerDefinition, decodeSlice, type ServiceContext } from "@septet/service-kit";
import type { Desk } from "../desk.js";
import { contentOf } from "./message-content.js";

const GROUP = "warehouse";

/** Reads what is asked of the warehouse, and what others moved in and out of it, and brings it to the desk. */
export function warehouseConsumer(context: Pick<ServiceContext, "codec">, desk: Desk): ConsumerDefinition {
  return {
    groupId: GROUP,
    topics: [
      "stock.fulfilments.v1",
      "stock.movements.v1",
      "stock.reservations.v1",
      "stock.transfers.v1",
      "upstream.catalogue.v1",
    ],
    maxSliceMessages: 500,
    handle: async (slice) => {
      const decoded = await decodeSlice(context.codec, slice);
      await desk.take(
        decoded.map((one) => ({ kind: "message", groupId: GROUP, message: one.message, content: contentOf(one) })),
      );
    },
  };
}

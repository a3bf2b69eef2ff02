import { type ConsumerDefinition, messageConsumer, type ServiceContext } from "@septet/service-kit";
import { contentOf } from "./message-content.js";
import { settleMessages } from "./settle-messages.js";

/** Reads what the sources answer, and every movement, and settles them slice by slice. */
export const transferConsumer = (context: Omit<ServiceContext, "config">): ConsumerDefinition =>
  messageConsumer(context, {
    groupId: "transfer",
    topics: ["stock.transfers.v1", "stock.movements.v1"],
    contentOf,
    settle: (items) => settleMessages(context.db, items),
  });

import { type ConsumerDefinition, messageConsumer, type ServiceContext } from "@septet/service-kit";
import { contentOf } from "./message-content.js";
import { settleMessages } from "./settle-messages.js";

/** Reads what is asked of suppliers, and every movement, and settles them slice by slice. */
export const supplierSyncConsumer = (context: Omit<ServiceContext, "config">): ConsumerDefinition =>
  messageConsumer(context, {
    groupId: "supplier-sync",
    topics: ["stock.fulfilments.v1", "stock.movements.v1"],
    contentOf,
    settle: (items) => settleMessages(context.db, items),
  });

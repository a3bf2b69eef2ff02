import { SliceQueue } from "@septet/messaging";
import { type ConsumerDefinition, decodeSlice, isTransient, type ServiceContext, transact } from "@septet/service-kit";
import { contentOf } from "./message-content.js";
import { type MessageItem, settleMessages } from "./settle-messages.js";

const GROUP = "supplier-sync";
const MAX_SLICE_MESSAGES = 500;

/** The configuration does not matter here. */
type Ground = Omit<ServiceContext, "config">;

/** Reads what is asked of suppliers, and every movement, and settles them slice by slice. */
export function supplierSyncConsumer(context: Ground): ConsumerDefinition {
  const queue = messageQueue(context);
  context.health.register("messages", () => queue.health());
  context.onStop("messages", () => queue.close());
  return {
    groupId: GROUP,
    topics: ["stock.fulfilments.v1", "stock.movements.v1"],
    maxSliceMessages: MAX_SLICE_MESSAGES,
    handle: async (slice) => {
      const decoded = await decodeSlice(context.codec, slice);
      await queue.submit(decoded.map((one) => ({ groupId: GROUP, message: one.message, content: contentOf(one) })));
    },
  };
}

function messageQueue({ db, metrics, logger }: Ground): SliceQueue<MessageItem, undefined> {
  return new SliceQueue<MessageItem, undefined>({
    settle: async (items) => {
      await settleMessages(db, items);
      return items.map(() => undefined);
    },
    maxItems: MAX_SLICE_MESSAGES,
    isTransient,
    // A message that breaks us goes to the dead letters by itself.
    poison: async (item, error) => {
      const text = error instanceof Error ? error.message : String(error);
      await transact(db, {}, async (unit) => {
        unit.deadLetter(item.message, { code: "UNEXPECTED", message: text });
        unit.consumed(item.groupId, [item.message]);
      });
      return undefined;
    },
    metrics: metrics.messaging.slices("messages"),
    onRetry: (error) => logger.warn({ err: error }, "a slice is tried again"),
  });
}

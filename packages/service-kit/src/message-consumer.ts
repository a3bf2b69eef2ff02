import { type InboundMessage, SliceQueue } from "@septet/messaging";
import { type DecodedMessage, decodeSlice } from "./intake.js";
import type { ConsumerDefinition, ServiceContext } from "./service-definition.js";
import { transact } from "./transact.js";
import { isTransient } from "./transient.js";

const MAX_SLICE_MESSAGES = 500;

/** A message, and what it says to the service. */
export interface QueuedMessage<C> {
  readonly groupId: string;
  readonly message: InboundMessage;
  readonly content: C;
}

/** What a service listens to, and how it settles it. */
export interface MessageConsumerOptions<C> {
  readonly groupId: string;
  readonly topics: readonly string[];
  contentOf(decoded: DecodedMessage): C;
  /** Settles at most 500 messages of any partitions in one transaction, which notes them as consumed. */
  settle(items: readonly QueuedMessage<C>[]): Promise<void>;
}

/**
 * Reads topics, gathers the slices of all partitions in one queue and settles them slice by slice. A message that breaks
 * `settle` goes to the dead letters by itself; a transient fault is waited for, and health says so.
 */
export function messageConsumer<C>(
  { codec, db, health, logger, metrics, onStop }: Omit<ServiceContext, "config">,
  { groupId, topics, contentOf, settle }: MessageConsumerOptions<C>,
): ConsumerDefinition {
  const queue = new SliceQueue<QueuedMessage<C>, undefined>({
    settle: async (items) => {
      await settle(items);
      return items.map(() => undefined);
    },
    maxItems: MAX_SLICE_MESSAGES,
    isTransient,
    poison: async ({ message }, error) => {
      const text = error instanceof Error ? error.message : String(error);
      await transact(db, {}, async (unit) => {
        unit.deadLetter(message, { code: "UNEXPECTED", message: text });
        unit.consumed(groupId, [message]);
      });
      return undefined;
    },
    metrics: metrics.messaging.slices("messages"),
    onRetry: (error) => logger.warn({ err: error }, "a slice is tried again"),
  });
  health.register("messages", () => queue.health());
  onStop("messages", () => queue.close());
  return {
    groupId,
    topics,
    maxSliceMessages: MAX_SLICE_MESSAGES,
    handle: async (slice) => {
      const decoded = await decodeSlice(codec, slice);
      await queue.submit(decoded.map((one) => ({ groupId, message: one.message, content: contentOf(one) })));
    },
  };
}

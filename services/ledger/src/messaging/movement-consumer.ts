import { setTimeout as pause } from "node:timers/promises";
import { type InboundMessage, messageOf, SliceQueue } from "@septet/messaging";
import {
  type ConsumerDefinition,
  decodeSlice,
  isAccepted,
  isTransient,
  type ServiceContext,
  skusOf,
} from "@septet/service-kit";
import type { LEDGER_VARIABLES } from "../config.js";
import type { LedgerMetrics } from "../metrics.js";
import { type Arrival, foldArrivals, isMovement } from "./fold-slice.js";

export const MOVEMENTS_TOPIC = "stock.movements.v1";
export const MOVEMENTS_GROUP = "ledger.movements";

/** Movements folded in one transaction, at most. */
export const MAX_SLICE_ITEMS = 500;

/**
 * Folds stock.movements.v1. The slices of all partitions gather in one queue: every transaction costs the same few
 * statements and one flush to disk, so few large ones leave the machine to those who sell.
 */
export function movementConsumer(
  context: ServiceContext<typeof LEDGER_VARIABLES>,
  metrics: LedgerMetrics,
): ConsumerDefinition {
  const queue = new SliceQueue<InboundMessage, undefined>({
    maxItems: MAX_SLICE_ITEMS,
    isTransient,
    settle: (messages) => settle(context, metrics, messages),
    poison: (message, error) => bury(context, message, error),
    onRetry: (error, attempt) => context.logger.warn({ err: error, attempt }, "a slice of movements waits"),
  });
  context.health.register("fold", () => queue.health());
  context.onStop("fold", () => queue.close());
  const gather = gathering(context.config.FOLD_GATHER_MS);
  return {
    groupId: MOVEMENTS_GROUP,
    topics: [MOVEMENTS_TOPIC],
    maxSliceMessages: MAX_SLICE_ITEMS,
    async handle(slice) {
      if (slice.length < MAX_SLICE_ITEMS) await gather();
      await queue.submit(slice);
    },
  };
}

function arrivalOf(decoded: Awaited<ReturnType<typeof decodeSlice>>[number]): Arrival {
  if (!isAccepted(decoded)) return decoded;
  if (decoded.name === "StockMovement") return { message: decoded.message, movement: decoded.value };
  const error = { code: "UNEXPECTED_RECORD", message: `${decoded.name} does not belong on ${MOVEMENTS_TOPIC}` };
  return { message: decoded.message, error };
}

/** Small slices that arrive within the same window go on together. */
function gathering(ms: number): () => Promise<void> {
  let window: Promise<void> | undefined;
  return async () => {
    if (ms === 0) return;
    window ??= pause(ms).then(() => {
      window = undefined;
    });
    await window;
  };
}

async function settle(
  context: ServiceContext<typeof LEDGER_VARIABLES>,
  metrics: LedgerMetrics,
  messages: readonly InboundMessage[],
): Promise<undefined[]> {
  // Decoded here and not on arrival: what waits in the queue stays as small as it came.
  const arrivals = (await decodeSlice(context.codec, messages)).map(arrivalOf);
  const movements = arrivals.flatMap((arrival) => (isMovement(arrival) ? [arrival.movement] : []));
  const outcome = await context.transact({ skus: skusOf(movements) }, (unit) =>
    foldArrivals(unit, MOVEMENTS_GROUP, arrivals),
  );
  metrics.count(outcome);
  for (const fork of outcome.forks) context.logger.error({ fork }, "a stream has forked");
  return messages.map(() => undefined);
}

/** A movement that the books refuse goes to the dead letters; what stands around it is folded. */
async function bury(
  context: ServiceContext<typeof LEDGER_VARIABLES>,
  message: InboundMessage,
  error: unknown,
): Promise<undefined> {
  context.logger.error({ err: error, offset: message.offset, partition: message.partition }, "a movement was refused");
  await context.transact({}, async (unit) => {
    unit.deadLetter(message, { code: "NOT_FOLDED", message: messageOf(error) });
    unit.consumed(MOVEMENTS_GROUP, [message]);
  });
}

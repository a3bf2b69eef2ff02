import type { EachBatchPayload, Kafka } from "kafkajs";
import type { InboundMessage } from "../event-log.js";
import { wait } from "../wait.js";
import { inboundOf } from "./partition-lane.js";

const MIB = 1024 * 1024;
/** Nothing read for this long means that the broker is away. */
const STALLED_AFTER_MS = 30_000;

export interface ReadToEndOptions {
  readonly kafka: Kafka;
  readonly source: { readonly topic: string; readonly physical: string; readonly mib: number };
  /** Used for this read alone: kafkajs reads in groups only. */
  readonly groupId: string;
  readonly ranges: readonly { readonly partition: number; readonly from: number; readonly end: number }[];
  visit(message: InboundMessage): void | Promise<void>;
}

/** Visits what lies in the ranges; throws when it stalls, or what `visit` throws. */
export async function readToEnd(options: ReadToEndOptions): Promise<void> {
  const open = new Map(options.ranges.filter(({ from, end }) => from < end).map((range) => [range.partition, range]));
  if (open.size === 0) return;
  const consumer = options.kafka.consumer({
    groupId: options.groupId,
    maxBytesPerPartition: options.source.mib * MIB,
    maxBytes: options.source.mib * MIB,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
    retry: { restartOnFailure: async () => false },
  });
  const { physical: topic } = options.source;
  let progressAt = Date.now();
  const outcome = { done: false, failure: undefined as Error | undefined };
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    outcome.failure ??= payload.error;
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async (payload) => {
        progressAt = Date.now();
        if (outcome.failure === undefined)
          await visitBatch(payload, options, open).catch((error: Error) => {
            outcome.failure = error;
          });
        outcome.done = open.size === 0;
      },
    });
    for (const { partition, from } of options.ranges) consumer.seek({ topic, partition, offset: String(from) });
    while (!outcome.done && outcome.failure === undefined) {
      if (Date.now() - progressAt > STALLED_AFTER_MS) throw new Error(`reading ${topic} has stalled`);
      await wait(10);
    }
  } finally {
    await consumer.disconnect();
  }
  if (outcome.failure !== undefined) throw outcome.failure;
}

async function visitBatch(
  { batch, heartbeat }: EachBatchPayload,
  options: ReadToEndOptions,
  open: Map<number, ReadToEndOptions["ranges"][number]>,
): Promise<void> {
  const range = open.get(batch.partition);
  if (range === undefined) return;
  const source = { topic: options.source.topic, partition: batch.partition };
  for (const raw of batch.messages) {
    const message = inboundOf(source, raw);
    // The first fetch can begin before the seek is heard of.
    if (message.offset < range.from) continue;
    if (message.offset >= range.end) break;
    await options.visit(message);
  }
  await heartbeat();
  if (Number(batch.lastOffset()) >= range.end - 1) open.delete(batch.partition);
}

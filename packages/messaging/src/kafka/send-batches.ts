import kafkajs, { type Producer, type RetryOptions, type TopicMessages } from "kafkajs";
import type { OutboundRecord } from "../event-log.js";
import { recordBytes } from "../outbox.js";
import { backoffMs, wait } from "../wait.js";

// Node sees only some names of a CommonJS module, and this is none of them.
const { KafkaJSNumberOfRetriesExceeded } = kafkajs;

/**
 * A produce request holds at most this for one topic, so that what falls to one partition, at worst all of it, stays below
 * the smallest `max.message.bytes` (1 MiB): Kafka's limit is on the batch, not on the record. A greater record goes alone.
 */
const MAX_TOPIC_BYTES = 768 * 1024;
/** And this over all topics. */
const MAX_SEND_BYTES = 4 * 1024 * 1024;
const ACK_TIMEOUT_MS = 10_000;

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 1_000;
/** Five seconds in all: long enough for a leader to be chosen. */
const RETRIES = 8;

/**
 * kafkajs must not try a send again: it remembers who has acknowledged by broker, so when the leadership of a partition
 * that failed goes to a broker that has acknowledged its own ones, the partition is left out and the send called a success.
 */
export const PRODUCER_RETRY: RetryOptions = { retries: 0 };

/**
 * Sends the records, cut, one send after the other; resolves when every partition has acknowledged. A send that fails is
 * sent again as a whole: what its partitions have already, their readers drop.
 * @throws when the broker stays away, or refuses.
 */
export async function sendAll(
  producer: Producer,
  records: readonly OutboundRecord[],
  physical: (topic: string) => string,
): Promise<void> {
  for (const topicMessages of sendBatches(records, physical)) await sendWhole(producer, topicMessages);
}

async function sendWhole(producer: Producer, topicMessages: TopicMessages[]): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await producer.sendBatch({ acks: -1, timeout: ACK_TIMEOUT_MS, topicMessages });
      return;
    } catch (error) {
      // What kafkajs would have tried again.
      const retriable = error instanceof KafkaJSNumberOfRetriesExceeded;
      if (!retriable || attempt >= RETRIES) throw error;
      await wait(backoffMs(attempt, FIRST_RETRY_MS, MAX_RETRY_MS));
    }
  }
}

/** Cuts the records into sends, order kept. */
export function sendBatches(
  records: readonly OutboundRecord[],
  physical: (topic: string) => string,
): TopicMessages[][] {
  const sends: TopicMessages[][] = [];
  let topics = new Map<string, { messages: TopicMessages["messages"]; bytes: number }>();
  let total = 0;
  const cut = () => {
    if (topics.size === 0) return;
    sends.push([...topics].map(([topic, { messages }]) => ({ topic, messages })));
    topics = new Map();
    total = 0;
  };
  for (const record of records) {
    const bytes = recordBytes(record);
    const topic = physical(record.topic);
    const soFar = topics.get(topic)?.bytes ?? 0;
    if ((soFar > 0 && soFar + bytes > MAX_TOPIC_BYTES) || (total > 0 && total + bytes > MAX_SEND_BYTES)) cut();
    let target = topics.get(topic);
    if (target === undefined) {
      target = { messages: [], bytes: 0 };
      topics.set(topic, target);
    }
    const { key, value, headers } = record;
    target.messages.push(headers === undefined ? { key, value } : { key, value, headers });
    target.bytes += bytes;
    total += bytes;
  }
  cut();
  return sends;
}

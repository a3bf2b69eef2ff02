import type { TopicMessages } from "kafkajs";
import type { OutboundRecord } from "../event-log.js";
import { recordBytes } from "../outbox.js";

/**
 * A produce request holds at most this for one topic, so that what falls to one partition, at worst all of it, stays below
 * the smallest `max.message.bytes` (1 MiB): Kafka's limit is on the batch, not on the record. A greater record goes alone.
 */
const MAX_TOPIC_BYTES = 768 * 1024;
/** And this over all topics. */
const MAX_SEND_BYTES = 4 * 1024 * 1024;

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

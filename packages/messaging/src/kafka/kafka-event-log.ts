import { TOPICS } from "@septet/stock-contracts";
import kafkajs, { type Admin, Kafka, type KafkaConfig, logLevel, type Producer } from "kafkajs";
import { messageOf } from "../errors.js";
import type {
  ConsumeOptions,
  EventLog,
  InboundMessage,
  OutboundRecord,
  PartitionLag,
  ReadOptions,
} from "../event-log.js";
import { HEALTHY, type Health, unhealthy } from "../health.js";
import type { Logger } from "../logger.js";
import type { MessagingMetrics } from "../metrics.js";
import { backoffMs, wait } from "../wait.js";
import { KafkaConsumption } from "./kafka-consumption.js";
import { kafkaLogLines } from "./kafka-log-lines.js";
import { mendRequestQueue } from "./kafkajs-timers.js";
import { murmur2Partitioner } from "./murmur2-partitioner.js";
import { readToEnd } from "./read-to-end.js";
import { Reconnecting } from "./reconnecting.js";
import { PRODUCER_RETRY, sendAll } from "./send-batches.js";

// Node sees only some names of a CommonJS module, and this is none of them.
const { KafkaJSProtocolError } = kafkajs;
const REQUEST_TIMEOUT_MS = 10_000;
const ASK_RETRIES = 8;
const MIB = 1024 * 1024;

mendRequestQueue();

export interface KafkaEventLogOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl?: KafkaConfig["ssl"];
  readonly sasl?: KafkaConfig["sasl"];
  /** Stands before topic names and group ids, so that several systems can share one broker. */
  readonly topicPrefix?: string;
  readonly logger: Logger;
  readonly metrics?: MessagingMetrics;
}

/** The event log on Kafka. Connects when first used; a broker that is away is no error here. */
export function createKafkaEventLog(options: KafkaEventLogOptions): EventLog {
  return new KafkaEventLog(options);
}

class KafkaEventLog implements EventLog {
  readonly #options: KafkaEventLogOptions;
  readonly #prefix: string;
  readonly #kafka: Kafka;
  readonly #producer: Reconnecting<Producer>;
  readonly #admin: Reconnecting<Admin>;
  readonly #consumptions = new Set<KafkaConsumption>();
  #trouble: string | undefined;

  constructor(options: KafkaEventLogOptions) {
    this.#options = options;
    this.#prefix = options.topicPrefix ?? "";
    this.#kafka = new Kafka({
      brokers: [...options.brokers],
      clientId: options.clientId,
      ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
      ...(options.sasl === undefined ? {} : { sasl: options.sasl }),
      connectionTimeout: 3_000,
      requestTimeout: REQUEST_TIMEOUT_MS,
      logLevel: logLevel.WARN,
      logCreator: kafkaLogLines(options.logger),
      // Five seconds in all: long enough for a leader or coordinator to be chosen.
      retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 1_000 },
    });
    this.#producer = new Reconnecting(() =>
      this.#kafka.producer({
        createPartitioner: murmur2Partitioner,
        allowAutoTopicCreation: false,
        retry: PRODUCER_RETRY,
      }),
    );
    this.#admin = new Reconnecting(() => this.#kafka.admin());
  }

  async publish(records: readonly OutboundRecord[]): Promise<void> {
    if (records.length === 0) return;
    try {
      await this.#producer.use((producer) => sendAll(producer, records, (topic) => this.#physical(topic)));
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = `Kafka does not take messages: ${messageOf(error)}`;
      throw error;
    }
  }

  async consume(options: ConsumeOptions): Promise<KafkaConsumption> {
    const consumption = new KafkaConsumption({
      kafka: this.#kafka,
      logger: this.#options.logger,
      groupId: this.#physical(options.groupId),
      topics: options.topics.map((topic) => this.#physical(topic)),
      logicalName: (topic) => topic.slice(this.#prefix.length),
      maxSliceMessages: options.maxSliceMessages,
      maxMessageMib: fetchMib(options.topics),
      handle: (slice) => options.handle(slice),
      onFatal: (error) => options.onFatal(error),
      lag: () => this.#lag(options.groupId, options.topics),
      ...(this.#options.metrics === undefined ? {} : { metrics: this.#options.metrics }),
    });
    this.#consumptions.add(consumption);
    return consumption;
  }

  async endOffsets(topic: string): Promise<Map<number, number>> {
    const offsets = await this.#offsets(topic);
    return new Map(offsets.map(({ partition, high }) => [partition, high]));
  }

  async committedOffsets(groupId: string, topic: string): Promise<Map<number, number>> {
    const query = { groupId: this.#physical(groupId), topics: [this.#physical(topic)] };
    const [answer] = await this.#ask((admin) => admin.fetchOffsets(query));
    const committed = (answer?.partitions ?? []).filter(({ offset }) => Number(offset) >= 0);
    return new Map(committed.map(({ partition, offset }) => [partition, Number(offset)]));
  }

  async read(options: ReadOptions): Promise<void> {
    const ranges = (await this.#offsets(options.topic)).map(({ partition, low, high }) => {
      const from = options.from === "earliest" ? low : Math.max(low, options.from.get(partition) ?? low);
      return { partition, from, end: high };
    });
    const visit = (message: InboundMessage) => options.visit(message);
    const source = { topic: options.topic, physical: this.#physical(options.topic), mib: fetchMib([options.topic]) };
    const groupId = this.#physical(`read-${crypto.randomUUID()}`);
    await readToEnd({ kafka: this.#kafka, source, groupId, ranges, visit });
    await this.#admin
      .use((admin) => admin.deleteGroups([groupId]))
      .catch((error: unknown) => {
        this.#options.logger.debug({ groupId, error: messageOf(error) }, "the group of a read could not be deleted");
      });
  }

  health(): Health {
    return this.#trouble === undefined ? HEALTHY : unhealthy(this.#trouble);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#consumptions].map((consumption) => consumption.stop()));
    await Promise.all([this.#producer.close(), this.#admin.close()]);
  }

  #physical(name: string): string {
    return this.#prefix + name;
  }

  async #offsets(topic: string): Promise<{ partition: number; low: number; high: number }[]> {
    const offsets = await this.#ask((admin) => admin.fetchTopicOffsets(this.#physical(topic)));
    return offsets.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }));
  }

  /** A question, asked again while the broker says that it is not ready: a leader or coordinator is being chosen. */
  async #ask<R>(question: (admin: Admin) => Promise<R>): Promise<R> {
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await this.#admin.use(question);
        // Only the holder of the relay's lock sends: who lost it must not tell of its last failure for ever. Whether
        // sending works is for the relay to say.
        this.#trouble = undefined;
        return answer;
      } catch (error) {
        const retriable = error instanceof KafkaJSProtocolError && error.retriable;
        if (!retriable || attempt >= ASK_RETRIES) throw error;
        await wait(backoffMs(attempt, 100, 1_000));
      }
    }
  }

  async #lag(groupId: string, topics: readonly string[]): Promise<PartitionLag[]> {
    const all: PartitionLag[] = [];
    for (const topic of topics) {
      const committed = await this.committedOffsets(groupId, topic);
      for (const { partition, low, high } of await this.#offsets(topic)) {
        all.push({ topic, partition, lag: Math.max(0, high - (committed.get(partition) ?? low)) });
      }
    }
    return all;
  }
}

/** What a fetch must be able to carry: the largest message of the topics, and never less than 10 MiB; 1 MiB for framing. */
function fetchMib(topics: readonly string[]): number {
  const limits = topics.map((topic) => {
    const definition = (TOPICS as Record<string, { maxMessageBytes: number } | undefined>)[topic];
    return definition?.maxMessageBytes ?? 0;
  });
  return Math.ceil(Math.max(10 * MIB, ...limits) / MIB) + 1;
}

import {
  type Codec,
  type ConsumeOptions,
  type Consumption,
  createCodec,
  createKafkaEventLog,
  type EventLog,
  type InboundMessage,
  type OutboundRecord,
} from "@septet/messaging";
import { keyOf, RECORDS, type RecordName, type RecordOf, type RecordTopic } from "@septet/stock-contracts";
import type { PlatformAccess } from "./access.js";
import { waitFor } from "./wait.js";

/** A record with its name; the names of the contracts say which topic it goes to. */
export type Named = { readonly [N in RecordName]: { readonly name: N; readonly value: RecordOf<N> } }[RecordName];

const SLICE_MESSAGES = 500;

/** The topics of a running platform: records out, records in. */
export class Wire {
  readonly eventLog: EventLog;
  readonly codec: Codec;

  constructor(access: PlatformAccess, clientId: string) {
    const { logger } = access;
    this.codec = createCodec({ registryUrl: access.registryUrl, logger });
    this.eventLog = createKafkaEventLog({
      brokers: [...access.kafkaBrokers],
      clientId,
      topicPrefix: access.topicPrefix,
      logger,
    });
  }

  /** The message a record becomes. The record's schema must be registered. */
  encoded(record: Named): OutboundRecord {
    const { topic } = RECORDS[record.name];
    // The two were matched by the type; a union of pairs cannot be taken apart again.
    const value = record.value as never;
    return { topic, key: keyOf(record.name, value), value: this.codec.encode(record.name, value) };
  }

  async publish(records: readonly Named[]): Promise<void> {
    await this.eventLog.publish(records.map((record) => this.encoded(record)));
  }

  /**
   * Hands over every record of the topics from their beginning on, and goes on until stopped. What cannot be decoded is an
   * error: nothing of ours may be so.
   */
  async follow(
    groupId: string,
    topics: readonly RecordTopic[],
    take: (record: Named, message: InboundMessage) => void,
    onFatal: (error: Error) => void,
  ): Promise<{ stop(): Promise<void> }> {
    const handle = async (slice: readonly InboundMessage[]) => {
      const decoded = await this.codec.decodeAll(slice);
      decoded.forEach((result, index) => {
        const message = slice[index]!;
        if (result.ok) take(result as Named, message);
        else onFatal(new Error(`${message.topic} ${message.partition}:${message.offset}: ${result.error.message}`));
      });
    };
    return this.listen({ groupId, topics, maxSliceMessages: SLICE_MESSAGES, handle, onFatal });
  }

  /** Consumes from when the group is joined: what is published after this resolves is heard without the join's delay. */
  async listen(options: ConsumeOptions): Promise<Consumption> {
    const consumption = await this.eventLog.consume(options);
    await waitFor(`${options.groupId} to join`, () => consumption.health().ok, { everyMs: 10 });
    return consumption;
  }

  /** Every record on a topic up to now. */
  async readAll(
    topic: RecordTopic,
    take: (record: Named) => void,
    from: Map<number, number> | "earliest" = "earliest",
  ) {
    await this.eventLog.read({
      topic,
      from,
      visit: async (message) => {
        const result = await this.codec.decode(message);
        if (!result.ok) throw new Error(`${topic} ${message.partition}:${message.offset}: ${result.error.message}`);
        take(result as Named);
      },
    });
  }

  close(): Promise<void> {
    return this.eventLog.close();
  }
}

/** The messages on a topic, by its end offsets; on topics that are neither compacted nor expired, all that ever were. */
export function messagesIn(offsets: ReadonlyMap<number, number>): number {
  return [...offsets.values()].reduce((sum, offset) => sum + offset, 0);
}

import type { Health } from "./health.js";

/** A message to send. `topic` is the logical name of the contracts; the adapter adds its prefix. */
export interface OutboundRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers?: Record<string, string>;
}

/** A message as it was read. `topic` is the logical name; `timestamp` is epoch ms. */
export interface InboundMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, string>;
  readonly timestamp: number;
}

/** How far one group is behind on one partition, in messages. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  readonly lag: number;
}

export interface ConsumeOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly maxSliceMessages: number;
  /**
   * Resolves once the slice is settled in the database; only then are its offsets committed. A rejection is taken for a
   * fault that is not the messages': the same slice is handed over again with backoff, for ever. Slices of one partition
   * come one after the other, those of several partitions concurrently.
   */
  handle(slice: readonly InboundMessage[]): Promise<void>;
  /** Called once, when `handle` rejects with a `FatalError`: consumption has ended and will not start again. */
  onFatal(error: Error): void;
}

export interface Consumption {
  /** Waits for the slices under way, commits their offsets and leaves the group. */
  stop(): Promise<void>;
  health(): Health;
  lag(): Promise<PartitionLag[]>;
}

export interface ReadOptions {
  readonly topic: string;
  /** Offsets per partition to begin with; a partition that is missing is read from its beginning. */
  readonly from: ReadonlyMap<number, number> | "earliest";
  visit(message: InboundMessage): void | Promise<void>;
}

/**
 * The port to the event log. All waiting, time and failure of messaging goes through it, so that a simulated log can
 * stand in for Kafka.
 */
export interface EventLog {
  /** Sends in the given order, per key. Throws if any partition did not acknowledge; some records may have been kept. */
  publish(records: readonly OutboundRecord[]): Promise<void>;
  consume(options: ConsumeOptions): Promise<Consumption>;
  /** The offset after the last message, per partition. */
  endOffsets(topic: string): Promise<Map<number, number>>;
  /** The next offset the group will read, per partition; partitions without a commit are missing. */
  committedOffsets(groupId: string, topic: string): Promise<Map<number, number>>;
  /** Visits every message up to the end offsets of the moment of the call, without a group; order holds per partition. */
  read(options: ReadOptions): Promise<void>;
  health(): Health;
  close(): Promise<void>;
}

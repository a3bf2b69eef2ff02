import type { InboundMessage, OutboundRecord } from "../event-log.js";
import { partitionOf } from "../kafka/murmur2-partitioner.js";
import { SimulatedGroup, type TopicPartition } from "./simulated-group.js";

/**
 * The log itself: what every process of a simulated world shares. It keeps all messages, in order per partition, the offsets
 * of the groups and who reads what. It loses nothing; what goes wrong goes wrong on the way to it (`SimulatedEventLog`).
 */
export class SimulatedBroker {
  readonly #partitions: number;
  readonly #topics = new Map<string, InboundMessage[][]>();
  readonly #groups = new Map<string, SimulatedGroup>();
  #readers: { at: TopicPartition; offset: number; come: () => void }[] = [];
  readonly #witnesses: ((message: InboundMessage) => void)[] = [];

  /** @param partitions of every topic */
  constructor(partitions: number) {
    this.#partitions = partitions;
  }

  /** Sees every message at the moment it is appended. */
  witness(seen: (message: InboundMessage) => void): void {
    this.#witnesses.push(seen);
  }

  partitionOf(key: string): number {
    return partitionOf(key, this.#partitions);
  }

  append(record: OutboundRecord, timestamp: number): InboundMessage {
    const { topic, key, value, headers = {} } = record;
    const partition = this.partitionOf(key);
    const messages = this.messages({ topic, partition });
    const message = { topic, partition, offset: messages.length, key, value, headers, timestamp };
    messages.push(message);
    for (const seen of this.#witnesses) seen(message);
    this.#wakeReaders();
    return message;
  }

  /** All messages of a partition, oldest first: the offset is the index. */
  messages({ topic, partition }: TopicPartition): InboundMessage[] {
    let partitions = this.#topics.get(topic);
    if (partitions === undefined) {
      partitions = Array.from({ length: this.#partitions }, () => []);
      this.#topics.set(topic, partitions);
    }
    return partitions[partition]!;
  }

  /** Every message of a topic; order holds per partition. */
  all(topic: string): InboundMessage[] {
    return this.partitionsOf(topic).flatMap((partition) => this.messages({ topic, partition }));
  }

  partitionsOf(_topic: string): number[] {
    return Array.from({ length: this.#partitions }, (_, partition) => partition);
  }

  endOffsets(topic: string): Map<number, number> {
    return new Map(
      this.partitionsOf(topic).map((partition) => [partition, this.messages({ topic, partition }).length]),
    );
  }

  group(groupId: string): SimulatedGroup {
    let group = this.#groups.get(groupId);
    if (group === undefined) {
      group = new SimulatedGroup(() => this.#partitions);
      this.#groups.set(groupId, group);
    }
    return group;
  }

  get groups(): ReadonlyMap<string, SimulatedGroup> {
    return this.#groups;
  }

  /** Calls `come` once there is a message at `offset`; the answer takes the wish back. */
  whenReadable(at: TopicPartition, offset: number, come: () => void): () => void {
    if (this.messages(at).length > offset) {
      come();
      return () => undefined;
    }
    const reader = { at, offset, come };
    this.#readers.push(reader);
    return () => {
      this.#readers = this.#readers.filter((other) => other !== reader);
    };
  }

  #wakeReaders(): void {
    const ready = this.#readers.filter(({ at, offset }) => this.messages(at).length > offset);
    if (ready.length === 0) return;
    this.#readers = this.#readers.filter((reader) => !ready.includes(reader));
    for (const { come } of ready) come();
  }
}

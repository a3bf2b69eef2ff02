import type { Consumer } from "kafkajs";
import { messageOf } from "../errors.js";
import type { Logger } from "../logger.js";

const EVERY_MS = 100;

/**
 * Commits what is settled, at most every 100 ms for all partitions together: a commit per slice would be a round trip per
 * slice, and what a crash leaves uncommitted is read again and dropped as known.
 */
export class OffsetCommitter {
  readonly #consumer: Consumer;
  readonly #logger: Logger;
  #settled = new Map<string, { topic: string; partition: number; offset: string }>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(consumer: Consumer, logger: Logger) {
    this.#consumer = consumer;
    this.#logger = logger;
  }

  /** `topic` is the physical name. */
  settled(topic: string, partition: number, nextOffset: number): void {
    this.#settled.set(`${topic}/${partition}`, { topic, partition, offset: String(nextOffset) });
    this.#timer ??= setTimeout(() => void this.flush(), EVERY_MS);
  }

  /** A partition that went to somebody else must not be committed for any more. */
  forget(): void {
    this.#settled.clear();
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = this.#flushing.then(() => this.#commit());
    await this.#flushing;
  }

  async #commit(): Promise<void> {
    if (this.#settled.size === 0) return;
    const offsets = [...this.#settled.values()];
    this.#settled.clear();
    try {
      await this.#consumer.commitOffsets(offsets);
    } catch (error) {
      // The group is rebalancing or the broker away: the messages come again and are dropped as known.
      this.#logger.debug({ error: messageOf(error), offsets: offsets.length }, "offsets could not be committed");
    }
  }
}

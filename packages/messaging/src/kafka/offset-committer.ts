import type { Consumer } from "kafkajs";
import { messageOf } from "../errors.js";
import type { Logger } from "../logger.js";

const EVERY_MS = 100;
/** After a failure; nothing is lost by waiting, but a partition on which nothing more comes would show a lag for ever. */
const AGAIN_AFTER_MS = 1_000;

interface Settled {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/**
 * Commits what is settled, at most every 100 ms for all partitions together: a commit per slice would be a round trip per
 * slice, and what a crash leaves uncommitted is read again and dropped as known.
 */
export class OffsetCommitter {
  readonly #consumer: Consumer;
  readonly #logger: Logger;
  #settled = new Map<string, Settled>();
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
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
    this.#settled = new Map();
  }

  /** Commits what is left, once. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.flush();
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = this.#flushing.then(() => this.#commit());
    await this.#flushing;
  }

  async #commit(): Promise<void> {
    if (this.#settled.size === 0) return;
    const settled = this.#settled;
    const later = new Map<string, Settled>();
    this.#settled = later;
    try {
      await this.#consumer.commitOffsets([...settled.values()]);
    } catch (error) {
      // The group is rebalancing or the broker away: the messages come again and are dropped as known.
      this.#logger.debug({ error: messageOf(error), offsets: settled.size }, "offsets could not be committed");
      // Unless the partitions went to somebody else meanwhile.
      if (this.#settled === later && !this.#ended) this.#commitLater(settled);
    }
  }

  /** Once more, where nothing later was settled. */
  #commitLater(offsets: ReadonlyMap<string, Settled>): void {
    for (const [key, offset] of offsets) if (!this.#settled.has(key)) this.#settled.set(key, offset);
    this.#timer ??= setTimeout(() => void this.flush(), AGAIN_AFTER_MS);
  }
}

import type { KafkaMessage } from "kafkajs";
import { FatalError, messageOf } from "../errors.js";
import type { InboundMessage } from "../event-log.js";
import { backoffMs, wait } from "../wait.js";

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
/** What waits, and what goes into one slice, holds at most this, whatever the number of messages; one at least. */
export const MAX_LANE_BYTES = 4 * 1024 * 1024;
/** What a message of no size takes in memory, about. */
const MESSAGE_BYTES = 200;

export interface LaneOptions {
  readonly topic: string;
  readonly partition: number;
  readonly maxSliceMessages: number;
  handle(slice: readonly InboundMessage[]): Promise<void>;
  settled(nextOffset: number): void;
  /** Why the slice under way is tried again; undefined when it is no more. */
  retrying(reason: string | undefined): void;
  fatal(error: Error): void;
}

/**
 * The messages of one partition, on their way from the fetch to `handle`: one slice at a time, in order. The next fetch may
 * bring more while a slice is under way; `room` holds the fetch loop back when a whole slice is waiting already, by number or
 * by bytes.
 */
export class PartitionLane {
  readonly #options: LaneOptions;
  readonly #closing = new AbortController();
  #waiting: KafkaMessage[] = [];
  #waitingBytes = 0;
  #running: Promise<void>;
  #idle = true;
  #roomWaiters: (() => void)[] = [];

  /** Begins after `predecessor`: the slice of the same partition that a lost membership left under way. */
  constructor(options: LaneOptions, predecessor: Promise<void> = Promise.resolve()) {
    this.#options = options;
    this.#running = predecessor;
  }

  push(messages: readonly KafkaMessage[]): void {
    if (this.#closing.signal.aborted) return;
    for (const message of messages) {
      this.#waiting.push(message);
      this.#waitingBytes += bytesOf(message);
    }
    if (!this.#idle) return;
    this.#idle = false;
    this.#running = this.#running.then(() => this.#drain());
  }

  /** Resolves when less than a slice is waiting, or the lane is closed. */
  async room(): Promise<void> {
    if (this.#hasRoom()) return;
    await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
  }

  /** Begins no further slice, forgets what waits, and resolves when the slice under way has ended. */
  close(): Promise<void> {
    this.#closing.abort();
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#admit();
    return this.#running;
  }

  #hasRoom(): boolean {
    if (this.#closing.signal.aborted) return true;
    return this.#waiting.length < this.#options.maxSliceMessages && this.#waitingBytes < MAX_LANE_BYTES;
  }

  #admit(): void {
    if (this.#hasRoom()) for (const admit of this.#roomWaiters.splice(0)) admit();
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const raw = this.#nextSlice();
      this.#admit();
      const slice = raw.map((message) => inboundOf(this.#options, message));
      if (!(await this.#settle(slice))) break;
      this.#options.settled(slice.at(-1)!.offset + 1);
    }
    this.#idle = true;
  }

  #nextSlice(): KafkaMessage[] {
    let count = 0;
    let bytes = 0;
    for (const message of this.#waiting) {
      const more = bytesOf(message);
      if (count === this.#options.maxSliceMessages || (count > 0 && bytes + more > MAX_LANE_BYTES)) break;
      count++;
      bytes += more;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #settle(slice: readonly InboundMessage[]): Promise<boolean> {
    for (let attempt = 0; !this.#closing.signal.aborted; attempt++) {
      try {
        await this.#options.handle(slice);
        this.#options.retrying(undefined);
        return true;
      } catch (error) {
        if (error instanceof FatalError) {
          this.#options.fatal(error);
          return false;
        }
        this.#options.retrying(messageOf(error));
        await wait(backoffMs(attempt, FIRST_RETRY_MS, MAX_RETRY_MS), this.#closing.signal);
      }
    }
    // Whoever has the partition now tells how it fares there.
    this.#options.retrying(undefined);
    return false;
  }
}

function bytesOf(message: KafkaMessage): number {
  return MESSAGE_BYTES + (message.value?.length ?? 0) + (message.key?.length ?? 0);
}

/** A message in the words of the port. */
export function inboundOf(source: { topic: string; partition: number }, message: KafkaMessage): InboundMessage {
  const headers: Record<string, string> = {};
  if (message.headers !== undefined) {
    for (const [name, value] of Object.entries(message.headers)) {
      const first = Array.isArray(value) ? value[0] : value;
      if (first !== undefined) headers[name] = first.toString();
    }
  }
  return {
    topic: source.topic,
    partition: source.partition,
    offset: Number(message.offset),
    key: message.key === null ? null : message.key.toString(),
    value: message.value,
    headers,
    timestamp: Number(message.timestamp),
  };
}

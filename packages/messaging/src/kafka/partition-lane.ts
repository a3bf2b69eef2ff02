import type { KafkaMessage } from "kafkajs";
import { FatalError, messageOf } from "../errors.js";
import type { InboundMessage } from "../event-log.js";
import { backoffMs, wait } from "../wait.js";

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;

export interface LaneOptions {
  readonly topic: string;
  readonly partition: number;
  readonly maxSliceMessages: number;
  handle(slice: readonly InboundMessage[]): Promise<void>;
  settled(nextOffset: number): void;
  retrying(reason: string | undefined): void;
  fatal(error: Error): void;
}

/**
 * The messages of one partition, on their way from the fetch to `handle`: one slice at a time, in order. The next fetch may
 * bring more while a slice is under way; `room` holds the fetch loop back when a whole slice is waiting already.
 */
export class PartitionLane {
  readonly #options: LaneOptions;
  readonly #closing = new AbortController();
  #waiting: KafkaMessage[] = [];
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
    for (const message of messages) this.#waiting.push(message);
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
    this.#admit();
    return this.#running;
  }

  #hasRoom(): boolean {
    return this.#closing.signal.aborted || this.#waiting.length < this.#options.maxSliceMessages;
  }

  #admit(): void {
    if (this.#hasRoom()) for (const admit of this.#roomWaiters.splice(0)) admit();
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const raw = this.#waiting.splice(0, this.#options.maxSliceMessages);
      this.#admit();
      const slice = raw.map((message) => inboundOf(this.#options, message));
      if (!(await this.#settle(slice))) break;
      this.#options.settled(slice.at(-1)!.offset + 1);
    }
    this.#idle = true;
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
    return false;
  }
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

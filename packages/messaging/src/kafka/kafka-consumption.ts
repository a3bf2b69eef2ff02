import { messageOf } from "../errors.js";
import type { Consumption, PartitionLag } from "../event-log.js";
import { HEALTHY, type Health, unhealthy } from "../health.js";
import type { MessagingMetrics } from "../metrics.js";
import { backoffMs, wait } from "../wait.js";
import { GroupMember, type MemberOptions } from "./group-member.js";

/** Heartbeats come every second; a member silent for this long is not to be relied on. */
const SILENT_AFTER_MS = 6_000;
const FIRST_RESTART_MS = 200;
const MAX_RESTART_MS = 5_000;
/** A life this long starts the backoff anew. */
const LIVED_MS = 30_000;
const STOP_WITHIN_MS = 8_000;
const CRASH_WITHIN_MS = 30_000;
const LAG_EVERY_MS = 5_000;

export interface ConsumptionOptions extends Omit<MemberOptions, "beat" | "retrying" | "fatal"> {
  onFatal(error: Error): void;
  readonly metrics?: MessagingMetrics;
  lag(): Promise<PartitionLag[]>;
}

/** Keeps one member of the group alive: whatever ends it, another one follows, for ever, with backoff. */
export class KafkaConsumption implements Consumption {
  readonly #options: ConsumptionOptions;
  readonly #stop = new AbortController();
  readonly #supervision: Promise<void>;
  readonly #lagTimer: NodeJS.Timeout | undefined;
  #lastBeat: number | undefined;
  #trouble: string | undefined = "not in the group yet";
  /** Why a slice is tried again, by lane: one partition that goes on says nothing of another that stands. */
  readonly #retrying = new Map<string, string>();
  #fatal: Error | undefined;

  constructor(options: ConsumptionOptions) {
    this.#options = options;
    this.#supervision = this.#supervise();
    if (options.metrics !== undefined) this.#lagTimer = setInterval(() => void this.#reportLag(), LAG_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#lagTimer);
    this.#stop.abort();
    await this.#supervision;
  }

  health(): Health {
    const group = this.#options.groupId;
    if (this.#fatal !== undefined) return unhealthy(`${group}: ${this.#fatal.message}`);
    if (this.#trouble !== undefined) return unhealthy(`${group}: ${this.#trouble}`);
    for (const reason of this.#retrying.values()) return unhealthy(`${group}: a slice is tried again: ${reason}`);
    const silentMs = Date.now() - (this.#lastBeat ?? 0);
    if (silentMs > SILENT_AFTER_MS) return unhealthy(`${group}: no heartbeat for ${Math.round(silentMs / 1_000)} s`);
    return HEALTHY;
  }

  lag(): Promise<PartitionLag[]> {
    return this.#options.lag();
  }

  async #supervise(): Promise<void> {
    for (let attempt = 0; !this.#stop.signal.aborted; attempt++) {
      const born = Date.now();
      const reason = await this.#liveOnce();
      if (this.#stop.signal.aborted) return;
      if (Date.now() - born > LIVED_MS) attempt = 0;
      this.#trouble = reason;
      this.#options.metrics?.consumerRestarts.inc({ group: this.#options.groupId });
      this.#options.logger.warn({ group: this.#options.groupId, reason, attempt }, "the consumer is made anew");
      await wait(backoffMs(attempt, FIRST_RESTART_MS, MAX_RESTART_MS), this.#stop.signal);
    }
  }

  async #liveOnce(): Promise<string> {
    const member = new GroupMember({
      ...this.#options,
      beat: () => {
        this.#lastBeat = Date.now();
        this.#trouble = undefined;
      },
      retrying: (lane, reason) => this.#retry(lane, reason),
      fatal: (error) => this.#end(error),
    });
    let reason: string;
    try {
      reason = await member.live(this.#stop.signal);
    } catch (error) {
      reason = messageOf(error);
    }
    await member.end(this.#stop.signal.aborted ? STOP_WITHIN_MS : CRASH_WITHIN_MS);
    return reason;
  }

  #retry(lane: string, reason: string | undefined): void {
    if (reason === undefined) {
      this.#retrying.delete(lane);
      return;
    }
    this.#retrying.set(lane, reason);
    this.#options.metrics?.consumerRetries.inc({ group: this.#options.groupId });
    this.#options.logger.warn({ group: this.#options.groupId, lane, reason }, "a slice is tried again");
  }

  #end(error: Error): void {
    if (this.#fatal !== undefined) return;
    this.#fatal = error;
    this.#stop.abort();
    this.#options.onFatal(error);
  }

  async #reportLag(): Promise<void> {
    try {
      for (const { topic, partition, lag } of await this.lag()) {
        this.#options.metrics?.consumerLag.set({ group: this.#options.groupId, topic, partition }, lag);
      }
    } catch (error) {
      this.#options.logger.debug({ error: messageOf(error) }, "the lag could not be read");
    }
  }
}

import { messageOf } from "../errors.js";
import type { EventLog } from "../event-log.js";
import { HEALTHY, type Health, unhealthy } from "../health.js";
import type { Logger } from "../logger.js";
import type { MessagingMetrics } from "../metrics.js";
import { dropOldOutboxPartitions, ensureOutboxPartitions } from "../outbox-partitions.js";
import { backoffMs, wait } from "../wait.js";
import { type NewRelayClient, RelayConnection } from "./relay-connection.js";
import { markPublished, outboxBacklog, ROUND_ROWS, readUnpublished } from "./unpublished-rows.js";

/** While rows come; waking makes it shorter still. */
const BUSY_POLL_MS = 20;
/** When nothing comes: doubling up to this. What another instance commits waits this long at most. */
const IDLE_POLL_MS = 100;
const LOCK_POLL_MS = 500;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
const BACKLOG_EVERY_MS = 2_000;
const MAINTENANCE_EVERY_MS = 3_600_000;

export interface OutboxRelayOptions {
  readonly connectionString: string;
  readonly eventLog: EventLog;
  readonly logger: Logger;
  readonly metrics?: MessagingMetrics;
  /** The service whose own read-back position guards old partitions; without it none is dropped. */
  readonly recordedBy?: string;
  /** Injectable for the simulation. */
  readonly newClient?: NewRelayClient;
}

/**
 * Sends what the outbox holds, oldest id first, one round at a time: read, send, wait for all acknowledgements, mark.
 *
 * Of all instances of a service only the holder of the session advisory lock sends. It is *away* (connecting), *waiting*
 * (connected, another holds the lock) or *sending*. Anything that happens to its connection takes it back to *away*: the
 * lock is gone with the session. What it had sent and not marked is then sent again by the next holder, and dropped by
 * its readers.
 */
export class OutboxRelay {
  readonly #options: OutboxRelayOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #trouble: string | undefined = "not connected yet";
  #sending = false;
  #woken = false;
  #wakeSleeper: (() => void) | undefined;
  #backlogAt = 0;
  #maintainedAt = Number.NEGATIVE_INFINITY;

  constructor(options: OutboxRelayOptions) {
    this.#options = options;
  }

  /** Begins; database and broker may be away. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Finishes the round under way and gives up the lock. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.wake();
    await this.#running;
  }

  /** Rows were committed: do not wait for the next poll. Cheap; call it after every commit that wrote some. */
  wake(): void {
    this.#woken = true;
    this.#wakeSleeper?.();
  }

  /** Is this the instance that sends? */
  get active(): boolean {
    return this.#sending;
  }

  health(): Health {
    return this.#trouble === undefined ? HEALTHY : unhealthy(`outbox relay: ${this.#trouble}`);
  }

  async #run(): Promise<void> {
    for (let attempt = 0; !this.#stop.signal.aborted; attempt++) {
      const born = Date.now();
      try {
        await this.#connected();
      } catch (error) {
        this.#trouble = messageOf(error);
        this.#options.logger.warn({ error: this.#trouble, attempt }, "the relay has lost its connection");
      }
      if (Date.now() - born > MAX_RETRY_MS) attempt = 0;
      await wait(backoffMs(attempt, FIRST_RETRY_MS, MAX_RETRY_MS), this.#stop.signal);
    }
  }

  async #connected(): Promise<void> {
    const connection = await RelayConnection.open(this.#options.connectionString, this.#options.newClient);
    try {
      this.#trouble = undefined;
      while (!this.#stop.signal.aborted && !(await connection.tryLock())) await wait(LOCK_POLL_MS, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      this.#setSending(true);
      await this.#send(connection);
    } finally {
      this.#setSending(false);
      await connection.close();
    }
  }

  #setSending(sending: boolean): void {
    if (this.#sending !== sending) this.#options.logger.info({ sending }, "the relay's lock changed hands");
    this.#sending = sending;
    const { metrics } = this.#options;
    metrics?.relayActive.set(sending ? 1 : 0);
    if (sending) return;
    // Only the sender knows; what it knew last would otherwise be told for ever.
    metrics?.outboxDepth.set(0);
    metrics?.outboxAgeSeconds.set(0);
  }

  /** Rounds until the stop, or until the connection is lost (throws). */
  async #send(connection: RelayConnection): Promise<void> {
    let pauseMs = BUSY_POLL_MS;
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      if (connection.lost !== undefined) throw new Error(connection.lost);
      await this.#maintain(connection);
      await this.#measure(connection);
      this.#woken = false;
      const outcome = await this.#round(connection);
      if (outcome === "failed") {
        await wait(backoffMs(failures++, FIRST_RETRY_MS, MAX_RETRY_MS), this.#stop.signal);
        continue;
      }
      failures = 0;
      this.#trouble = undefined;
      if (outcome === "more") continue;
      pauseMs = outcome === "some" ? BUSY_POLL_MS : Math.min(IDLE_POLL_MS, pauseMs * 1.5);
      await this.#sleep(pauseMs);
    }
  }

  /** Kafka's refusal is an outcome (the lock is kept); the database's is an exception (the lock is gone). */
  async #round(connection: RelayConnection): Promise<"none" | "some" | "more" | "failed"> {
    const started = performance.now();
    const rows = await readUnpublished(connection);
    if (rows.length === 0) return "none";
    if (connection.lost !== undefined) throw new Error(connection.lost);
    try {
      await this.#options.eventLog.publish(rows.map((row) => row.record));
    } catch (error) {
      this.#trouble = messageOf(error);
      this.#options.metrics?.relayFailures.inc();
      this.#options.logger.warn({ error: this.#trouble, rows: rows.length, firstId: rows[0]!.id }, "a round failed");
      return "failed";
    }
    await markPublished(connection, rows);
    this.#options.metrics?.outboxSent.inc(rows.length);
    this.#options.metrics?.outboxRoundSeconds.observe((performance.now() - started) / 1_000);
    return rows.length >= ROUND_ROWS / 4 ? "more" : "some";
  }

  async #measure(connection: RelayConnection): Promise<void> {
    const { metrics } = this.#options;
    if (metrics === undefined || Date.now() - this.#backlogAt < BACKLOG_EVERY_MS) return;
    this.#backlogAt = Date.now();
    const { depth, ageSeconds } = await outboxBacklog(connection);
    metrics.outboxDepth.set(depth);
    metrics.outboxAgeSeconds.set(ageSeconds);
  }

  async #maintain(connection: RelayConnection): Promise<void> {
    const now = Date.now();
    if (now - this.#maintainedAt < MAINTENANCE_EVERY_MS) return;
    this.#maintainedAt = now;
    try {
      const made = await ensureOutboxPartitions(connection, now);
      const { recordedBy } = this.#options;
      const dropped = recordedBy === undefined ? [] : await dropOldOutboxPartitions(connection, { now, recordedBy });
      this.#options.logger.info({ made, dropped }, "the outbox's partitions were looked after");
    } catch (error) {
      // The default partition takes the rows meanwhile; the next hour tries again.
      this.#options.logger.warn({ error: messageOf(error) }, "the outbox's partitions could not be looked after");
    }
  }

  #sleep(ms: number): Promise<void> {
    if (this.#woken) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wakeSleeper = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#wakeSleeper = done;
    });
  }
}

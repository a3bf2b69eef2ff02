import type { Consumer, EachBatchPayload, Kafka } from "kafkajs";
import { messageOf } from "../errors.js";
import type { InboundMessage } from "../event-log.js";
import type { Logger } from "../logger.js";
import { endedWithin, wait } from "../wait.js";
import { OffsetCommitter } from "./offset-committer.js";
import { PartitionLane } from "./partition-lane.js";

export const SESSION_TIMEOUT_MS = 10_000;
const HEARTBEAT_INTERVAL_MS = 1_000;
const REBALANCE_TIMEOUT_MS = 30_000;
/** A long poll this long bounds both the pause between heartbeats of an idle member and the wait when it stops. */
const FETCH_WAIT_MS = 500;
/** A member without a heartbeat for this long hangs, and is replaced. Longer than a rebalance may take. */
const HUNG_AFTER_MS = REBALANCE_TIMEOUT_MS + SESSION_TIMEOUT_MS;
const WATCH_EVERY_MS = 1_000;
/** A partition whose slice takes longer than this must not hold back the others: it is paused until it has room. */
const PAUSE_AFTER_MS = 1_000;
const MIB = 1024 * 1024;
const LEAVE_WITHIN_MS = 3_000;

export interface MemberOptions {
  readonly kafka: Kafka;
  readonly logger: Logger;
  /** Physical names. */
  readonly groupId: string;
  readonly topics: readonly string[];
  logicalName(topic: string): string;
  readonly maxSliceMessages: number;
  /** 10 MiB and more: the largest message of the topics must fit. */
  readonly maxMessageMib: number;
  handle(slice: readonly InboundMessage[]): Promise<void>;
  /** `lane` names the partition. */
  retrying(lane: string, reason: string | undefined): void;
  fatal(error: Error): void;
  beat(): void;
}

/**
 * One life of one kafkajs consumer, from joining the group to its end: stopped, crashed, or found hanging. It is never
 * repaired, only replaced.
 *
 * `eachBatch` hands the messages to the partition's lane and returns, so that the next fetch runs while slices are settled
 * (kafkajs fetches again only when every partition of the last fetch is done). Offsets are committed by us alone, for what
 * the lanes have settled.
 */
export class GroupMember {
  readonly #options: MemberOptions;
  readonly #consumer: Consumer;
  readonly #committer: OffsetCommitter;
  #lanes = new Map<string, PartitionLane>();
  /** Slices that a lost membership left under way, by partition; their successors wait for them. */
  readonly #leftovers = new Map<string, Promise<void>>();
  #lastBeat = Date.now();
  #stopping = false;
  /** Set while nothing is fetched: then joining gives every partition its committed offset. */
  #mayJoin = true;

  constructor(options: MemberOptions) {
    this.#options = options;
    this.#consumer = options.kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: options.maxMessageMib * MIB,
      maxBytes: options.maxMessageMib * MIB,
      allowAutoTopicCreation: false,
      // Restarting is ours: kafkajs restarts only what it takes for retriable.
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: async () => false },
    });
    this.#committer = new OffsetCommitter(this.#consumer, options.logger);
  }

  /** Runs until `stop` is aborted or the consumer is of no more use; answers why. Throws when it cannot even join. */
  async live(stop: AbortSignal): Promise<string> {
    const crashed = new Promise<string>((resolve) => {
      const { GROUP_JOIN, HEARTBEAT, CRASH, REBALANCING } = this.#consumer.events;
      this.#consumer.on(REBALANCING, () => {
        this.#mayJoin = true;
      });
      this.#consumer.on(GROUP_JOIN, () => {
        if (this.#mayJoin) return this.#joined();
        void this.#closeLanes();
        resolve("joined again in the middle of a fetch");
      });
      this.#consumer.on(HEARTBEAT, () => this.#beat());
      this.#consumer.on(CRASH, ({ payload }) => resolve(payload.error.message));
    });
    const stopLanes = () => this.#closeLanes();
    stop.addEventListener("abort", stopLanes);
    const ended = new AbortController();
    try {
      // The watch begins with the join, which can take as long as the slowest member of the group.
      const joined = this.#join().then(() => crashed);
      return await Promise.race([joined, crashed, this.#hung(AbortSignal.any([stop, ended.signal]))]);
    } finally {
      ended.abort();
      stop.removeEventListener("abort", stopLanes);
    }
  }

  async #join(): Promise<void> {
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [...this.#options.topics], fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      // As many as there can be partitions: the lanes decide what runs when.
      partitionsConsumedConcurrently: 256,
      eachBatch: (payload) => this.#eachBatch(payload),
    });
  }

  /** Waits for the slices under way, at most `withinMs`, commits what is settled and leaves the group. */
  async end(withinMs: number): Promise<void> {
    await endedWithin(this.#closeLanes(), withinMs);
    await endedWithin(this.#committer.end(), LEAVE_WITHIN_MS);
    const left = this.#consumer.disconnect().catch((error: unknown) => {
      this.#options.logger.debug({ error: messageOf(error) }, "the consumer did not leave in order");
    });
    if (!(await endedWithin(left, LEAVE_WITHIN_MS))) {
      this.#options.logger.warn({ group: this.#options.groupId }, "a hanging consumer was left behind");
    }
  }

  /** No further slice begins; resolves when those under way have ended. */
  async #closeLanes(): Promise<void> {
    this.#stopping = true;
    const slices = [...this.#lanes.values()].map((lane) => lane.close());
    await Promise.all([...slices, ...this.#leftovers.values()]);
  }

  /** Answers when there was no heartbeat for too long, or at the stop. */
  async #hung(stop: AbortSignal): Promise<string> {
    while (!stop.aborted) {
      const silentMs = Date.now() - this.#lastBeat;
      if (silentMs > HUNG_AFTER_MS) return `no heartbeat for ${Math.round(silentMs / 1_000)} s`;
      await wait(WATCH_EVERY_MS, stop);
    }
    return "stopped";
  }

  #beat(): void {
    this.#lastBeat = Date.now();
    this.#options.beat();
  }

  /**
   * A new generation: other partitions, and positions that begin at the committed offsets again. Only when every fetch has
   * ended before: kafkajs also joins again in the middle of a fetch, and takes what another broker answers then, or a batch
   * handed over before, for the new generation's; its positions would jump over what was never handed over. Such a member
   * is replaced.
   */
  #joined(): void {
    this.#mayJoin = false;
    this.#beat();
    this.#committer.forget();
    for (const [key, lane] of this.#lanes) this.#leave(key, lane.close());
    this.#lanes = new Map();
    // kafkajs remembers pauses over a rebalance.
    const paused = this.#consumer.paused();
    if (paused.length > 0) this.#consumer.resume(paused);
  }

  #leave(key: string, ended: Promise<void>): void {
    const before = this.#leftovers.get(key) ?? Promise.resolve();
    const all = Promise.all([before, ended]).then(() => {
      if (this.#leftovers.get(key) === all) this.#leftovers.delete(key);
    });
    this.#leftovers.set(key, all);
  }

  async #eachBatch({ batch, heartbeat, isRunning, isStale }: EachBatchPayload): Promise<void> {
    if (this.#stopping || !isRunning() || isStale()) {
      await wait(FETCH_WAIT_MS / 10);
      return;
    }
    const lane = this.#laneOf(batch.topic, batch.partition);
    lane.push(batch.messages);
    const room = lane.room();
    if (!(await endedWithin(room, PAUSE_AFTER_MS))) this.#pauseUntil(lane, room, batch);
    await heartbeat();
  }

  #pauseUntil(lane: PartitionLane, room: Promise<unknown>, { topic, partition }: EachBatchPayload["batch"]): void {
    const lanes = this.#lanes;
    const which = [{ topic, partitions: [partition] }];
    this.#consumer.pause(which);
    void room.then(() => {
      const current = this.#lanes === lanes && lanes.get(`${topic}/${partition}`) === lane;
      if (current && !this.#stopping) this.#consumer.resume(which);
    });
  }

  #laneOf(topic: string, partition: number): PartitionLane {
    const key = `${topic}/${partition}`;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      const lanes = this.#lanes;
      const options = {
        topic: this.#options.logicalName(topic),
        partition,
        maxSliceMessages: this.#options.maxSliceMessages,
        handle: this.#options.handle,
        retrying: (reason: string | undefined) => this.#options.retrying(key, reason),
        fatal: this.#options.fatal,
        settled: (nextOffset: number) => {
          // Of an earlier generation: the partition may be another's now, so the offset is not ours to commit.
          if (this.#lanes === lanes) this.#committer.settled(topic, partition, nextOffset);
        },
      };
      lane = new PartitionLane(options, this.#leftovers.get(key));
      lanes.set(key, lane);
    }
    return lane;
  }
}

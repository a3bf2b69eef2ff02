import { AsyncResource } from "node:async_hooks";
import type { ConsumeOptions, Consumption, PartitionLag } from "../event-log.js";
import { HEALTHY, type Health, unhealthy } from "../health.js";
import type { SimulatedBroker } from "./simulated-broker.js";
import type { GroupMember } from "./simulated-group.js";
import { SimulatedLane } from "./simulated-lane.js";
import type { SimulatedSteps } from "./simulated-steps.js";

/**
 * A member of a group. When the partitions are dealt out anew it goes on with the old ones, as a zombie whose commits are
 * refused, until its step to look at the new hand is taken.
 */
export class SimulatedConsumption implements Consumption, GroupMember {
  readonly id: string;
  readonly topics: readonly string[];
  readonly #broker: SimulatedBroker;
  readonly #steps: SimulatedSteps;
  readonly #options: ConsumeOptions;
  /** The coordinator calls from wherever the partitions are dealt out: what follows belongs to the member's own process. */
  readonly #inside = AsyncResource.bind((work: () => void) => work());
  readonly #leftovers = new Map<string, Promise<void>>();
  #lanes = new Map<string, SimulatedLane>();
  #looking = false;
  /** The group goes on without this member, which does not know it yet. */
  #missed = false;
  #ended = false;
  #fatal: Error | undefined;

  constructor(id: string, broker: SimulatedBroker, steps: SimulatedSteps, options: ConsumeOptions) {
    this.id = id;
    this.topics = options.topics;
    this.#broker = broker;
    this.#steps = steps;
    this.#options = options;
    broker.group(options.groupId).join(this);
  }

  dealt(): void {
    if (this.#looking || this.#ended) return;
    this.#looking = true;
    this.#inside(() => void this.#look());
  }

  async #look(): Promise<void> {
    await this.#steps.take(`rejoin ${this.#options.groupId}`, () => undefined);
    this.#looking = false;
    if (this.#ended) return;
    if (!this.#missed) this.#takeUp();
    else {
      this.#missed = false;
      this.#broker.group(this.#options.groupId).join(this);
    }
  }

  async stop(): Promise<void> {
    this.#ended = true;
    const slices = [...this.#lanes.values()].map((lane) => lane.close());
    await Promise.all([...slices, ...this.#leftovers.values()]);
    await this.#steps.take(`leave ${this.#options.groupId}`, () => this.gone());
  }

  /** The coordinator misses the member: it has left, or its process has died. */
  gone(): void {
    this.#ended = true;
    this.#broker.group(this.#options.groupId).leave(this.id);
  }

  /** The coordinator has not heard of the member for too long: it goes on as a zombie until it finds out and joins again. */
  evicted(): void {
    if (this.#ended || this.#missed) return;
    this.#missed = true;
    this.#broker.group(this.#options.groupId).leave(this.id);
    this.dealt();
  }

  health(): Health {
    return this.#fatal === undefined ? HEALTHY : unhealthy(`${this.#options.groupId}: ${this.#fatal.message}`);
  }

  async lag(): Promise<PartitionLag[]> {
    const group = this.#broker.group(this.#options.groupId);
    return this.topics.flatMap((topic) =>
      [...this.#broker.endOffsets(topic)].map(([partition, end]) => {
        return { topic, partition, lag: end - (group.committed({ topic, partition }) ?? 0) };
      }),
    );
  }

  #takeUp(): void {
    for (const [name, lane] of this.#lanes) this.#leave(name, lane.close());
    this.#lanes = new Map();
    const group = this.#broker.group(this.#options.groupId);
    for (const at of group.partitionsOf(this.id)) {
      const name = `${at.topic}/${at.partition}`;
      const lane = new SimulatedLane({
        broker: this.#broker,
        steps: this.#steps,
        options: this.#options,
        at,
        generation: group.generation,
        predecessor: this.#leftovers.get(name) ?? Promise.resolve(),
        fatal: (error) => this.#end(error),
      });
      this.#lanes.set(name, lane);
    }
  }

  #leave(name: string, ended: Promise<void>): void {
    const before = this.#leftovers.get(name) ?? Promise.resolve();
    const all = Promise.all([before, ended]).then(() => {
      if (this.#leftovers.get(name) === all) this.#leftovers.delete(name);
    });
    this.#leftovers.set(name, all);
  }

  #end(error: Error): void {
    if (this.#fatal !== undefined) return;
    this.#fatal = error;
    for (const lane of this.#lanes.values()) void lane.close();
    this.gone();
    this.#options.onFatal(error);
  }
}

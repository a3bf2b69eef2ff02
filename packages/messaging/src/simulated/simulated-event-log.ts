import { TransientError } from "../errors.js";
import type { ConsumeOptions, EventLog, OutboundRecord, ReadOptions } from "../event-log.js";
import { HEALTHY, type Health } from "../health.js";
import type { SimulatedBroker } from "./simulated-broker.js";
import { SimulatedConsumption } from "./simulated-consumption.js";
import type { SimulatedSteps } from "./simulated-steps.js";

/**
 * The port as one process of a simulated world has it. Every call is a step of that process; what the log would do in bad
 * hours (a lost acknowledgement, a publish that half took effect, an unheard commit) happens when the steps say so.
 */
export class SimulatedEventLog implements EventLog {
  readonly #name: string;
  readonly #broker: SimulatedBroker;
  readonly #steps: SimulatedSteps;
  readonly #consumptions: SimulatedConsumption[] = [];

  /** @param name of the process; unique among those alive */
  constructor(name: string, broker: SimulatedBroker, steps: SimulatedSteps) {
    this.#name = name;
    this.#broker = broker;
    this.#steps = steps;
  }

  async publish(records: readonly OutboundRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.#steps.take(`publish ${records.length}`, () => {
      const fate = this.#steps.publishFate();
      if (fate === "lost") throw new TransientError("the log did not take the messages");
      const taken = fate === "partly" ? this.#someOf(records) : records;
      for (const record of taken) this.#broker.append(record, this.#steps.now());
      if (fate !== "kept") throw new TransientError("the log did not acknowledge");
    });
  }

  async consume(options: ConsumeOptions): Promise<SimulatedConsumption> {
    const id = `${this.#name} ${this.#consumptions.length + 1}`;
    const consumption = new SimulatedConsumption(id, this.#broker, this.#steps, options);
    this.#consumptions.push(consumption);
    return consumption;
  }

  endOffsets(topic: string): Promise<Map<number, number>> {
    return this.#steps.take(`end offsets ${topic}`, () => this.#broker.endOffsets(topic));
  }

  committedOffsets(groupId: string, topic: string): Promise<Map<number, number>> {
    return this.#steps.take(`committed offsets ${groupId} ${topic}`, () => {
      const group = this.#broker.group(groupId);
      return new Map(
        this.#broker.partitionsOf(topic).flatMap((partition) => {
          const offset = group.committed({ topic, partition });
          return offset === undefined ? [] : [[partition, offset] as const];
        }),
      );
    });
  }

  async read({ topic, from, visit }: ReadOptions): Promise<void> {
    const messages = await this.#steps.take(`read ${topic}`, () =>
      this.#broker.all(topic).filter(({ partition, offset }) => {
        return from === "earliest" || offset >= (from.get(partition) ?? 0);
      }),
    );
    for (const message of messages) await visit(message);
  }

  health(): Health {
    return HEALTHY;
  }

  async close(): Promise<void> {
    for (const consumption of this.#consumptions) consumption.gone();
  }

  /** The process has not been heard of for so long that its groups go on without it. */
  evict(): void {
    for (const consumption of this.#consumptions) consumption.evicted();
  }

  /** The process has died: its members are missed in their groups. */
  kill(): void {
    for (const consumption of this.#consumptions) consumption.gone();
  }

  /** Of the partitions that the records go to, those that took theirs: at least one did not when there are several. */
  #someOf(records: readonly OutboundRecord[]): OutboundRecord[] {
    const places = [...new Set(records.map((record) => this.#placeOf(record)))];
    const taken = new Set(places.filter(() => this.#steps.choose(2) === 0));
    if (taken.size === places.length) taken.delete(places[this.#steps.choose(places.length)]!);
    return records.filter((record) => taken.has(this.#placeOf(record)));
  }

  #placeOf({ topic, key }: OutboundRecord): string {
    return `${topic}/${this.#broker.partitionOf(key)}`;
  }
}

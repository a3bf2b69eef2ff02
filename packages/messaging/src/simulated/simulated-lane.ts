import { FatalError } from "../errors.js";
import type { ConsumeOptions, InboundMessage } from "../event-log.js";
import { backoffMs } from "../wait.js";
import type { SimulatedBroker } from "./simulated-broker.js";
import type { TopicPartition } from "./simulated-group.js";
import type { SimulatedSteps } from "./simulated-steps.js";

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
/** A commit that nobody heard is said again after this, unless a later one came first. */
const COMMIT_AGAIN_MS = 1_000;

export interface LaneParts {
  readonly broker: SimulatedBroker;
  readonly steps: SimulatedSteps;
  readonly options: ConsumeOptions;
  readonly at: TopicPartition;
  readonly generation: number;
  /** The slice of the same partition that an earlier membership left under way. */
  readonly predecessor: Promise<void>;
  fatal(error: Error): void;
}

/** One partition on its way to `handle`: slices of any size, one at a time; offsets are committed after each. */
export class SimulatedLane {
  readonly #parts: LaneParts;
  readonly #ended: Promise<void>;
  #open = true;
  /** Was the last commit heard? */
  #heard = true;
  #closed: () => void = () => undefined;
  /** Resolves when the lane is closed: what it still waits for is of no interest any more. */
  readonly #closing = new Promise<void>((resolve) => {
    this.#closed = resolve;
  });

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#ended = this.#run();
  }

  /** Begins no further slice; resolves when the one under way is settled. */
  close(): Promise<void> {
    this.#open = false;
    this.#closed();
    return this.#ended;
  }

  async #run(): Promise<void> {
    const { broker, options, at, predecessor } = this.#parts;
    await predecessor;
    let position = broker.group(options.groupId).committed(at) ?? 0;
    while (this.#open) {
      const slice = await this.#fetch(position);
      if (slice === undefined || !(await this.#settle(slice))) return;
      position = slice.at(-1)!.offset + 1;
      this.#heard = await this.#commit(position);
    }
  }

  /** Waits for a message at `position`; false when it should be said once more how far it has come, or the lane is closed. */
  async #readable(position: number): Promise<boolean> {
    const { broker, steps, at } = this.#parts;
    let giveUp = () => {};
    const readable = new Promise<boolean>((resolve) => {
      giveUp = broker.whenReadable(at, position, () => resolve(true));
    });
    const others = [this.#closing, ...(this.#heard ? [] : [steps.wait(COMMIT_AGAIN_MS)])];
    const came = await Promise.race([readable, ...others.map((other) => other.then(() => false))]);
    giveUp();
    return came;
  }

  async #fetch(position: number): Promise<InboundMessage[] | undefined> {
    const { broker, steps, options, at } = this.#parts;
    while (!(await this.#readable(position))) {
      if (!this.#open) return undefined;
      this.#heard = await this.#commit(position);
    }
    if (!this.#open) return undefined;
    const label = `deliver ${options.groupId} ${at.topic}/${at.partition}@${position}`;
    const slice = steps.take(label, () => {
      const there = broker.messages(at).slice(position, position + options.maxSliceMessages);
      return there.slice(0, 1 + steps.choose(there.length));
    });
    const fetched = await Promise.race([slice, this.#closing]);
    return this.#open && fetched !== undefined ? fetched : undefined;
  }

  async #settle(slice: readonly InboundMessage[]): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#parts.options.handle(slice);
        return true;
      } catch (error) {
        if (error instanceof FatalError) {
          this.#parts.fatal(error);
          return false;
        }
        if (!this.#open) return false;
        await Promise.race([this.#parts.steps.wait(backoffMs(attempt, FIRST_RETRY_MS, MAX_RETRY_MS)), this.#closing]);
        if (!this.#open) return false;
      }
    }
  }

  /** What was settled and not committed comes again and is dropped as known. False when nobody heard it. */
  async #commit(nextOffset: number): Promise<boolean> {
    const { broker, steps, options, at, generation } = this.#parts;
    const heard = await steps.take(`commit ${options.groupId} ${at.topic}/${at.partition}@${nextOffset}`, () => {
      return steps.commitHeard() ? broker.group(options.groupId).commit(generation, at, nextOffset) : "unheard";
    });
    return heard !== "unheard";
  }
}

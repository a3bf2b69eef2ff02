import type { PublishFate } from "@septet/messaging";
import type { StatementFate } from "../database/simulated-server.js";
import type { SimulatedProcess } from "../kernel/simulated-process.js";

/** Faults that wait for their occasion: the next publish, commit or statement of an instance. */
export class ArmedFaults {
  readonly #publishes = new Map<string, PublishFate[]>();
  readonly #statements = new Map<string, StatementFate[]>();
  readonly #deafCommits = new Map<string, number>();

  armPublish(instance: string, fate: PublishFate): void {
    push(this.#publishes, instance, fate);
  }

  armStatement(instance: string, fate: StatementFate): void {
    push(this.#statements, instance, fate);
  }

  armCommit(instance: string): void {
    this.#deafCommits.set(instance, (this.#deafCommits.get(instance) ?? 0) + 1);
  }

  publishFate(process: SimulatedProcess): PublishFate {
    return this.#publishes.get(process.name)?.shift() ?? "kept";
  }

  /** A loss after the statement waits for a commit, where it does most harm. */
  statementFate(process: SimulatedProcess, text: string): StatementFate {
    const waiting = this.#statements.get(process.name);
    if (waiting?.[0] === "lost-after" && !/^\s*COMMIT/i.test(text)) return "well";
    return waiting?.shift() ?? "well";
  }

  commitHeard(process: SimulatedProcess): boolean {
    const deaf = this.#deafCommits.get(process.name) ?? 0;
    if (deaf > 0) this.#deafCommits.set(process.name, deaf - 1);
    return deaf === 0;
  }

  /** Nothing more goes wrong. */
  disarm(): void {
    this.#publishes.clear();
    this.#statements.clear();
    this.#deafCommits.clear();
  }
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  map.set(key, [...(map.get(key) ?? []), value]);
}

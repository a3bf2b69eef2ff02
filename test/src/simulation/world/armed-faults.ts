import type { PublishFate } from "@septet/messaging";
import type { StatementFate } from "../database/simulated-server.js";
import type { SimulatedProcess } from "../kernel/simulated-process.js";

/** When a connection is lost: before the next statement, before the next commit, or after it took effect. */
export type LostConnection = "before-any" | "before-commit" | "after-commit";

/** Faults that wait for their occasion: the next publish, commit or statement of an instance. */
export class ArmedFaults {
  readonly #publishes = new Map<string, PublishFate[]>();
  readonly #statements = new Map<string, LostConnection[]>();
  readonly #deafCommits = new Map<string, number>();

  armPublish(instance: string, fate: PublishFate): void {
    push(this.#publishes, instance, fate);
  }

  armStatement(instance: string, fate: LostConnection): void {
    push(this.#statements, instance, fate);
  }

  armCommit(instance: string): void {
    this.#deafCommits.set(instance, (this.#deafCommits.get(instance) ?? 0) + 1);
  }

  publishFate(process: SimulatedProcess): PublishFate {
    return this.#publishes.get(process.name)?.shift() ?? "kept";
  }

  statementFate(process: SimulatedProcess, text: string): StatementFate {
    const waiting = this.#statements.get(process.name);
    const [next] = waiting ?? [];
    if (next === undefined || (next !== "before-any" && !/^\s*COMMIT/i.test(text))) return "well";
    waiting?.shift();
    return next === "after-commit" ? "lost-after" : "lost-before";
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

import type { PublishFate, SimulatedSteps } from "../../src/index.js";

interface Offered {
  readonly label: string;
  run(): void;
}

/** Steps that a test takes when it wants to, by their label. */
export class StepsAtWill implements SimulatedSteps {
  readonly #offered: Offered[] = [];
  fates: PublishFate[] = [];
  deafCommits = 0;
  /** Nobody who waits gets to the end of his waiting. */
  timeStands = false;
  /** Sizes of slices and the like: 0 unless told, counted down to the bound. */
  choices: number[] = [];

  take<T>(label: string, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = () => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      };
      this.#offered.push({ label, run });
    });
  }

  choose(below: number): number {
    return Math.min(below - 1, this.choices.shift() ?? below - 1);
  }

  publishFate(): PublishFate {
    return this.fates.shift() ?? "kept";
  }

  commitHeard(): boolean {
    if (this.deafCommits === 0) return true;
    this.deafCommits -= 1;
    return false;
  }

  wait(_ms: number): Promise<void> {
    return this.timeStands ? new Promise(() => undefined) : Promise.resolve();
  }

  now(): number {
    return 0;
  }

  get offered(): string[] {
    return this.#offered.map(({ label }) => label);
  }

  /** Takes the first offered step whose label contains the text. @throws when there is none */
  async do(text: string): Promise<void> {
    const index = this.#offered.findIndex(({ label }) => label.includes(text));
    if (index < 0) throw new Error(`nothing like "${text}" is offered: ${this.offered.join(", ")}`);
    this.#offered.splice(index, 1)[0]!.run();
    await settled();
  }

  /** Takes all that are offered, and what they bring about, in order. */
  async doAll(): Promise<void> {
    await settled();
    while (this.#offered.length > 0) {
      this.#offered.shift()!.run();
      await settled();
    }
  }
}

/** What follows inside the process has run out. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
